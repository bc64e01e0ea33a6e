"""What a child of multiprocessing registers with atexit: until 3.13, nobody runs it."""
import atexit
import multiprocessing
import os


def write_share():
    with open("share.part", "w") as file:
        file.write("a share of the work\n")
    os.replace("share.part", "share.txt")


def work():
    atexit.register(write_share)


if __name__ == "__main__":
    worker = multiprocessing.get_context("fork").Process(target=work)
    worker.start()
    worker.join()
