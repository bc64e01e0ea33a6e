"""A child made by os.fork() that ends by os._exit() leaves the exit handlers to the parent, as it should."""

import atexit
import os
import tempfile

handle, scratch = tempfile.mkstemp()


@atexit.register
def remove_scratch():
    os.unlink(scratch)


child = os.fork()
if child == 0:
    os.write(handle, b"from the child\n")
    os._exit(0)
os.waitpid(child, 0)
print("whole" if os.path.exists(scratch) else "lost")
