#!/usr/bin/env python3
"""What the shells make of the completions: each is run on a terminal, and keys are pressed.

    completions_test.py PAGES-FOLDER [unittest's arguments]     a shell that is not installed is skipped
"""

import os
import pty
import re
import select
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

PAGES = os.path.abspath(sys.argv.pop(1)) if len(sys.argv) > 1 else "pages"
PATIENCE_S = 60
SHOW = "\x14"  # Ctrl+T prints the line between these:
BEGIN, END = "<<[", "]>>"


class Terminal:
    """A shell on a terminal of its own."""

    def __init__(self, command, environment, folder):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.chdir(folder)
            os.execvpe(command[0], command, environment)
        self.seen = ""

    def press(self, keys):
        os.write(self.fd, keys.encode())

    def await_match(self, pattern):
        until = time.monotonic() + PATIENCE_S
        while True:
            found = re.search(pattern, self.seen, re.S)
            if found:
                self.seen = self.seen[found.end():]
                return found
            left = until - time.monotonic()
            if left <= 0 or not select.select([self.fd], [], [], left)[0]:
                raise AssertionError(f"{pattern} was not seen, but this:\n{self.seen}")
            try:
                self.seen += os.read(self.fd, 65536).decode(errors="replace")
            except OSError:
                raise AssertionError(f"the shell has ended, having said:\n{self.seen}") from None

    def close(self):
        os.close(self.fd)
        os.waitpid(self.pid, 0)


def shell(name):
    return unittest.skipUnless(shutil.which(name), f"{name} is not installed")


