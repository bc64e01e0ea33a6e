"""Writes report.txt through report.part: whoever reads it sees a whole one. But report.part stays when something is
raised between its creation and the rename."""

import os


def write_report(lines):
    with open("report.part", "w", encoding="ascii") as file:
        for line in lines:
            file.write(line + "\n")
    os.rename("report.part", "report.txt")


write_report(f"line {number}" for number in range(3))
