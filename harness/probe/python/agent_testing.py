"""What the tests of the Python agent share: they run programs in every Python of this machine.

    NAME_test.py AGENTS LISTENER [unittest arguments]

AGENTS is the folder of the agents, LISTENER the library that stands in for the harness: see listener_testing.cpp.
EXITPROOF_TEST_PYTHONS may name more interpreters, separated by colons.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

SUBJECTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..", "scenarios", "handlers", "python")
AGENTS, LISTENER = (os.path.abspath(argument) for argument in sys.argv[1:3])
DEADLINE = 60


def version_of(python):
    """(3, 11) for one that can be run; a name on PATH may be a shim that runs none."""
    try:
        done = subprocess.run([python, "-c", "import sys; print(sys.version_info[:2])"], check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=DEADLINE)
    except OSError:
        return None
    numbers = re.findall(rb"\d+", done.stdout)
    return (int(numbers[0]), int(numbers[1])) if len(numbers) == 2 else None


def find_pythons():
    """One of each version, by version."""
    named = [sys.executable] + [path for path in os.environ.get("EXITPROOF_TEST_PYTHONS", "").split(":") if path]
    on_path = [shutil.which(f"python{name}") for name in ["2.7"] + [f"3.{minor}" for minor in range(6, 16)]]
    found = {}
    for python in named + [path for path in on_path if path]:
        version = version_of(python)
        if version:
            found.setdefault(version, python)
    return found


PYTHONS = find_pythons()
WITH_AGENT = {version: python for version, python in PYTHONS.items() if version >= (3, 8)}

class Ran:
    def __init__(self, done, log):
        self.status = done.returncode
        self.out = done.stdout
        self.err = done.stderr
        # (process, kind, text), processes being numbered by their first word.
        self.said = []
        processes = {}
        for line in log:
            pid, kind, text = (line.split(" ", 2) + [""])[:3]
            self.said.append((processes.setdefault(pid, len(processes)), kind, text))

    def messages(self, *kinds):
        return [text for _, kind, text in self.said if kind in kinds]


class AgentTest(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.runs = 0
        self.version = None

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def run_python(self, python, *arguments, agent=True, listener=True, environment=(), stdin=""):
        """Runs it in the test's folder, with what the harness would put into its environment."""
        self.runs += 1
        log = os.path.join(tempfile.gettempdir(), f"{os.path.basename(self.folder)}.{self.runs}.log")
        full = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "HOME": self.folder, "TMPDIR": self.folder,
                "PYTHONDONTWRITEBYTECODE": "1"}
        full.update(environment)
        if listener:
            full.update(LD_PRELOAD=LISTENER, LISTENER_LOG=log)
        if agent:
            archive = os.path.join(AGENTS, "python")
            if full.get("PYTHONPATH") is not None:
                full["EXITPROOF_PYTHONPATH_WAS"] = full["PYTHONPATH"]
                archive += ":" + full["PYTHONPATH"]
            full["PYTHONPATH"] = archive
        else:
            full.pop("EXITPROOF_INSIDE", None)
        try:
            done = subprocess.run([python, *arguments], cwd=self.folder, env=full, input=stdin, check=False,
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=DEADLINE,
                                  universal_newlines=True)
            lines = []
            if os.path.exists(log):
                with open(log, encoding="utf-8") as file:
                    lines = file.read().splitlines()
            return Ran(done, lines)
        finally:
            if os.path.exists(log):
                os.unlink(log)

    def each(self, text, name="report.py", **options):
        """Runs a program in each Python that has the agent."""
        self.write(name, text)
        for version, python in WITH_AGENT.items():
            self.version = version
            yield version, self.run_python(python, name, **options)

    def _formatMessage(self, msg, standardMsg):
        message = super()._formatMessage(msg, standardMsg)
        return f"{message}\n(Python {self.version})" if self.version else message

    def assert_same(self, python, *arguments, **options):
        plain = self.run_python(python, *arguments, agent=False, **options)
        ran = self.run_python(python, *arguments, **options)

        def shown(text):
            # Addresses differ, and so does the log's name.
            return re.sub(r"0x[0-9a-f]+|\.\d+\.log", "", text)
        self.assertEqual((ran.status, shown(ran.out), shown(ran.err)),
                         (plain.status, shown(plain.out), shown(plain.err)))
        return ran


def main():
    print("Python " + ", ".join("%d.%d" % version for version in sorted(PYTHONS)))
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])
