"""Writes report.txt through report.part, which is gone whatever is raised once it has been made."""

import os


def write_report(lines):
    try:
        with open("report.part", "w", encoding="ascii") as file:
            for line in lines:
                file.write(line + "\n")
        os.rename("report.part", "report.txt")
    finally:
        if os.path.exists("report.part"):
            os.unlink("report.part")


write_report(f"line {number}" for number in range(3))
