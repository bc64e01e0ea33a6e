"""A child made by os.fork() inherits the exit handlers of its parent, and sys.exit() runs them there as well: the
parent's scratch file is gone before the parent has read it."""

import atexit
import os
import sys
import tempfile

handle, scratch = tempfile.mkstemp()


@atexit.register
def remove_scratch():
    if os.path.exists(scratch):
        os.unlink(scratch)


child = os.fork()
if child == 0:
    os.write(handle, b"from the child\n")
    sys.exit(0)
os.waitpid(child, 0)
print("whole" if os.path.exists(scratch) else "lost")
