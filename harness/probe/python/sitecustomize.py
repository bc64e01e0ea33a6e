"""The way in of the Python agent. Python imports the first module of this name when it starts; this one is the first
since exitproof puts it on PYTHONPATH. _exitproof_entry.py takes every trace of that away and starts the agent; then
there is room for the program's own module of the name, if there is one.

It must be understood by every Python, 2.7 too. It is as short as it is since zipimport compiles it twice.
"""
import sys

ARCHIVE = __file__[:-len("/sitecustomize.py")]


def run(name, names):
    """Compiled when it was packed, if there was an interpreter with this bytecode."""
    try:
        magic = sys.modules["_frozen_importlib_external"].MAGIC_NUMBER.hex()
        code = sys.modules["marshal"].loads(__loader__.get_data(ARCHIVE + "/" + name + ".py." + magic))
    except (KeyError, OSError):
        code = __loader__.get_code(name)
    exec(code, names)
    return names


run("_exitproof_entry", {"__name__": "_exitproof_entry"})["enter"](ARCHIVE, run)

# The machinery takes whatever has this name in the end for what it was asked to import. That there is no such module
# is reported by an ImportError with this name, as without us; it then wants to take our module away itself.
OURSELVES = sys.modules.pop(__name__)
try:
    import sitecustomize
except BaseException:
    sys.modules[__name__] = OURSELVES
    raise
