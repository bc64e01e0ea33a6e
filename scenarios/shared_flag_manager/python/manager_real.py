# multiprocessing.Manager serves a dictionary; a worker asks it every 20 ms whether it is to shut down. The root says
# so after 100 ms, and leaving the `with` block ends the manager and removes its socket.
import multiprocessing
import time


def work(flags):
    while not flags["shutdown"]:
        time.sleep(0.02)


if __name__ == "__main__":
    with multiprocessing.Manager() as manager:
        flags = manager.dict(shutdown=False)
        worker = multiprocessing.Process(target=work, args=(flags,))
        worker.start()
        time.sleep(0.1)
        flags["shutdown"] = True
        worker.join()
    print("all shut down")