class Completions(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        for name in ("report.json", "notes.txt"):
            with open(os.path.join(self.folder.name, name), "w", encoding="utf-8"):
                pass
        os.mkdir(os.path.join(self.folder.name, "evidence"))
        self.environment = dict(os.environ, HOME=self.folder.name, ZDOTDIR=self.folder.name, TERM="xterm", PS1="$ ",
                                XDG_CONFIG_HOME=self.folder.name, XDG_DATA_HOME=self.folder.name, COLUMNS="1000")
        self.terminal = None

    def tearDown(self):
        if self.terminal:
            self.terminal.close()
        self.folder.cleanup()

    def line_after(self, typed, key):
        """The line that is there when `typed` and the key were pressed."""
        self.terminal.press(typed + key + SHOW)
        shown = self.terminal.await_match(re.escape(BEGIN) + "(.*?)" + re.escape(END)).group(1)
        self.terminal.press("\x15")  # Ctrl+U: an empty line
        return shown


@shell("bash")
class Bash(Completions):
    ALL = "\x1b*"  # Meta+*: the line with all candidates

    def setUp(self):
        super().setUp()
        self.terminal = Terminal(["bash", "--norc", "--noprofile", "-i"], self.environment, self.folder.name)
        self.terminal.press("bind 'set enable-bracketed-paste off'; bind 'set page-completions off'; stty cols 1000\n")
        self.terminal.press("bind -x '\"\\C-t\": printf \"%s%s%s\" \"<<\" \"[$READLINE_LINE]\" \">>\"'\n")
        self.terminal.press(f"source {PAGES}/completions/bash/exitproof; echo read''y\n")
        self.terminal.await_match("ready")

    def assert_offers(self, typed, *wanted, without=()):
        words = self.line_after(typed, self.ALL).split()
        for word in wanted:
            self.assertIn(word, words)
        for word in without:
            self.assertNotIn(word, words)

    def assert_completes(self, typed, line):
        self.assertEqual(self.line_after(typed, "\t"), line)

    def test_verbs(self):
        self.assert_completes("exitproof rep", "exitproof replay ")
        self.assert_offers("exitproof ", "run", "survey", "list", "doctor", "--version", without=["worker"])

    def test_options(self):
        self.assert_completes("exitproof run --fau", "exitproof run --faults ")
        self.assert_offers("exitproof survey --", "--ready", "--json", without=["--faults"])

    def test_fault_kinds(self):
        self.assert_completes("exitproof run --faults han", "exitproof run --faults hangup ")
        self.assert_completes("exitproof run --faults kill,han", "exitproof run --faults kill,hangup ")
        self.assert_completes("exitproof run --faults=kill,han", "exitproof run --faults=kill,hangup ")

    def test_choices(self):
        self.assert_completes("exitproof run --world pri", "exitproof run --world private ")
        self.assert_completes("exitproof run --world=pri", "exitproof run --world=private ")
        self.assert_completes("exitproof run --ready fi", "exitproof run --ready file:")
        self.assert_offers("exitproof run --explore ", "exhaustive", "random", "both")

    def test_plans(self):
        self.assert_completes("exitproof replay ctrl", "exitproof replay ctrl-c@")
        self.assert_completes("exitproof replay SIGTE", "exitproof replay SIGTERM@")
        self.assert_completes("exitproof replay kill@0:ren", "exitproof replay kill@0:rename:")
        self.assert_completes("exitproof replay kill@0:write:1,han", "exitproof replay kill@0:write:1,hangup@")
        self.assert_completes("exitproof replay --times 3 kill@0:ren", "exitproof replay --times 3 kill@0:rename:")

    def test_invariants(self):
        self.assert_completes("exitproof list no-orp", "exitproof list no-orphans ")

    def test_files(self):
        self.assert_completes("exitproof run --json rep", "exitproof run --json report.json ")
        self.assert_completes("exitproof run --json=rep", "exitproof run --json=report.json ")
        self.assert_completes("exitproof run --evidence ev", "exitproof run --evidence evidence/")

    def test_the_subjects_command(self):
        self.assert_completes("exitproof run --time 5s -- cat no", "exitproof run --time 5s -- cat notes.txt ")
        self.assert_completes("exitproof replay none -- cat no", "exitproof replay none -- cat notes.txt ")
        self.assert_completes("exitproof run cat no", "exitproof run cat notes.txt ")


@shell("zsh")
class Zsh(Completions):
    def setUp(self):
        super().setUp()
        with open(os.path.join(self.folder.name, ".zshrc"), "w", encoding="utf-8") as file:
            file.write(f"fpath=({PAGES}/completions/zsh $fpath)\nautoload -Uz compinit\ncompinit -u -D\n"
                       "unsetopt zle_bracketed_paste prompt_cr prompt_sp\nunset zle_bracketed_paste\n"
                       'show() { printf "%s%s%s" "<<" "[$BUFFER]" ">>" }\nzle -N show\nbindkey "^T" show\n'
                       "setopt no_beep\nPS1='$ '\nprint read''y\n")
        self.terminal = Terminal(["zsh", "-i"], self.environment, self.folder.name)
        self.terminal.await_match("ready")

    def test_completions(self):
        for typed, line in (
                ("exitproof rep", "exitproof replay "),
                ("exitproof run --fau", "exitproof run --faults"),
                ("exitproof run --faults kill,han", "exitproof run --faults kill,hangup"),
                ("exitproof run --world pri", "exitproof run --world private "),
                ("exitproof replay SIGTE", "exitproof replay SIGTERM@"),
                ("exitproof replay kill@0:ren", "exitproof replay kill@0:rename:"),
                ("exitproof list no-orp", "exitproof list no-orphans "),
                ("exitproof run --json rep", "exitproof run --json report.json "),
                ("exitproof run -- cat no", "exitproof run -- cat notes.txt ")):
            self.assertEqual(self.line_after(typed, "\t").rstrip("= "), line.rstrip(), typed)


@shell("fish")
class Fish(Completions):
    def candidates(self, typed):
        done = subprocess.run(["fish", "--no-config", "-c", 'source $argv[1]; complete -C $argv[2]',
                               f"{PAGES}/completions/fish/exitproof.fish", typed], capture_output=True, text=True,
                              timeout=PATIENCE_S, check=True, cwd=self.folder.name, env=self.environment)
        self.assertEqual(done.stderr, "")
        return [line.split("\t")[0] for line in done.stdout.splitlines()]

    def test_completions(self):
        for typed, word in (("exitproof rep", "replay"), ("exitproof run --fau", "--faults"),
                            ("exitproof run --faults kill,han", "kill,hangup"),
                            ("exitproof run --world pri", "private"), ("exitproof replay SIGTE", "SIGTERM@"),
                            ("exitproof replay kill@0:ren", "kill@0:rename:"), ("exitproof list no-orp", "no-orphans"),
                            ("exitproof run --json rep", "report.json"), ("exitproof run -- cat no", "notes.txt")):
            self.assertEqual(self.candidates(typed), [word], typed)


if __name__ == "__main__":
    unittest.main()
