"""Three workers that work until a multiprocessing.Event is set, by the root, when it is done."""
import multiprocessing


def work(stop):
    while not stop.wait(0.03):
        pass


if __name__ == "__main__":
    context = multiprocessing.get_context("fork")
    stop = context.Event()
    workers = [context.Process(target=work, args=(stop,)) for _ in range(3)]
    for worker in workers:
        worker.start()
    print("ready", flush=True)
    try:
        stop.wait(0.2)
    finally:
        stop.set()
        for worker in workers:
            worker.join()
