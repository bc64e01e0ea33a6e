"""Takes the first answer of a pool and leaves the with statement, whose end kills the workers: what the other one promised
to do at its end is lost. It takes pool.close() and pool.join() to wait for it, as in finalize_kept_in_pool.py."""

import multiprocessing
import multiprocessing.util
import os
import tempfile

context = multiprocessing.get_context("fork")
both_have_promised = context.Barrier(2)
reader, writer = os.pipe()


def open_scratch():
    handle, scratch = tempfile.mkstemp()
    os.close(handle)
    multiprocessing.util.Finalize(None, os.unlink, args=(scratch,), exitpriority=10)
    both_have_promised.wait()


def answer(number):
    if number == 1:
        os.read(reader, 1)  # this one takes longer
    return number


if __name__ == "__main__":
    with context.Pool(2, open_scratch) as pool:
        print(next(pool.imap_unordered(answer, range(2))))
