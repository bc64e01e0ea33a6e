"""A report that is made in a tempfile.TemporaryDirectory: a weakref.finalize removes that at exit, if there is one."""
import os
import tempfile
import time

folder = tempfile.TemporaryDirectory(dir=".", prefix="report.")
path = os.path.join(folder.name, "report.txt")
with open(path, "w") as draft:
    print("ready", flush=True)
    for line in range(3):
        draft.write(f"line {line} of a report that somebody waits for\n")
        time.sleep(0.02)
    draft.flush()
    os.fsync(draft.fileno())
os.replace(path, "report.txt")
