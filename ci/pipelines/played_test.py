#!/usr/bin/env python3
"""The recipes are carried out as their services would, on a small campaign: two shards and their merge give the
certificate of one run. EXITPROOF names the program; exits 77 where it cannot try.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
try:
    import recipes
except ModuleNotFoundError as error:
    print(f"played_test: {error}")
    sys.exit(77)

MANIFEST = """[library]
name = "work"
version = "1"
artefacts = ["work.sh"]
[[scenario]]
name = "work"
command = ["/bin/sh", "work.sh"]
level = "smoke"
faults = ["signals"]
"""
HOLDS = "echo done\n"
LEAVES_A_FILE = ": >/tmp/played_test\nexec rm /tmp/played_test\n"  # one process: all shards see it alike

# What a service of these says to its jobs; a machine that tests us says it, too.
SPOKEN = re.compile(r"(GTEST|TEST|CI|SLURM|JOB|GITHUB)_|CI$")


class Project:
    """A folder with a manifest, away from the temporary places: what lies there is an output."""

    def __init__(self, folder, work, level):
        self.folder = folder
        for name, text in (("exitproof.toml", MANIFEST.replace("smoke", level)), ("work.sh", work)):
            with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                file.write(text)
        programs = os.path.join(folder, "programs")
        os.makedirs(programs)
        os.symlink(os.environ["EXITPROOF"], os.path.join(programs, "exitproof"))
        played = os.path.join(recipes.FOLDER, "played")
        self.env = {name: value for name, value in os.environ.items() if not SPOKEN.match(name)}
        self.env["PATH"] = f"{programs}:{played}:{os.environ['PATH']}"
        self.env["PLAYED_CLUSTER"] = os.path.join(folder, "cluster")
        self.env["PYTHONDONTWRITEBYTECODE"] = "1"
        os.makedirs(os.path.join(folder, "cluster", "results"))

    def run(self, command, **env):
        return subprocess.run(command, cwd=self.folder, env=self.env | env, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, timeout=300, check=False)

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def read(self, *names):
        with open(self.path(*names), "rb") as file:
            return file.read()


class PlayedTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.keeper = tempfile.TemporaryDirectory(dir=os.getcwd(), prefix="pipelines-")
        cls.addClassCleanup(cls.keeper.cleanup)
        whole = cls.project(cls)
        done = whole.run(["exitproof", "certify", "--out", "whole"])
        if done.returncode == 77:
            raise unittest.SkipTest(done.stdout)
        assert done.returncode == 0, done.stdout
        cls.certificate = whole.read("whole", "certificate.json")

    def project(self, work=HOLDS, level="smoke"):
        return Project(tempfile.mkdtemp(dir=self.keeper.name), work, level)

    def succeeds(self, done):
        self.assertEqual(done.returncode, 0, done.stdout)

    def assert_certified(self, project, *folder):
        self.assertEqual(project.read(*folder, "certificate.json"), self.certificate)
        for name in ("report.html", "junit.xml", "results.sarif"):
            self.assertTrue(os.path.exists(project.path(*folder, name)), name)

    def github_step(self, project, name, **inputs):
        """Runs a step of the action as a job in which it is used with these inputs."""
        (step,) = [step for step in recipes.action_steps() if step.get("name") == name]
        defaults = {name: one["default"] for name, one in recipes.document("github/action.yml")["inputs"].items()}
        said = defaults | inputs
        env = {name: re.sub(r"\$\{\{ inputs\.(\w+) \}\}", lambda match: said[match[1]], value)
               for name, value in step.get("env", {}).items()}
        self.assertNotIn("${{", str(env))
        return project.run(["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
                           GITHUB_ACTIONS="true", **env)

    def github_shards(self, project):
        """The job `shard`, twice, and what its artefacts become in the job `merge`."""
        for number in (1, 2):
            self.succeeds(self.github_step(project, "Certify", shard=f"{number}/2", out="exitproof-shard"))
            os.makedirs(project.path("exitproof-shards"), exist_ok=True)
            shutil.move(project.path("exitproof-shard"), project.path(f"exitproof-shards/exitproof-shard-{number}"))

    def test_github(self):
        project = self.project()
        self.github_shards(project)
        self.succeeds(self.github_step(project, "Merge", verb="merge"))
        self.assert_certified(project, "exitproof-results")

    def test_github_tells_in_the_merge_what_a_shard_found(self):
        project = self.project(LEAVES_A_FILE, "exhaustive")
        self.github_shards(project)
        merged = self.github_step(project, "Merge", verb="merge")
        self.assertEqual(merged.returncode, 1, merged.stdout)
        self.assertRegex(merged.stdout, r"(?m)^::error .*no-leftovers")
        self.assertFalse(os.path.exists(project.path("exitproof-results", "certificate.json")))
        self.assertTrue(os.path.exists(project.path("exitproof-results", "results.sarif")))
        shutil.rmtree(project.path("exitproof-shards", "exitproof-shard-2"))
        lacking = self.github_step(project, "Merge", verb="merge")
        self.assertNotIn(lacking.returncode, (0, 1), lacking.stdout)
        self.assertIn("2/2", lacking.stdout)

    def test_github_without_shards(self):
        project = self.project()
        self.succeeds(self.github_step(project, "Certify", options="--jobs 1"))
        self.assert_certified(project, "exitproof-results")

    def test_gitlab(self):
        project = self.project()
        recipe = recipes.document("gitlab/.gitlab-ci.yml")
        for number in (1, 2):
            for line in recipe["certify"]["script"]:
                self.succeeds(project.run(["bash", "-eo", "pipefail", "-c", line], GITLAB_CI="true", CI="true",
                                          CI_NODE_INDEX=str(number), CI_NODE_TOTAL="2"))
        for line in recipe["merge"]["script"]:
            self.succeeds(project.run(["bash", "-eo", "pipefail", "-c", line], GITLAB_CI="true", CI="true",
                                      CI_NODE_TOTAL="1"))
        self.assert_certified(project, os.path.dirname(recipe["merge"]["artifacts"]["reports"]["junit"]))

    def test_kubernetes(self):
        project = self.project()
        for name in ("shards.yaml", "merge.yaml", "submit"):
            shutil.copy(os.path.join(recipes.FOLDER, "kubernetes", name), project.path(name))
        shards = recipes.text_of("kubernetes/shards.yaml").replace("completions: 8", "completions: 2")
        with open(project.path("shards.yaml"), "w", encoding="utf-8") as file:
            file.write(shards.replace("value: '8'", "value: '2'"))
        self.succeeds(project.run(["./submit"]))
        self.assert_certified(project, "cluster", "results", "certified")

    def test_slurm(self):
        project = self.project()
        done = project.run([os.path.join(recipes.FOLDER, "slurm", "submit"), "--array=1-2"])
        self.succeeds(done)
        self.assertEqual(done.stdout, "2\n")
        self.assertEqual(project.read("cluster", "slurm-1"), b"0\n0\n")
        self.assertEqual(project.read("cluster", "slurm-2"), b"0\n")
        self.assert_certified(project, "exitproof-results")
        self.assertEqual(project.run([os.path.join(recipes.FOLDER, "slurm", "submit")]).returncode, 2)


if __name__ == "__main__":
    tried = unittest.main(exit=False).result
    if tried.skipped and not tried.testsRun:
        sys.exit(77)
    sys.exit(0 if tried.wasSuccessful() else 1)
