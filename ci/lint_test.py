#!/usr/bin/env python3
"""ci/lint must fail on a bad tree, for each rule, and on nothing else."""

import os
import subprocess
import sys
import tempfile
import unittest

LINT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "lint")
HEADER = "#pragma once\n"


def lint(files):
    """Exit status and lines of ci/lint for a tree of these files."""
    with tempfile.TemporaryDirectory() as top:
        for path, text in files.items():
            full = os.path.join(top, path)
            os.makedirs(os.path.dirname(full), exist_ok=True)
            with open(full, "w", encoding="utf-8") as file:
                file.write(text)
        done = subprocess.run([sys.executable, LINT, top], capture_output=True, text=True, timeout=60, check=False)
        return done.returncode, done.stdout.splitlines(), done.stderr


class LintTest(unittest.TestCase):
    def assert_clean(self, files):
        self.assertEqual(lint(files), (0, [], ""))

    def assert_fault(self, files, where, word):
        status, lines, errors = lint(files)
        self.assertEqual((status, len(lines), errors), (1, 1, ""), lines)
        self.assertTrue(lines[0].startswith(where + ":"), lines[0])
        self.assertIn(word, lines[0])

    def test_an_empty_tree_is_clean(self):
        self.assert_clean({})

    def test_arrows_down_are_clean(self):
        self.assert_clean({
            "harness/model/include/exitproof/site.hpp": HEADER,
            "harness/linux/ptrace.hpp": HEADER + '#include "exitproof/site.hpp"\n#include <sys/ptrace.h>\n',
            "harness/trial/trial.cpp": '#include "harness/linux/ptrace.hpp"\n#include "exitproof/site.hpp"\n',
            "ci/cli/main.cpp": '#include "harness/trial/trial.hpp"\n',
        })

    def test_an_arrow_up_by_path(self):
        self.assert_fault({"harness/linux/a.cpp": '\n#include "harness/trial/trial.hpp"\n'},
                          "harness/linux/a.cpp:2", "harness/trial")

    def test_an_arrow_up_by_public_header(self):
        self.assert_fault({"properties/search/include/exitproof/survey.hpp": HEADER,
                           "harness/trial/a.cpp": '#include "exitproof/survey.hpp"\n'},
                          "harness/trial/a.cpp:1", "properties/search")

    def test_an_arrow_sideways(self):
        self.assert_fault({"properties/invariants/a.cpp": '#include "harness/trial/trial.hpp"\n'},
                          "properties/invariants/a.cpp:1", "harness/trial")

    def test_an_arrow_up_in_a_test(self):
        self.assert_fault({"harness/model/a_test.cpp": '#include "harness/linux/ptrace.hpp"\n'},
                          "harness/model/a_test.cpp:1", "harness/linux")

    def test_kernel_headers(self):
        for header in ("sys/ptrace.h", "sys/mount.h", "linux/seccomp.h", "seccomp.h", "elfutils/libdwfl.h"):
            self.assert_fault({"harness/trial/a.cpp": f"#include <{header}>\n"}, "harness/trial/a.cpp:1", header)

    def test_kernel_calls(self):
        for call in ("ptrace(PTRACE_CONT, pid, 0, 0);", "::unshare(flags);", "if (setns(fd, 0) != 0) {"):
            self.assert_fault({"properties/search/a.cpp": call + "\n"}, "properties/search/a.cpp:1", "belongs to")

    def test_words_that_only_look_like_kernel_calls(self):
        self.assert_clean({"harness/trial/a.cpp": '// ptrace(2)\nsay("ptrace(2)");\nsys::Ptrace.unshare(x);\n'})

    def test_pure_rooms_make_no_system_call(self):
        for room in ("harness/model", "properties/invariants"):
            for header in ("unistd.h", "sys/stat.h", "thread", "fstream"):
                self.assert_fault({f"{room}/a.cpp": f"#include <{header}>\n"}, f"{room}/a.cpp:1", "no system call")
            self.assert_clean({f"{room}/a.cpp": "#include <sys/wait.h>\n#include <csignal>\n",
                               f"{room}/a_test.cpp": "#include <unistd.h>\n"})

    def test_pure_rooms_read_no_clock(self):
        self.assert_fault({"properties/invariants/a.cpp": "auto t = std::chrono::steady_clock::now();\n"},
                          "properties/invariants/a.cpp:1", "no clock")

    def test_pure_rooms_may_speak_of_paths_but_not_look_at_them(self):
        self.assert_clean({"harness/model/a.cpp": "#include <filesystem>\nauto f = std::filesystem::path(x).stem();\n"})
        for call in ("fs::exists(path)", "std::filesystem::remove_all(path)", "fs::recursive_directory_iterator(path)"):
            self.assert_fault({"harness/model/a.cpp": call + ";\n"}, "harness/model/a.cpp:1", "no system call")

    def test_public_headers_show_no_library(self):
        for header in ("boost/process.hpp", "gtest/gtest.h", "gmock/gmock.h"):
            self.assert_fault({"harness/trial/include/exitproof/a.hpp": HEADER + f"#include <{header}>\n"},
                              "harness/trial/include/exitproof/a.hpp:2", header)
            self.assert_clean({"harness/trial/a.cpp": f"#include <{header}>\n",
                               "properties/gtest/include/exitproof/a.hpp": HEADER + f"#include <{header}>\n"})

    def test_rapidcheck_stays_in_the_generator_and_in_tests(self):
        text = "#include <rapidcheck.h>\n"
        self.assert_fault({"properties/search/campaign.cpp": text}, "properties/search/campaign.cpp:1", "RapidCheck")
        self.assert_clean({"properties/search/generate.cpp": text, "harness/model/site_test.cpp": text})

    def test_headers_are_included_once(self):
        self.assert_fault({"harness/model/a.hpp": "struct A {};\n"}, "harness/model/a.hpp:1", "#pragma once")

    def test_long_files(self):
        self.assert_clean({"harness/model/a.cpp": "\n" * 600})
        for path in ("harness/model/a.cpp", "scenarios/x/a.py", "docs/deep/CMakeLists.txt"):
            self.assert_fault({path: "\n" * 601}, f"{path}:601", "601 lines")
        self.assert_fault({"ci/test": "#!/bin/sh\n" + "\n" * 600}, "ci/test:601", "601 lines")
        self.assert_clean({"docs/data": "\n" * 700, "build/dev/a.cpp": "\n" * 700})


if __name__ == "__main__":
    unittest.main()
