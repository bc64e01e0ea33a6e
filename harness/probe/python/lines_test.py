#!/usr/bin/env python3
"""What the Python agent tells of lines and calls, and how it raises there."""

import os

from agent_testing import WITH_AGENT, AgentTest, main

WORK = """def work(number):
    number += 1
    return number


try:
    print(work(1))
finally:
    print("finally")
"""


class LinesTest(AgentTest):
    def inside(self, modules, text=WORK, answers="", **options):
        yield from self.each(text, environment={"EXITPROOF_INSIDE": modules, "LISTENER_ANSWERS": answers}, **options)

    def file(self, name="report.py"):
        return os.path.join(self.folder, name)

    def assert_told(self, ran, expected):
        """"line 3" and "call work 1", of the one module and file."""
        told = []
        for _, kind, text in ran.said:
            if kind in ("line", "call"):
                told.append(" ".join([kind] + text.split("|")[2:]))
        self.assertEqual(told, expected)

    def test_lines_and_calls(self):
        for version, ran in self.inside("report"):
            file = self.file() if version >= (3, 9) else "report.py"
            self.assert_told(ran, ["call <module> 1", "line 1", "line 6", "line 7", "call work 1", "line 2",
                                   "line 3", "line 9"])
            self.assertEqual(ran.messages("line")[0], f"report|{file}|1")
            self.assertEqual(ran.messages("call")[1], f"report|{file}|work|1")
            self.assertEqual((ran.out, ran.err, ran.status), ("2\nfinally\n", "", 0))

    def test_the_module_that_is_run_has_two_names(self):
        for _, ran in self.inside("other,__main__"):
            self.assertEqual({text.split("|")[0] for text in ran.messages("line", "call")}, {"__main__"})

    def test_others_are_not_told_of(self):
        for _, ran in self.inside("repo,report.part,ports"):
            self.assertEqual(ran.messages("line", "call"), [])

    def test_a_package(self):
        self.write("package/__init__.py", "")
        self.write("package/module.py", WORK)
        self.write("package_not.py", WORK)
        for _, ran in self.inside("package", "import package.module, package_not\n"):
            self.assertEqual({text.split("|")[0] for text in ran.messages("call")}, {"package", "package.module"})

    def test_a_package_that_is_run(self):
        self.write("package/__init__.py", "")
        self.write("package/__main__.py", WORK)
        for python in WITH_AGENT.values():
            ran = self.run_python(python, "-m", "package", environment={"EXITPROOF_INSIDE": "package"})
            self.assertIn("work", [text.split("|")[2] for text in ran.messages("call")
                                   if text.startswith("package.__main__|")])

    def test_raises_at_a_line(self):
        for version, ran in self.inside("report", answers="line report 5 KeyboardInterrupt"):
            self.assertEqual(ran.out, "finally\n")
            self.assertNotEqual(ran.status, 0)
            lines = [line.strip() for line in ran.err.splitlines() if not set(line) <= set(" ^~")]
            file = self.file() if version >= (3, 9) else "report.py"
            self.assertEqual(lines, ["Traceback (most recent call last):", f'File "{file}", line 7, in <module>',
                                     "print(work(1))", f'File "{file}", line 3, in work', "return number",
                                     "KeyboardInterrupt"])

    def test_between_a_call_and_try_a_signal_can_come_and_no_failure(self):
        text = """import os
file = open("name", "w")
try:
    file.write("a")
    try:
        file.write("b")
        file.flush()
    finally:
        file.close()
finally:
    os.unlink("name")


class Part:
    def work(self, count):
        while True:
            try:
                count -= 1
                if count == 0:
                    break
            except OSError:
                pass
        for _ in range(2):
            pass
        return count


print(Part().work(2))
"""
        idle = {3, 5, 17}
        for version, ran in self.inside("report", text):
            lines = [int(text.split("|")[-1]) for text in ran.messages("line")]
            self.assertEqual((ran.out, ran.err), ("0\n", ""))
            inner = [5] if version < (3, 11) else []
            self.assertEqual([line for line in lines if line < 12], [1, 2, 3, 4, *inner, 6, 7, 9, 11])
            self.assertGreaterEqual(set(lines), {14, 15, 17, 18, 19, 23, 24, 25, 28})
            left = []
            for nth in [at + 1 for at, line in enumerate(lines) if line < 12 or line in idle]:
                spared = self.run_python(WITH_AGENT[version], "report.py", environment={
                    "EXITPROOF_INSIDE": "report", "LISTENER_ANSWERS": f"line report {nth} MemoryError"})
                said = [text for text in spared.messages("skipped") if "raise: nothing is allocated" in text]
                self.assertEqual(("MemoryError" in spared.err, len(said)), (False, 1) if lines[nth - 1] in idle
                                 else (True, 0))
                if os.path.exists(self.file("name")):
                    os.unlink(self.file("name"))
                if lines[nth - 1] > 11:
                    continue
                struck = self.run_python(WITH_AGENT[version], "report.py", environment={
                    "EXITPROOF_INSIDE": "report", "LISTENER_ANSWERS": f"line report {nth} KeyboardInterrupt"})
                self.assertIn("KeyboardInterrupt", struck.err)
                if os.path.exists(self.file("name")):
                    left.append(lines[nth - 1])
                    os.unlink(self.file("name"))
            self.assertEqual(left, [3, 11])

    def test_goes_on_telling_after_it_has_raised(self):
        text = "def work():\n    pass\n\n\ntry:\n    work()\nexcept MemoryError:\n    work()\n"
        for kind in ("line report 4", "call report 2"):
            for _, ran in self.inside("report", text, answers=f"{kind} MemoryError"):
                self.assertEqual(ran.err, "")
                self.assertEqual(ran.messages("call")[-1].split("|")[2:], ["work", "1"])
                self.assertEqual(ran.messages("line")[-1].split("|")[-1], "2")

    def test_what_is_raised(self):
        text = ("import subprocess\nclass Own(Exception): pass\nclass Two(Exception):\n"
                "    def __init__(self, one): pass\nclass Three(Exception):\n    def __init__(self, one, two): pass\n"
                "try:\n    len('')\nexcept BaseException as error:\n    print(type(error).__name__, error)\n")
        for name, said in (("KeyboardInterrupt", "KeyboardInterrupt "), ("report.Own", "Own "),
                           ("__main__.Own", "Own "), ("subprocess.SubprocessError", "SubprocessError "),
                           ("report.Two", "Two raised by exitproof"), ("report.Three", "RuntimeError exitproof was asked"),
                           ("SystemExit", "SystemExit "), ("NoSuch", "RuntimeError exitproof was asked to raise NoSuch"),
                           ("no.Such", "RuntimeError exitproof was asked"), ("len", "RuntimeError exitproof was asked")):
            for version, ran in self.inside("report", text):
                places = [text.split("|")[-1] for text in ran.messages("line")]
                nth = places.index("8") + 1
                struck = self.run_python(WITH_AGENT[version], "report.py", environment={
                    "EXITPROOF_INSIDE": "report", "LISTENER_ANSWERS": f"line report {nth} {name}"})
                self.assertEqual(struck.err, "")
                self.assertIn(said, struck.out)

    def test_enough(self):
        text = "def work():\n    pass\nfor _ in range(3):\n    work()\n"
        for _, ran in self.inside("report", text, answers="enough line"):
            self.assert_told(ran, ["call <module> 1", "line 1", "call work 1", "call work 1", "call work 1"])
        for _, ran in self.inside("report", text, answers="enough line,call"):
            self.assert_told(ran, ["call <module> 1", "line 1"])

    def test_threads(self):
        text = ("import threading\ndef work():\n    pass\n"
                "thread = threading.Thread(target=work)\nthread.start()\nthread.join()\n")
        for _, ran in self.inside("report", text, answers=""):
            self.assertIn("work", [text.split("|")[2] for text in ran.messages("call")])

    def test_a_child_goes_on(self):
        text = "import os\ndef work():\n    pass\nif os.fork() == 0:\n    work()\nelse:\n    os.wait()\n"
        for answers in ("", "enough line,call"):
            for _, ran in self.inside("report", text, answers=answers):
                self.assertTrue([said for said in ran.said if said[:2] == (1, "line")], ran.said)

    def test_the_program_traces_itself(self):
        text = """import sys
seen = []
def tracer(frame, event, argument):
    seen.append(event)
    return tracer
def work():
    pass
def again():
    pass
assert sys.gettrace() is None
sys.settrace(tracer)
assert sys.gettrace() is tracer
work()
sys.settrace(None)
assert sys.gettrace() is None
print(seen)
again()
"""
        for version, ran in self.inside("report", text):
            plain = self.run_python(WITH_AGENT[version], "report.py", agent=False)
            self.assertEqual((ran.out, ran.err, ran.status), (plain.out, plain.err, 0))
            calls = [text.split("|")[2] for text in ran.messages("call")]
            self.assertEqual(calls, ["<module>", "again"])
            self.assertEqual(len(ran.messages("skipped")), 1)
            self.assertIn("exceptions: ", ran.messages("skipped")[0])

    def test_nobody_counts(self):
        for _, ran in self.inside("report", "import sys\nsys.settrace(print)\nsys.settrace(None)\n",
                                  answers="enough line,call"):
            self.assertEqual(ran.messages("skipped"), [])


if __name__ == "__main__":
    main()
