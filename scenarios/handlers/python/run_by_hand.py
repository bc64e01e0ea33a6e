"""Runs its exit handlers by hand. Python forgets them then: at the end there is none left, and each ran once."""

import atexit


@atexit.register
def say_goodbye():
    print("goodbye")


atexit._run_exitfuncs()
print("on we go")
