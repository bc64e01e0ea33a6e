"""A child that os.fork() has made and that leaves by sys.exit() runs the exit functions of its parent."""
import atexit
import os
import sys


def write_journal():
    with open("journal.part", "w") as file:
        file.write("begin\n")
    os.replace("journal.part", "journal.txt")


atexit.register(write_journal)
child = os.fork()
if child == 0:
    sys.exit(0)
os.waitpid(child, 0)
