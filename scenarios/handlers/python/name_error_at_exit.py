"""An exit handler raises: the scratch file stays, and the exit status is 0 all the same."""

import atexit
import os
import tempfile

handle, scratch = tempfile.mkstemp()
os.close(handle)


@atexit.register
def remove_scratch():
    os.unlink(scratsh)
