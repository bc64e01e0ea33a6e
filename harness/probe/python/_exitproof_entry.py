"""Takes every trace of the agent's way in away, and starts the agent. Understood by every Python, 2.7 too; the agent
itself is for CPython from 3.8 on.

All this lies in a zip file that is not compressed: out of a folder, Python would write bytecode beside it, in calls
that a trial counts as the program's; and a compressed one would load zlib.
"""
import os
import sys

NATIVE = "libexitproof-python.so"


def restore_environment(archive):
    """True: this process was started by the harness, and has not come here before, as in a second interpreter."""
    if os.environ.get("PYTHONPATH", "").split(os.pathsep)[0] != archive:
        return False
    if "EXITPROOF_PYTHONPATH_WAS" in os.environ:
        os.environ["PYTHONPATH"] = os.environ.pop("EXITPROOF_PYTHONPATH_WAS")
    else:
        del os.environ["PYTHONPATH"]
    return True


def restore_path(archive):
    if archive in sys.path:
        sys.path.remove(archive)
    sys.path_importer_cache.pop(archive, None)
    getattr(sys.modules.get("zipimport"), "_zip_directory_cache", {}).pop(archive, None)


def is_supported():
    """The native half knows how the objects of these begin: free-threaded and Py_TRACE_REFS builds differ."""
    return (sys.version_info >= (3, 8) and sys.implementation.name == "cpython"
            and "t" not in getattr(sys, "abiflags", "") and not hasattr(sys, "getobjects"))


def load_native(folder):
    spec = sys.modules["_frozen_importlib"].ModuleSpec("_exitproof", None, origin=os.path.join(folder, NATIVE))
    imp = sys.modules["_imp"]
    native = imp.create_dynamic(spec)
    imp.exec_dynamic(native)
    return native


def start_agent(archive, run, inside):
    if not is_supported():
        return
    try:
        native = load_native(os.path.dirname(archive))
    except ImportError:
        # Another C library, another machine type: the harness sees that no agent speaks.
        return
    run("_exitproof_agent", {"__name__": "_exitproof_agent"})["start"](native, inside)


def enter(archive, run):
    """`run(name, names)` runs a module out of the archive."""
    started = restore_environment(archive)
    inside = os.environ.pop("EXITPROOF_INSIDE", "") if started else ""
    try:
        if started:
            start_agent(archive, run, inside)
    finally:
        restore_path(archive)
