"""The Python agent: tells the harness of the exit handlers of a Python program, and of its lines and calls where it was
asked to. CPython from 3.8 on.

Which functions count as an exit handler, by KIND:

    python atexit      registered by atexit.register()
    Finalize           multiprocessing.util.Finalize with an exitpriority: without one, it is not run at exit
    weakref.finalize   whose `atexit` is true
    threading atexit   registered by threading._register_atexit(): run before the threads are joined

A handler is taken back when whoever holds it lets it go without having called it (atexit.unregister(),
Finalize.cancel(), finalize.detach() and whatever else), in the process that registered it. So there is no list here
that could differ from the library's own.

Whose is it? The program's own, unless the library made it for itself:

    python atexit, threading atexit
        The library's, when both the function and the caller of register() lie in the standard library: what
        `import logging` registers is; atexit.register(shutil.rmtree, folder) in the program is not.
    Finalize, weakref.finalize
        The library's, when the function lies in the standard library and so do all frames from its creator outwards,
        up to an import: what a module creates while it is imported is its own. A Pool's finalizer and a
        TemporaryDirectory's are functions of the library, but the program made the pool and the directory, and it is
        the program's fault if they are not run.

No frame of this file is on the stack when code of the program runs: see agent.hpp.
"""
import os
import sys

AGENT = 1
WAY_OUT = 11
SKIPPED = 12
TEXT_MAX = 4095

native = None
inside = []


class Sample:
    def method(self):
        pass


FunctionType = type(Sample.method)
MethodType = type(Sample().method)


# Who registers what.

LIBRARY = os.path.dirname(getattr(os, "__file__", None) or "/nowhere") + os.sep
PACKAGES = tuple(LIBRARY + name + os.sep for name in ("site-packages", "dist-packages"))
IMPORT_SYSTEM = "<frozen importlib"


def in_library(file):
    return file.startswith("<frozen ") or (file.startswith(LIBRARY) and not file.startswith(PACKAGES))


def caller():
    """The innermost frame that is not ours; None when C code without one has called."""
    frame = sys._getframe(1)
    while frame is not None and frame.f_globals is globals():
        frame = frame.f_back
    return frame


def called_by_library():
    frame = caller()
    return frame is not None and in_library(frame.f_code.co_filename)


def created_by_library():
    frame = caller()
    while frame is not None and not frame.f_code.co_filename.startswith(IMPORT_SYSTEM):
        if not in_library(frame.f_code.co_filename):
            return False
        frame = frame.f_back
    return True


def innermost(function):
    """What a person would call the function: under partial(), @wraps, a bound method, a callable object."""
    for _ in range(32):
        kind = type(function)
        if kind is FunctionType:
            wrapped = function.__dict__.get("__wrapped__")
            if wrapped is None:
                break
            function = wrapped
        elif kind is MethodType:
            function = function.__func__
        elif kind.__module__ == "functools" and kind.__name__ == "partial":
            function = function.func
        else:
            call = None if issubclass(kind, type) else getattr(kind, "__call__", None)
            if type(call) is not FunctionType:
                break
            function = call
    return function


def main_name(name, module):
    """Names of the module that the interpreter was told to run: `-m package.module`, `report` of report.py."""
    spec = module.get("__spec__")
    if name == "__main__" and spec is not None and type(spec.name) is str:
        yield spec.name
    file = module.get("__file__")
    if type(file) is str:
        yield os.path.splitext(os.path.basename(file))[0]


def module_name(name):
    if name in ("__main__", "__mp_main__") and name in sys.modules:
        return next(main_name(name, vars(sys.modules[name])), name)
    return name


def absolute(file):
    return file if file.startswith("<") else os.path.abspath(file)


def whereabouts(function):
    """NAME, FILE, LINE and whether it is the standard library's."""
    module = getattr(function, "__module__", None)
    name = getattr(function, "__qualname__", None)
    code = getattr(function, "__code__", None)
    if type(name) is not str:
        name = type(function).__qualname__
        module = type(function).__module__
    if type(module) is str:
        name = module_name(module) + "." + name
    if type(code) is type(whereabouts.__code__):
        file = code.co_filename
        return name, absolute(file), code.co_firstlineno, in_library(file)
    file = getattr(sys.modules.get(module), "__file__", None)
    if type(file) is not str:
        # Built into the interpreter, unless it is of a program that was typed in.
        return name, "", 0, module not in ("__main__", "__mp_main__")
    return name, absolute(file) if isinstance(function, type) else "", 0, in_library(file)


def described(kind, function, made_by_library):
    """The text of a registration. Objects of the program may do anything when they are asked who they are."""
    try:
        name, file, line, library = whereabouts(innermost(function))
    except Exception:
        name, file, line, library = type(function).__name__, "", 0, False
    whose = "runtime" if library and made_by_library() else "own"
    return "\n".join([kind] + [str(part).replace("\n", " ")[:1000] for part in (name, file, line)] + [whose])


# The functions that register.

