"""Writes report.txt through a temporary file: whoever reads it sees a whole one. The temporary file stays when
something raises between its creation and the rename."""

import os
import tempfile


def write_report(lines):
    handle, part = tempfile.mkstemp(dir=".", prefix="report.")
    with os.fdopen(handle, "w") as file:
        for line in lines:
            file.write(line + "\n")
    os.rename(part, "report.txt")


write_report(f"line {number}" for number in range(3))
