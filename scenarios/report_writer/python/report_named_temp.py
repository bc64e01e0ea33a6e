"""A report by way of tempfile.NamedTemporaryFile: it is removed when the block is left, in whatever way Python sees."""
import os
import tempfile
import time

with tempfile.NamedTemporaryFile("w", dir=".", prefix="report.", suffix=".part") as draft:
    print("ready", flush=True)
    for line in range(3):
        draft.write(f"line {line} of a report that somebody waits for\n")
        time.sleep(0.02)
    draft.flush()
    os.fsync(draft.fileno())
    ready = draft.name + ".ready"
    os.link(draft.name, ready)
    os.replace(ready, "report.txt")