def wrap_first(kind):
    """For a function whose first argument is what it registers."""
    def before(args, keywords):
        if not args or not callable(args[0]):
            return None
        return (native.handler(args[0], described(kind, args[0], called_by_library)),) + args[1:]
    return before


def first_of(result, args, keywords):
    return args[0]


def watch_atexit(atexit):
    atexit.register = native.hook(atexit.register, wrap_first("python atexit"), first_of)


def watch_threading(threading):
    if hasattr(threading, "_register_atexit"):
        threading._register_atexit = native.hook(threading._register_atexit, wrap_first("threading atexit"), None)
    if inside:
        inner = threading.Thread._bootstrap_inner
        threading.Thread._bootstrap_inner = native.hook(inner, lambda args, keywords: native.trace_thread(), None)


def watch_multiprocessing(util):
    def after(result, args, keywords):
        made = args[0]
        if made._key[0] is not None:
            text = described("Finalize", made._callback, created_by_library)
            made._callback = native.handler(made._callback, text)
    util.Finalize.__init__ = native.hook(util.Finalize.__init__, None, after)


def watch_weakref(weakref):
    finalize = weakref.finalize
    kind = "weakref.finalize"

    def after_init(result, args, keywords):
        info = finalize._registry.get(args[0])
        if info is not None:
            info.func = native.handler(info.func, described(kind, info.func, created_by_library))

    def after_look(result, args, keywords):
        return result and (result[0], native.unwrap(result[1])) + tuple(result[2:])

    def after_setting(result, args, keywords):
        info = finalize._registry.get(args[0])
        if info is None:
            return
        if info.atexit:
            native.renew(info.func, described(kind, native.unwrap(info.func), created_by_library))
        else:
            native.withdraw(info.func)

    finalize.__init__ = native.hook(finalize.__init__, None, after_init)
    finalize.peek = native.hook(finalize.peek, None, after_look)
    finalize.detach = native.hook(finalize.detach, None, after_look)
    old = finalize.atexit
    finalize.atexit = property(old.fget, native.hook(old.fset, None, after_setting), old.fdel, old.__doc__)


WATCHED = {
    "atexit": watch_atexit,
    "threading": watch_threading,
    "multiprocessing.util": watch_multiprocessing,
    "weakref": watch_weakref,
}


def watch(name, module):
    try:
        WATCHED[name](module)
    except (AttributeError, TypeError) as error:
        native.tell(SKIPPED, "handlers-once: those of %s are not seen in Python %s: %s" % (
            name, sys.version.split()[0], error))


def watch_imports():
    """What is not imported yet is watched from the moment it is, and not imported for our sake."""
    def after(module, args, keywords):
        name = getattr(args[0], "name", None) if args else None
        if type(name) is str and name in WATCHED:
            watch(name, module)
        return module
    importing = sys.modules["_frozen_importlib"]
    importing._load_unlocked = native.hook(importing._load_unlocked, None, after)
    for name in WATCHED:
        if name in sys.modules:
            watch(name, sys.modules[name])


# Ways out that run no handler.

def watch_ways_out():
    def leave(args, keywords):
        status = args[0] if len(args) == 1 and not keywords else (keywords or {}).get("status")
        if type(status) is int:
            native.tell(WAY_OUT, "os._exit")

    def abort(args, keywords):
        if not args and not keywords:
            native.tell(WAY_OUT, "os.abort")

    posix = sys.modules[os.name]
    os._exit = posix._exit = native.hook(os._exit, leave, None)
    os.abort = posix.abort = native.hook(os.abort, abort, None)


# Lines and calls.

def asked_name(module):
    """The name by which the module of these globals is told of; None: nobody asked about it."""
    name = module.get("__name__")
    if type(name) is not str:
        return None
    names = [name]
    if name in ("__main__", "__mp_main__"):
        names += main_name(name, module)
    for name in names:
        if any(name == asked or name.startswith(asked + ".") for asked in inside):
            return name
    return None


def line_ranges(code):
    """(START, END, LINE) of the instructions, as offsets into co_code."""
    if hasattr(code, "co_lines"):
        yield from code.co_lines()
        return
    # Before 3.10: pairs of how much the offset and the line grow.
    start, line = 0, code.co_firstlineno
    for length, lines in zip(code.co_lnotab[::2], code.co_lnotab[1::2]):
        if length:
            yield start, start + length, line
        start += length
        line += lines - 256 if lines > 127 else lines
    yield start, len(code.co_code), line


def operations_by_line(code):
    found = {}
    for start, end, line in line_ranges(code):
        if line is not None and start < end:
            found.setdefault(line, set()).update(code.co_code[start:end:2])
    return found


def idle_operations():
    """What `try:` and `pass` are made of, which cannot fail. What is raised there stands for a signal that has come while
    the line before was in a call: its handler runs when that call is over, and nothing of `try:` is in force yet."""
    found = operations_by_line(compile("one\ntry:\n    one\nfinally:\n    one\npass\none\n", "", "exec"))
    return found.get(2, set()) | found.get(6, set())


