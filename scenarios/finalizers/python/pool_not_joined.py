"""A pool that is not joined: it is terminated at exit, and a worker that is at work never runs its finalizers."""
import multiprocessing
import time
from multiprocessing import util


def put_away():
    pass


def prepare():
    util.Finalize(None, put_away, exitpriority=10)


def job(number):
    return number * number


if __name__ == "__main__":
    pool = multiprocessing.get_context("fork").Pool(2, prepare)
    pool.map(job, range(4))
    at_work = [pool.apply_async(time.sleep, (20,)) for _ in range(2)]
    time.sleep(0.1)
