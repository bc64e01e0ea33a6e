#!/usr/bin/env python3
"""run_docs.py must fail on a page that says what is not so, and count what it did not run."""

import os
import subprocess
import sys
import tempfile
import unittest

RUN_DOCS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "run_docs.py")
EXITPROOF = """#!/bin/sh
case "$*" in
  "run --help-all") echo "  --time TIME  how long" ;;
  "run --time 1s"*) echo "done 12 of 12 trials, 0 violated"; exit 1 ;;
  *) echo "no such option: $*"; exit 2 ;;
esac
"""


class RunDocsTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.page = os.path.join(folder.name, "page.md")
        self.exitproof = os.path.join(folder.name, "exitproof")
        with open(self.exitproof, "w", encoding="utf-8") as file:
            file.write(EXITPROOF)
        os.chmod(self.exitproof, 0o755)

    def run_docs(self, text, *options):
        """Exit status and lines of run_docs.py on a page of that text."""
        with open(self.page, "w", encoding="utf-8") as file:
            file.write(text)
        done = subprocess.run([sys.executable, RUN_DOCS, *options, self.exitproof, self.page], capture_output=True,
                              text=True, timeout=60, check=False)
        return done.returncode, done.stdout.replace(self.page, "page").splitlines()

    def assert_right(self, text, run, skipped=0):
        status, lines = self.run_docs(text)
        self.assertEqual((status, lines[-1]), (0, f"page: {run} commands run, {skipped} skipped, 0 wrong"), lines)

    def assert_wrong(self, text, word):
        status, lines = self.run_docs(text)
        self.assertEqual(status, 1, lines)
        self.assertIn(word, "\n".join(lines))

    def test_a_page_that_is_right(self):
        self.assert_right("```console\n$ exitproof run --time 1s -- ls\ndone 12 of ..., 0 violated\n"
                          "$ echo $?\n1\n```\n", 2)

    def test_commands_share_a_shell_and_a_folder(self):
        self.assert_right("```sh file=a/hello\necho hello\n```\n```console\n$ cd a\n$ x=1\n```\n"
                          "```console\n$ sh hello; echo $x\nhello\n1\n```\n", 3)

    def test_a_file_grows(self):
        self.assert_right("```sh file=f\necho 1\n```\n```sh append=f\necho 2\n```\n```console\n$ sh f\n1\n2\n```\n", 1)

    def test_a_line_goes_on(self):
        self.assert_right("```console\n$ echo one \\\n>   two\none two\n```\n", 1)

    def test_other_lines(self):
        self.assert_right("```console\n$ seq 5\n1\n...\n5\n```\n", 1)
        self.assert_wrong("```console\n$ seq 5\n1\n5\n```\n", "page:2: $ seq 5\n  it does not print what is shown")

    def test_no_output_is_said_too(self):
        self.assert_wrong("```console\n$ echo hello\n```\n", "it does not print what is shown")

    def test_numbers_about(self):
        self.assert_right("```console about\n$ echo 17 of 0 in 2.5 s\n3 of 0 in 1 s\n```\n", 1)
        self.assert_wrong("```console about\n$ echo 17 of 3\n17 of 0\n```\n", "it does not print")
        self.assert_wrong("```console about\n$ echo 0 of 3\n17 of 3\n```\n", "it does not print")
        self.assert_wrong("```console\n$ echo 17\n3\n```\n", "it does not print")

    def test_columns_about(self):
        self.assert_right("```console about\n$ echo '   7.1 ms'\n  17.4 ms\n```\n", 1)

    def test_a_faster_machine_about(self):
        self.assert_right("```console about\n$ echo '996 us  0 save'\n1.2 ms 0 save\n```\n", 1)
        self.assert_wrong("```console about\n$ echo '996 us'\n1 s\n```\n", "it does not print")

    def test_an_exit_status_is_exact(self):
        self.assert_wrong("```console about\n$ (exit 2)\n$ echo $?\n1\n```\n", "it does not print")

    def test_a_status_that_nobody_asks_for(self):
        self.assert_wrong("```console\n$ false\n```\n", "its exit status is 1")

    def test_a_renamed_option(self):
        self.assert_wrong("```console\n$ exitproof run --duration 1s -- ls\n...\n$ echo $?\n1\n```\n",
                          "page:2: exitproof run has no option --duration")

    def test_an_option_in_what_is_not_run(self):
        self.assert_wrong("Try `exitproof run --duration 1s -- ls --all`.\n",
                          "page:1: exitproof run has no option --duration")
        self.assert_wrong("```console skip: network\n$ exitproof run --duration 1s\n```\n", "has no option --duration")

    def test_an_option_that_is_refused(self):
        refusal = "exitproof run has no option --tim: so\n"
        self.assert_right(f"```console\n$ echo {refusal}{refusal}```\nThat is, `exitproof run --tim` is refused.\n", 1)

    def test_skipped_is_counted_and_told(self):
        text = "```console skip: needs a network\n$ curl localhost\n```\n```console needs: no-such-program\n$ x\n```\n"
        self.assert_right(text, 0, 2)
        self.assertIn("page:2: skipped: needs a network: $ curl localhost", self.run_docs(text)[1])
        self.assertIn("page:5: skipped: there is no no-such-program: $ x", self.run_docs(text)[1])

    def test_a_command_that_nobody_runs(self):
        self.assert_wrong("So:\n\n    exitproof list\n", "page:3: a command that nobody runs")
        self.assert_wrong("```sh\nexitproof list\n```\n", "page:1: a command that nobody runs")

    def test_a_block_without_an_end(self):
        self.assert_wrong("```console\n$ true\n", "the block has no end")

    def test_a_shell_that_ends(self):
        self.assert_wrong("```console\n$ echo so; exit 3\n```\n", "the shell ended")

    def test_a_generated_block_is_written(self):
        text = "```console generated\n$ seq 3\n1\n```\nAnd so on.\n"
        self.assert_wrong(text, "it does not print")
        self.assertEqual(self.run_docs(text, "--write")[0], 0)
        with open(self.page, encoding="utf-8") as file:
            self.assertEqual(file.read(), "```console generated\n$ seq 3\n1\n2\n3\n```\nAnd so on.\n")

    def test_usage(self):
        done = subprocess.run([sys.executable, RUN_DOCS], capture_output=True, timeout=60, check=False)
        self.assertEqual(done.returncode, 2)


if __name__ == "__main__":
    unittest.main()