def handler_ranges(code):
    """(START, END, HANDLER), as offsets into co_code; none before 3.11, where a stack of blocks does that."""
    numbers = iter(getattr(code, "co_exceptiontable", b""))

    def number():
        byte = next(numbers)
        value = byte & 63
        while byte & 64:
            byte = next(numbers)
            value = value << 6 | byte & 63
        return value

    while True:
        try:
            start = 2 * number()
        except StopIteration:
            return
        end = start + 2 * number()
        yield start, end, 2 * number()
        number()


def elsewhere_caught(code):
    """Lines with an idle operation that another handler takes exceptions from than from what comes before: at the inner
    one of two `try:`, that of the outer is not in force, and no signal is looked for there."""
    handlers = {at: handler for start, end, handler in handler_ranges(code) for at in range(start, end, 2)}
    found = set()
    before = None
    for start, end, line in sorted(part for part in line_ranges(code) if part[0] < part[1]):
        for at in range(start, end, 2):
            if code.co_code[at] not in idle:
                before = handlers.get(at)
            elif handlers.get(at) != before:
                found.add(line)
    return found


IDLE = 1
UNTOLD = 2
IDLE_LINES_MAX = 4096
idle = set()
idle_lines_known = {}


def idle_lines(code):
    """What is special about each line, from the first one of the code on: IDLE cannot fail, UNTOLD is none to raise at."""
    known = idle_lines_known.get(id(code))
    if known is not None:
        return known[1]
    lines = [line for line, operations in operations_by_line(code).items()
             if operations <= idle and line >= code.co_firstlineno]
    marks = bytearray(max(lines) - code.co_firstlineno + 1 if lines else 0)
    elsewhere = elsewhere_caught(code) if lines else ()
    for line in lines:
        marks[line - code.co_firstlineno] = UNTOLD if line in elsewhere else IDLE
    if len(idle_lines_known) >= IDLE_LINES_MAX:
        idle_lines_known.clear()
    # The code is kept, too: another one could have its id.
    idle_lines_known[id(code)] = (code, bytes(marks))
    return idle_lines_known[id(code)][1]


def texts_of(frame):
    name = asked_name(frame.f_globals)
    if name is None:
        return None
    code = frame.f_code
    place = name + "\n" + code.co_filename
    function = getattr(code, "co_qualname", code.co_name)
    return message(place), message(place + "\n" + function), code.co_firstlineno, idle_lines(code)


def message(text):
    return text.encode("utf-8", "backslashreplace")[:TEXT_MAX]


def find_exception(name):
    builtins = sys.modules["builtins"]
    if "." not in name:
        return getattr(builtins, name, None)
    parts = name.split(".")
    for cut in range(len(parts) - 1, 0, -1):
        module = ".".join(parts[:cut])
        found = sys.modules.get(module)
        main = sys.modules.get("__main__")
        if found is None and main is not None and module in main_name("__main__", vars(main)):
            found = main
        if found is not None:
            for part in parts[cut:]:
                found = getattr(found, part, None)
            return found
    return None


def exception_of(name, idle):
    kind = find_exception(name)
    if idle and kind is MemoryError:
        native.tell(SKIPPED, "raise: nothing is allocated at a line like `try:`")
        return None
    if not isinstance(kind, type) or not issubclass(kind, BaseException):
        native.tell(SKIPPED, "raise: %s is no exception that the program knows" % name)
        return RuntimeError("exitproof was asked to raise %s, which is no exception that this program knows" % name)
    try:
        return kind()
    except TypeError:
        pass
    try:
        return kind("raised by exitproof")
    except TypeError as error:
        native.tell(SKIPPED, "raise: %s needs arguments that nobody knows" % name)
        return RuntimeError("exitproof was asked to raise %s, and does not know its arguments: %s" % (name, error))


def watch_lines():
    idle.update(idle_operations())
    if not native.trace(texts_of, exception_of, sys.gettrace):
        native.tell(SKIPPED, "exceptions: Python %s has no way to count its lines" % sys.version.split()[0])
        return

    def is_end(args):
        return len(args) == 1 and args[0] is None

    def before(args, keywords):
        native.expect_change(is_end(args))

    def after(result, args, keywords):
        native.expect_change(False)
        if is_end(args):
            native.trace_thread()
        return result

    sys.settrace = native.hook(sys.settrace, before, after)
    os.register_at_fork(after_in_child=native.trace_child)


def start(native_half, asked):
    global native, inside
    native = native_half
    inside = [name for name in asked.split(",") if name]
    native.set_up(MethodType, globals(), sys.hexversion)
    if native.tell(AGENT, "python") < 0:
        return
    try:
        watch_imports()
        watch_ways_out()
        if inside:
            watch_lines()
    except Exception as error:
        native.tell(SKIPPED, "handlers-once: the agent does not know Python %s: %r" % (sys.version.split()[0], error))
