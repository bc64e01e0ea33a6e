#!/usr/bin/env python3
"""A program sees nothing of the Python agent: with it, it prints and leaves what it does without."""

import glob
import os
import shutil
import subprocess

from agent_testing import AGENTS, DEADLINE, PYTHONS, WITH_AGENT, AgentTest, main

# What a program can see of the agent, if it looks.
SHOW_STATE = """
import os, sys
with os.popen("env") as child:
    child_output = child.read()
for name, what in [
    # `-X dev` loads this codec for the name of the first native module, which is then the agent's.
    ("modules", sorted(set(sys.modules) - {"encodings.ascii"})), ("path", sys.path), ("importers", sorted(sys.path_importer_cache)),
    ("environment", sorted(os.environ.items())), ("of C", sorted(child_output.split())),
    ("flags", sys.flags), ("finders", [type(finder).__name__ for finder in sys.meta_path]),
    ("hooks", len(sys.path_hooks)), ("trace", sys.gettrace()), ("profile", sys.getprofile()),
    ("arguments", sys.argv), ("descriptors", sorted(os.listdir("/proc/self/fd"))),
    ("main", sorted(vars(sys.modules["__main__"]))), ("os", sorted(vars(os))), ("error", sys.exc_info()),
    ("zips", sorted(sys.modules["zipimport"]._zip_directory_cache)),
]:
    print(name, what)
"""


