#!/usr/bin/env python3
"""What the Python agent tells of exit handlers and of ways out."""

import os

from agent_testing import SUBJECTS, WITH_AGENT, AgentTest, main

PREAMBLE = """
import atexit, functools, os, shutil, sys, tempfile, weakref
class Thing:
    pass
"""


class HandlersTest(AgentTest):
    def run_each(self, text, **options):
        yield from self.each(PREAMBLE + text, **options)

    def assert_handlers(self, ran, expected):
        """KIND NAME WHOSE, and what became of it, in the order of registration, without the library's own."""
        found = {}
        for process, kind, text in ran.said:
            number, _, rest = text.partition(" ")
            if kind == "registered":
                parts = rest.split("|")
                found[process, number] = [parts[0] + " " + parts[1] + " " + parts[4]]
            elif kind in ("unregistered", "started", "finished", "raised"):
                key = (process, number) if (process, number) in found else (0, number)
                found[key].append(kind + (f" {rest}" if rest else "") + (f" in {process}" if process != key[0] else ""))
        told = [", ".join(handler) for handler in found.values() if not handler[0].endswith(" runtime")]
        self.assertEqual(told, expected)

    def subject(self, name):
        for version, python in WITH_AGENT.items():
            self.version = version
            yield version, self.assert_same(python, os.path.join(SUBJECTS, name))

    def test_names_and_places(self):
        self.write("package/__init__.py", "")
        self.write("package/module.py", "import atexit\n\n\ndef leave():\n    pass\n\n\natexit.register(leave)\n")
        for _, ran in self.run_each("""
import package.module
@atexit.register
def function(): pass
class Report:
    def close(self): pass
    @classmethod
    def of_class(cls): pass
    def __call__(self): pass
@functools.wraps(function)
def decorator(): pass
for callable in [Report().close, Report.of_class, Report(), functools.partial(functools.partial(function), ), Report,
                 decorator, lambda: None, print, os.getpid, functools.partial(shutil.rmtree, "gone", True)]:
    assert atexit.register(callable) is callable
"""):
            file = os.path.join(self.folder, "report.py")
            self.assertEqual([text.split(" ", 1)[1] for text in ran.messages("registered")], [
                "python atexit|package.module.leave|%s|4|own" % os.path.join(self.folder, "package/module.py"),
                f"python atexit|report.function|{file}|7|own",
                f"python atexit|report.Report.close|{file}|10|own",
                f"python atexit|report.Report.of_class|{file}|11|own",
                f"python atexit|report.Report.__call__|{file}|13|own",
                f"python atexit|report.function|{file}|7|own",
                f"python atexit|report.Report|{file}|0|own",
                f"python atexit|report.function|{file}|7|own",
                f"python atexit|report.<lambda>|{file}|17|own",
                "python atexit|builtins.print||0|own",
                "python atexit|posix.getpid||0|own",
                ran.messages("registered")[-1].split(" ", 1)[1],
            ])
            self.assertRegex(ran.messages("registered")[-1], r"\|shutil\.rmtree\|.*/shutil\.py\|\d+\|own$")
            self.assertEqual(ran.err, "")

    def test_what_the_library_registers_is_its_own(self):
        for _, ran in self.run_each("""
import logging, multiprocessing.util, concurrent.futures.thread
weakref.finalize(Thing(), print)
"""):
            own = [text for text in ran.messages("registered") if text.endswith("own")]
            runtime = [text for text in ran.messages("registered") if text.endswith("runtime")]
            self.assertEqual(len(own), 1, own)
            self.assertIn("weakref.finalize|builtins.print", own[0])
            for name in ("logging.shutdown", "multiprocessing.util._exit_function", "weakref.finalize._exitfunc"):
                self.assertEqual(len([text for text in runtime if name in text]), 1, runtime)

    def test_the_program_registers_a_function_of_the_library(self):
        for _, ran in self.run_each("import logging\natexit.register(logging.shutdown)\n"):
            self.assertEqual([text.split("|")[-1] for text in ran.messages("registered") if "logging" in text],
                             ["runtime", "own"])

    def test_atexit(self):
        for version, ran in self.run_each("""
class Same:
    def __eq__(self, other): return isinstance(other, Same)
    def __call__(self): pass
def gone(*args): pass
thing = Thing()
thing.method = Thing.method = lambda self, *args, **keywords: print(args, keywords)
atexit.register(Thing().method, 1, two=2)
atexit.register(gone); atexit.register(gone, 1); atexit.unregister(gone)
atexit.register(Same()); atexit.unregister(Same())
atexit.register(print, "last"); atexit.unregister(gone)
print(atexit._ncallbacks())
for wrong in ((), (1,)):
    try: atexit.register(*wrong)
    except TypeError as error: print(error)
"""):
            self.assertEqual(ran.status, 0, ran.err)
            self.assert_handlers(ran, [
                "python atexit report.<lambda> own, started, finished", "python atexit report.gone own, unregistered",
                "python atexit report.gone own, unregistered", "python atexit report.Same.__call__ own, unregistered",
                "python atexit builtins.print own, started, finished"])
            self.assertEqual(ran.out.splitlines()[-2:], ["last", "(1,) {'two': 2}"])
            self.assert_same(WITH_AGENT[version], "report.py")

    def test_one_that_raises_looks_as_it_would(self):
        self.write("report.py", PREAMBLE + """
@atexit.register
def raises():
    print(sys._getframe().f_back)
    1 / 0
@atexit.register
def leaves():
    sys.exit(7)
@atexit.register
def odd():
    class Odd(Exception):
        def __str__(self): raise ValueError
    raise Odd
""")
        for version, python in WITH_AGENT.items():
            with self.subTest(python=version):
                ran = self.assert_same(python, "report.py")
                self.assert_handlers(ran, [
                    "python atexit report.raises own, started, raised ZeroDivisionError: division by zero",
                    "python atexit report.leaves own, started, raised SystemExit: 7",
                    "python atexit report.odd own, started, raised Odd"])

    def test_clear(self):
        for _, ran in self.run_each("atexit.register(print); atexit._clear(); print(atexit._ncallbacks())"):
            self.assert_handlers(ran, ["python atexit builtins.print own, unregistered"])
            self.assertEqual(ran.out, "0\n")

    def test_taken_back_by_a_child(self):
        for _, ran in self.run_each("""
atexit.register(print)
if os.fork() == 0:
    atexit.unregister(print)
    sys.exit()
os.wait()
"""):
            self.assert_handlers(ran, ["python atexit builtins.print own, started, finished"])

    def test_never_run(self):
        for _, ran in self.run_each("atexit.register(print)\nos.kill(os.getpid(), 9)"):
            self.assert_handlers(ran, ["python atexit builtins.print own"])

    def test_finalize(self):
        for _, ran in self.run_each("""
thing = Thing()
kept = weakref.finalize(thing, print, "kept")
assert kept.peek()[1] is print
detached = weakref.finalize(thing, print, "detached")
assert detached.detach()[1] is print
never = weakref.finalize(thing, print, "not at exit")
never.atexit = False
again = weakref.finalize(thing, print, "again")
again.atexit = False
again.atexit = True
weakref.finalize(Thing(), print, "at once")
temporary = tempfile.TemporaryDirectory()
sys.stdout.flush()
"""):
            self.assert_handlers(ran, [
                "weakref.finalize builtins.print own, started, finished",
                "weakref.finalize builtins.print own, unregistered",
                "weakref.finalize builtins.print own, unregistered",
                "weakref.finalize builtins.print own, unregistered",
                "weakref.finalize builtins.print own, started, finished",
                "weakref.finalize builtins.print own, started, finished",
                "weakref.finalize tempfile.TemporaryDirectory._cleanup own, started, finished"])
            self.assertEqual(ran.out, "at once\nagain\nkept\n", ran.err)

    def test_finalize_of_multiprocessing(self):
        for _, ran in self.run_each("""
from multiprocessing.util import Finalize
thing = Thing()
Finalize(thing, print, ["not at exit"])
Finalize(thing, print, ["cancelled"], exitpriority=1).cancel()
Finalize(None, print, ["called"], exitpriority=1)()
print(Finalize(thing, print, ["kept"], exitpriority=1))
Finalize(Thing(), print, ["at once"], exitpriority=1)
"""):
            self.assert_handlers(ran, [
                "Finalize builtins.print own, unregistered", "Finalize builtins.print own, started, finished",
                "Finalize builtins.print own, started, finished", "Finalize builtins.print own, started, finished"])
            self.assertRegex(ran.out, r"called\n<Finalize object, .*print.*\nat once\nkept\n$")

    def test_threading(self):
        for version, ran in self.run_each("""
import threading
if hasattr(threading, "_register_atexit"):
    threading._register_atexit(print, "threads")
"""):
            if version >= (3, 9):
                self.assert_handlers(ran, ["threading atexit builtins.print own, started, finished"])
                self.assertEqual(ran.out, "threads\n")

    def test_registered_before_the_agent_could_import_it(self):
        """However the module is imported, what it registers is seen."""
        for _, ran in self.each("import importlib\nimportlib.import_module('weakref').finalize(set, print)\n"
                                "__import__('atexit').register(print)\n"):
            self.assert_handlers(ran, ["weakref.finalize builtins.print own, started, finished",
                                       "python atexit builtins.print own, started, finished"])

    def test_ways_out(self):
        for code, said in (("os._exit(3)", ["os._exit"]), ("os._exit(status=3)", ["os._exit"]),
                           ("os.abort()", ["os.abort"]), ("sys.exit(3)", []), ("import posix; posix._exit(3)", ["os._exit"]),
                           ("class Out: leave = os._exit\nOut().leave(3)", ["os._exit"])):
            for _, ran in self.run_each(code):
                self.assertEqual(ran.messages("way_out"), said)
                self.assertEqual(ran.status, -6 if "abort" in code else 3)

    def test_inherited_over_fork(self):
        for _, ran in self.subject("inherited_over_fork.py"):
            self.assertEqual(ran.out, "lost\n")
            self.assert_handlers(ran, ["python atexit inherited_over_fork.remove_scratch own, "
                                       "started in 1, finished in 1, started, finished"])

    def test_left_to_the_parent(self):
        for _, ran in self.subject("child_os_exit.py"):
            self.assert_handlers(ran, ["python atexit child_os_exit.remove_scratch own, started, finished"])
            self.assertIn((1, "way_out", "os._exit"), ran.said)

    def test_children_of_multiprocessing(self):
        for _, ran in self.subject("process_children.py"):
            self.assert_handlers(ran, ["python atexit process_children.remove_scratch own, started, finished"])
            self.assertEqual([said for said in ran.said if said[1] == "way_out"],
                             [(1, "way_out", "os._exit"), (2, "way_out", "os._exit")])

    def test_run_by_hand(self):
        for _, ran in self.subject("run_by_hand.py"):
            self.assert_handlers(ran, ["python atexit run_by_hand.say_goodbye own, started, finished"])
        for _, ran in self.subject("run_by_hand_in_child.py"):
            self.assert_handlers(ran, ["python atexit run_by_hand_in_child.save_log own, "
                                       "started in 1, finished in 1, started, finished"])

    def test_raises_at_exit(self):
        for _, ran in self.subject("name_error_at_exit.py"):
            self.assertEqual(ran.status, 0)
            self.assert_handlers(ran, ["python atexit name_error_at_exit.remove_scratch own, started, "
                                       "raised NameError: name 'scratsh' is not defined"])

    def test_a_pool(self):
        ends = {"lost": "Finalize posix.unlink own", "kept": "Finalize posix.unlink own, started, finished"}
        for name, end in ends.items():
            for _, ran in self.subject(f"finalize_{name}_in_pool.py"):
                self.assertIn(end, told_of_unlink(ran))
                self.assertEqual(ran.status, 0)
                terminates = [text for text in ran.messages("registered") if "_terminate_pool" in text]
                self.assertRegex(terminates[0], r"Finalize\|multiprocessing\.pool\.Pool\._terminate_pool\|.*\|own$")


def told_of_unlink(ran):
    found = {}
    for process, kind, text in ran.said:
        number, _, rest = text.partition(" ")
        if kind == "registered" and "posix.unlink" in rest:
            found[process, number] = "Finalize posix.unlink own"
        elif (process, number) in found:
            found[process, number] += ", " + kind
    return found.values()




if __name__ == "__main__":
    main()
