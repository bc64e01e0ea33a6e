# Runs a program that takes a minute by subprocess, ends it after 60 ms by terminate(), after 100 ms more by kill(), and
# waits for it. SIGTERM raises SystemExit, so that the same is done when the root is asked to end before that.
import signal
import subprocess
import sys
import time

signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
child = subprocess.Popen(["sleep", "60"])
try:
    time.sleep(0.06)
finally:
    child.terminate()
    try:
        child.wait(timeout=0.1)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
print("work done")
