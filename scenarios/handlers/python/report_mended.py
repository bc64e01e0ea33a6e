"""Writes report.txt through a temporary file, which is gone whatever is raised once it has been made.

Its name is chosen before: mkstemp() would leave a moment in which the file is there and its name is not."""

import os
import secrets


def write_report(lines):
    part = f"report.{secrets.token_hex(8)}"
    try:
        with open(part, "x", encoding="ascii") as file:
            for line in lines:
                file.write(line + "\n")
        os.rename(part, "report.txt")
    finally:
        if os.path.exists(part):
            os.unlink(part)


write_report(f"line {number}" for number in range(3))
