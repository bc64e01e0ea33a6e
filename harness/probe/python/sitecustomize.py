"""The way in of the Python agent. Python imports the first module of this name when it starts; this one is the first
since exitproof puts it on PYTHONPATH. It takes every trace of that away, starts the agent, and makes room for the
program's own module of the name, if there is one.

It must be understood by every Python, 2.7 too; the agent itself is for CPython from 3.8 on.

It lies in a zip file that is not compressed: out of a folder, Python would write its bytecode beside it, in calls that
a trial counts as the program's; and a compressed one would load zlib.
"""
import os
import sys

AGENT = "_exitproof_agent"
NATIVE = "libexitproof-python.so"


def restore_environment():
    """True: this process was started by the harness, and has not come here before, as in a second interpreter."""
    if os.environ.get("PYTHONPATH", "").split(os.pathsep)[0] != ARCHIVE:
        return False
    if "EXITPROOF_PYTHONPATH_WAS" in os.environ:
        os.environ["PYTHONPATH"] = os.environ.pop("EXITPROOF_PYTHONPATH_WAS")
    else:
        del os.environ["PYTHONPATH"]
    return True


def restore_path():
    if ARCHIVE in sys.path:
        sys.path.remove(ARCHIVE)
    sys.path_importer_cache.pop(ARCHIVE, None)
    getattr(sys.modules.get("zipimport"), "_zip_directory_cache", {}).pop(ARCHIVE, None)


def is_supported():
    """The native half knows how the objects of these begin: free-threaded and Py_TRACE_REFS builds differ."""
    return (sys.version_info >= (3, 8) and sys.implementation.name == "cpython"
            and "t" not in getattr(sys, "abiflags", "") and not hasattr(sys, "getobjects"))


def load_native():
    spec = sys.modules["_frozen_importlib"].ModuleSpec(
        "_exitproof", None, origin=os.path.join(os.path.dirname(ARCHIVE), NATIVE))
    imp = sys.modules["_imp"]
    native = imp.create_dynamic(spec)
    imp.exec_dynamic(native)
    return native


def load_agent():
    """Compiled when it was packed, if there was an interpreter with this bytecode."""
    magic = sys.modules["_frozen_importlib_external"].MAGIC_NUMBER
    try:
        code = __loader__.get_data(os.path.join(ARCHIVE, AGENT + ".py." + magic.hex()))
    except OSError:
        return __loader__.get_code(AGENT)
    return sys.modules["marshal"].loads(code)


def start_agent(inside):
    if not is_supported():
        return
    try:
        native = load_native()
    except ImportError:
        # Another C library, another machine type: the harness says that this process had no agent.
        return
    namespace = {"__name__": AGENT}
    exec(load_agent(), namespace)
    namespace["start"](native, inside)


ARCHIVE = os.path.dirname(__file__)
STARTED = restore_environment()
INSIDE = os.environ.pop("EXITPROOF_INSIDE", "") if STARTED else ""
try:
    if STARTED:
        start_agent(INSIDE)
finally:
    restore_path()

# The machinery takes whatever has this name in the end for what it was asked to import. That there is no such module
# is reported by an ImportError with this name, as without us; it then wants to take our module away itself.
OURSELVES = sys.modules.pop(__name__)
try:
    import sitecustomize
except BaseException:
    sys.modules[__name__] = OURSELVES
    raise
