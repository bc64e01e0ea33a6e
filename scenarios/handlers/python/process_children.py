"""Children of multiprocessing end without the exit handlers that they inherited: the parent's runs once."""

import atexit
import multiprocessing
import os
import tempfile


def remove_scratch():
    os.unlink(scratch)


def write_scratch(number):
    with open(scratch, "a", encoding="ascii") as file:
        file.write(f"{number}\n")


if __name__ == "__main__":
    handle, scratch = tempfile.mkstemp()
    os.close(handle)
    atexit.register(remove_scratch)
    children = [multiprocessing.get_context("fork").Process(target=write_scratch, args=(n,)) for n in range(2)]
    for child in children:
        child.start()
    for child in children:
        child.join()