class UnseenTest(AgentTest):
    def test_nothing_of_it_can_be_seen(self):
        self.write("state.py", SHOW_STATE)
        self.write("elsewhere/other.py", "")
        path = {"PYTHONPATH": os.path.join(self.folder, "elsewhere") + "::/nowhere"}
        ways = [(["-B", "-u", "-s", "state.py"], {}), (["-c", SHOW_STATE], {}), (["-m", "state"], {}),
                (["-X", "dev", "-W", "error", "state.py"], {}), (["state.py"], path)]
        for version, python in PYTHONS.items():
            for way, environment in ways:
                if version < (3, 7) and "-X" in way:
                    continue
                with self.subTest(python=version, way=way[:2], environment=environment):
                    ran = self.assert_same(python, *way, environment=environment)
                    self.assertEqual(ran.messages("agent"), ["python"] if version >= (3, 8) else [])

    def test_interactively(self):
        for version, python in PYTHONS.items():
            with self.subTest(python=version):
                self.assert_same(python, "-i", "-q" if version >= (3, 2) else "-u",
                                 stdin="import sys\n1/0\nprint(sorted(sys.modules))\n")

    def test_tracers_and_profilers_do_not_see_it(self):
        self.write("program.py", """
import sys
def record(frame, event, argument):
    if "exitproof" in frame.f_code.co_filename or "exitproof" in frame.f_globals.get("__name__", ""):
        print(frame, event)
    count[0] += 1
    return record
count = [0]
def work():
    import atexit, tempfile, multiprocessing.util as util, weakref
    atexit.register(len, "")
    weakref.finalize(util, print).atexit = False
    util.Finalize(None, print, exitpriority=1).cancel()
    tempfile.TemporaryDirectory().cleanup()
for start, stop in ((sys.settrace, "sys.settrace(None)"), (sys.setprofile, "sys.setprofile(None)")):
    work()
    start(record)
    work()
    exec(stop)
    print(count)
""")
        for version, python in WITH_AGENT.items():
            for inside in ("", "program"):
                with self.subTest(python=version, inside=inside):
                    ran = self.run_python(python, "program.py", environment={"EXITPROOF_INSIDE": inside})
                    self.assertRegex(ran.out, r"^\[\d+\]\n\[\d+\]\n$", ran.err)
                    self.assertEqual(ran.err, "")

    def test_what_it_watches_looks_as_before(self):
        self.write("program.py", """
import atexit, copy, functools, inspect, os, pickle, posix, threading, types, weakref
import multiprocessing.util as util
import unittest.mock as mock
watched = [atexit.register, os._exit, os.abort, weakref.finalize.__init__, weakref.finalize.peek, util.Finalize.__init__]
for function in watched + [getattr(threading, "_register_atexit", len)]:
    print(function.__name__, function.__qualname__, function.__module__, function.__doc__)
    if inspect.isfunction(function):
        print(inspect.signature(function))
    print(repr(function), isinstance(function, (types.BuiltinFunctionType)), inspect.isfunction(function))
    print(copy.deepcopy(function) is function, pickle.loads(pickle.dumps(function)) is function, function == function)
    print(functools.wraps(function)(lambda: 0).__name__)
print(inspect.signature(weakref.finalize), inspect.getsource(weakref.finalize.peek), os._exit is posix._exit)
for name in ("os._exit", "atexit.register"):
    with mock.patch(name, autospec=True) as replaced:
        os._exit(3) if name == "os._exit" else atexit.register(print)
        print(replaced.called)
class Own(weakref.finalize): pass
own = Own(Own, print)
print(own.alive, own.atexit, weakref.finalize.atexit.__doc__, own.detach()[1:], own.atexit)
class OwnFinalize(util.Finalize):
    def __init__(self, *args, **keywords): super().__init__(*args, **keywords)
own = OwnFinalize(None, print, exitpriority=1)
print(own.still_active(), own.cancel(), own.still_active())
print(sorted(vars(weakref.finalize)), sorted(vars(util.Finalize)), sorted(vars(atexit)))
""")
        for version, python in WITH_AGENT.items():
            with self.subTest(python=version):
                ran = self.assert_same(python, "program.py")
                self.assertEqual(ran.err, "")

    def test_in_a_zip(self):
        self.write("app/__main__.py", SHOW_STATE)
        shutil.make_archive(os.path.join(self.folder, "app"), "zip", os.path.join(self.folder, "app"))
        for version, python in PYTHONS.items():
            with self.subTest(python=version):
                self.assert_same(python, "app.zip")

    def test_in_a_virtual_environment(self):
        for version, python in WITH_AGENT.items():
            with self.subTest(python=version):
                place = os.path.join(self.folder, "venv%d.%d" % version)
                subprocess.run([python, "-m", "venv", "--without-pip", place], check=True, timeout=DEADLINE)
                ran = self.assert_same(os.path.join(place, "bin", "python"), "-c", SHOW_STATE)
                self.assertEqual(ran.messages("agent"), ["python"])

    def test_where_nobody_listens(self):
        self.write("program.py", "import atexit, os\nprint(type(atexit.register) is type(len), sorted(os.environ.items()))\n")
        for version, python in WITH_AGENT.items():
            with self.subTest(python=version):
                ran = self.assert_same(python, "program.py", listener=False)
                self.assertIn("True", ran.out)

    def test_what_it_leaves_on_the_disk(self):
        before = sorted(glob.glob(AGENTS + "/**", recursive=True))
        for python in PYTHONS.values():
            self.run_python(python, "-c", "pass", environment={"PYTHONDONTWRITEBYTECODE": ""})
        self.assertEqual(sorted(glob.glob(AGENTS + "/**", recursive=True)), before)

    def test_a_second_interpreter_in_the_process(self):
        self.write("second.py", """
import sys
try:
    import _xxsubinterpreters as interpreters
except ImportError:
    import _interpreters as interpreters
second = interpreters.create()
interpreters.run_string(second, '''
import atexit, sys
print(sorted(sys.modules), sys.path, type(atexit.register))
atexit.register(print, "second")
''')
sys.stdout.flush()
interpreters.destroy(second)
""")
        for version, python in WITH_AGENT.items():
            with self.subTest(python=version):
                # Up to 3.12 a second interpreter has what was the first one's path at its start.
                ran = self.run_python(python, "second.py")
                plain = self.run_python(python, "second.py", agent=False)
                self.assertEqual((ran.out, ran.err), (plain.out, plain.err))
                self.assertEqual(ran.messages("agent"), ["python"])

    def test_the_programs_own_sitecustomize(self):
        self.write("own/sitecustomize.py", "print('mine', __name__, __file__)\n")
        self.write("wrong/sitecustomize.py", "print('once')\nundefined\n")
        self.write("lacking/sitecustomize.py", "import no_such_module\n")
        code = "import sys; print(sys.modules.get('sitecustomize')); import sitecustomize"
        for version, python in PYTHONS.items():
            for folder in ("own", "wrong", "lacking", "none"):
                with self.subTest(python=version, folder=folder):
                    self.assert_same(python, "-c", code, environment={"PYTHONPATH": os.path.join(self.folder, folder)})

    def test_usercustomize(self):
        for version, python in WITH_AGENT.items():
            self.write(".local/lib/python%d.%d/site-packages/usercustomize.py" % version, "print('user')\n")
            with self.subTest(python=version):
                ran = self.assert_same(python, "-c", "pass")
                self.assertEqual(ran.out, self.run_python(python, "-c", "pass", agent=False).out)

    def test_where_it_cannot_be(self):
        """The harness has to see that no agent spoke."""
        for python in WITH_AGENT.values():
            for way in ("-I", "-E", "-S"):
                self.assertEqual(self.run_python(python, way, "-c", "import atexit; atexit.register(print)").said, [])


if __name__ == "__main__":
    main()
