# Maps four short tasks over two workers of multiprocessing.Pool while a third does one that takes a minute, and
# whose result nobody waits for. Leaving the `with` block terminates all of them.
import multiprocessing
import time


def square(number):
    time.sleep(0.02)
    return number * number


if __name__ == "__main__":
    with multiprocessing.Pool(3) as pool:
        pool.apply_async(time.sleep, (60,))
        print(sum(pool.map(square, range(1, 5), chunksize=1)))
