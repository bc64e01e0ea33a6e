# Two processes of multiprocessing, each with a pipe of its own, square what they are sent until the pipe ends. Both
# are forked, and daemonic: multiprocessing terminates them at the root's orderly end, and only then.
import multiprocessing


def work(line):
    try:
        while (number := line.recv()) is not None:
            line.send(number * number)
    except EOFError:
        pass


if __name__ == "__main__":
    context = multiprocessing.get_context("fork")
    lines = []
    for _ in range(2):
        mine, theirs = context.Pipe()
        context.Process(target=work, args=(theirs,), daemon=True).start()
        theirs.close()
        lines.append(mine)
    total = 0
    for number in range(1, 5):
        line = lines[number % 2]
        line.send(number)
        total += line.recv()
    print(total)
    for line in lines:
        line.send(None)
    for process in multiprocessing.active_children():
        process.join()
