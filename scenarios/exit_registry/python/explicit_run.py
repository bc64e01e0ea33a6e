"""As viztracer does: atexit's functions are run explicitly, before what they use is torn down. They are run once."""
import atexit
import os

journal = ["begin"]


def add_totals():
    journal.append("totals")


def write_journal():
    with open("journal.part", "w") as file:
        file.write("\n".join(journal) + "\n")
    os.replace("journal.part", "journal.txt")


atexit.register(write_journal)
atexit.register(add_totals)
atexit._run_exitfuncs()
journal.clear()
