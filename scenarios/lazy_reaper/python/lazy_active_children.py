"""multiprocessing reaps its children when the next one is started or somebody asks
active_children(). Here it waits for a signal after the third."""
import multiprocessing
import signal
import time


def job():
    pass


if __name__ == "__main__":
    context = multiprocessing.get_context("fork")
    for _ in range(3):
        context.Process(target=job).start()
        time.sleep(0.05)
    signal.pause()
