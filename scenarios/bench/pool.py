"""What ci/bench measures: a pool of two workers and one rename, made by the root while the workers wait."""

import multiprocessing
import os


def square(number):
    return number * number


if __name__ == "__main__":
    pool = multiprocessing.get_context("fork").Pool(2)
    total = sum(pool.map(square, range(8)))
    with open("result.part", "w", encoding="ascii") as file:
        file.write(f"{total}\n")
    os.rename("result.part", "result.txt")
    os.unlink("result.txt")
    pool.close()
    pool.join()
