"""A pool that is closed and joined: each worker runs its finalizers when there are no more jobs."""
import multiprocessing
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
    pool.close()
    pool.join()
