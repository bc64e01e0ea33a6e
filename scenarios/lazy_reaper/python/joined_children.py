"""Three children, each joined when it has ended; then it waits for a signal."""
import multiprocessing
import multiprocessing.connection
import signal
import time


def job():
    pass


if __name__ == "__main__":
    context = multiprocessing.get_context("fork")
    for _ in range(3):
        child = context.Process(target=job)
        child.start()
        multiprocessing.connection.wait([child.sentinel])
        child.join()
        time.sleep(0.05)
    signal.pause()
