# Maps four short tasks over two workers of concurrent.futures.ProcessPoolExecutor.
import time
from concurrent.futures import ProcessPoolExecutor


def square(number):
    time.sleep(0.02)
    return number * number


if __name__ == "__main__":
    with ProcessPoolExecutor(2) as executor:
        print(sum(executor.map(square, range(1, 5))))
