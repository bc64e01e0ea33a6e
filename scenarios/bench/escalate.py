"""What ci/bench measures: a worker that ignores SIGTERM is waited for, three seconds long, and then killed."""

import multiprocessing
import signal
import time


def work(ready):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    ready.set()
    while True:
        time.sleep(60)


if __name__ == "__main__":
    context = multiprocessing.get_context("fork")
    ready = context.Event()
    worker = context.Process(target=work, args=(ready,))
    worker.start()
    ready.wait()
    worker.terminate()
    worker.join(3)
    if worker.is_alive():
        worker.kill()
    worker.join()
