#!/usr/bin/env python3
"""The recipes are well formed, agree with themselves and with the build, and their shell texts pass the linters."""

import os
import re
import shutil
import subprocess
import sys
import unittest

sys.dont_write_bytecode = True
try:
    import recipes
except ModuleNotFoundError as error:
    print(f"recipes_test: {error}")
    sys.exit(77)

RIGHTS = ["SYS_ADMIN", "NET_ADMIN", "SYS_PTRACE", "DAC_READ_SEARCH"]


def run(command, text=None):
    return subprocess.run(command, input=text, capture_output=True, text=True, timeout=60, check=False)


class GithubTest(unittest.TestCase):
    def setUp(self):
        self.action = recipes.document("github/action.yml")
        self.workflow = recipes.document("github/exitproof.yml")

    def test_action_is_composite_and_says_the_shell_of_each_step(self):
        self.assertEqual(self.action["runs"]["using"], "composite")
        for step in recipes.action_steps():
            self.assertEqual("run" in step, "shell" in step, step)
            self.assertNotEqual("run" in step, "uses" in step, step)

    def test_no_expression_stands_in_a_shell_text(self):
        """There it would be code; in `env` it is a value."""
        for place, text in recipes.shell_texts().items():
            if place.startswith("github"):
                self.assertNotIn("${{", text, place)

    def test_inputs_are_those_that_are_used(self):
        used = set(re.findall(r"inputs\.([a-z-]+)", recipes.text_of("github/action.yml")))
        self.assertEqual(used, set(self.action["inputs"]))
        for job in self.workflow["jobs"].values():
            for step in job["steps"]:
                if step.get("uses", "").startswith("OWNER/"):
                    self.assertLessEqual(set(step["with"]), used)

    def test_the_workflow_uses_this_action(self):
        steps = [step for job in self.workflow["jobs"].values() for step in job["steps"]]
        uses = {step["uses"] for step in steps if step.get("uses", "").startswith("OWNER/")}
        self.assertEqual(uses, {"OWNER/exitproof/ci/pipelines/github@main"})
        self.assertTrue(os.path.isfile(os.path.join(recipes.TOP, "ci/pipelines/github/action.yml")))
        for name, job in self.workflow["jobs"].items():
            for needed in [job.get("needs", [])] if isinstance(job.get("needs", []), str) else job.get("needs", []):
                self.assertIn(needed, self.workflow["jobs"], name)

    def test_shards_are_as_many_as_they_say(self):
        shard = self.workflow["jobs"]["shard"]
        numbers = shard["strategy"]["matrix"]["shard"]
        self.assertEqual(numbers, list(range(1, len(numbers) + 1)))
        (said,) = [step["with"]["shard"] for step in shard["steps"] if "shard" in step.get("with", {})]
        self.assertTrue(said.endswith(f"/{len(numbers)}"))
        self.assertFalse(shard["strategy"]["fail-fast"])

    def test_what_is_uploaded_under_a_name_is_downloaded_under_it(self):
        steps = [step for job in self.workflow["jobs"].values() for step in job["steps"] if "uses" in step]
        up = [step["with"]["name"] for step in steps if "upload-artifact" in step["uses"]]
        for step in (step for step in steps if "download-artifact" in step["uses"]):
            if "name" in step["with"]:
                self.assertIn(step["with"]["name"], up)
            else:
                pattern = step["with"]["pattern"].replace("*", ".*")
                self.assertTrue(any(re.fullmatch(pattern, name) for name in up), pattern)

    def test_rights(self):
        options = self.workflow["jobs"]["shard"]["container"]["options"]
        self.assertEqual(re.findall(r"--cap-add (\w+)", options), RIGHTS)
        self.assertEqual(self.workflow["jobs"]["merge"]["permissions"]["security-events"], "write")


class GitlabTest(unittest.TestCase):
    def test_jobs(self):
        recipe = recipes.document("gitlab/.gitlab-ci.yml")
        jobs = {name: job for name, job in recipe.items() if isinstance(job, dict) and "script" in job}
        for job in jobs.values():
            self.assertIn(job["stage"], recipe["stages"])
        self.assertGreater(jobs["certify"]["parallel"], 1)
        self.assertEqual(jobs["certify"]["allow_failure"]["exit_codes"], [1, 3])
        self.assertEqual(jobs["certify"]["artifacts"]["when"], "always")
        self.assertEqual(jobs["merge"]["artifacts"]["reports"]["junit"], "exitproof-results/junit.xml")
        self.assertIn(", ".join(f'"{right}"' for right in RIGHTS[:3]), recipes.text_of("gitlab/.gitlab-ci.yml"))


class KubernetesTest(unittest.TestCase):
    def test_an_indexed_job(self):
        claim, job = recipes.documents("kubernetes/shards.yaml")
        spec = job["spec"]
        self.assertEqual((job["apiVersion"], job["kind"], spec["completionMode"]), ("batch/v1", "Job", "Indexed"))
        env = {one["name"]: one["value"] for one in recipes.container(job)["env"]}
        self.assertEqual(env["JOB_COMPLETIONS"], str(spec["completions"]))
        # The policy for failed pods asks for it.
        self.assertEqual(spec["template"]["spec"]["restartPolicy"], "Never")
        on_exit = spec["podFailurePolicy"]["rules"][1]["onExitCodes"]
        self.assertEqual(on_exit["containerName"], recipes.container(job)["name"])
        self.assertEqual(claim["spec"]["accessModes"], ["ReadWriteMany"])

    def test_rights(self):
        shards = recipes.container(recipes.documents("kubernetes/shards.yaml")[-1])["securityContext"]
        self.assertEqual(shards["capabilities"]["add"], RIGHTS)
        merge = recipes.container(recipes.document("kubernetes/merge.yaml"))["securityContext"]
        self.assertEqual(merge["capabilities"], {"drop": ["ALL"]})

    def test_both_jobs_see_the_same_volume_and_image(self):
        claim, shards = recipes.documents("kubernetes/shards.yaml")
        merge = recipes.document("kubernetes/merge.yaml")
        self.assertEqual(recipes.container(shards)["image"], recipes.container(merge)["image"])
        for job in (shards, merge):
            (volume,) = job["spec"]["template"]["spec"]["volumes"]
            self.assertEqual(volume["persistentVolumeClaim"]["claimName"], claim["metadata"]["name"])
            (mount,) = recipes.container(job)["volumeMounts"]
            env = {one["name"]: one["value"] for one in recipes.container(job)["env"]}
            self.assertEqual((mount["name"], mount["mountPath"]), (volume["name"], env["RESULTS"]))


class DockerfileTest(unittest.TestCase):
    def test_it_installs_what_the_build_asks_for_and_nothing_beside(self):
        """No list of packages stands in it that could fall behind that of ci/setup."""
        runs = [rest for word, rest in recipes.dockerfile() if word == "RUN"]
        self.assertEqual(runs[0], "ci/setup --package")
        for rest in runs:
            for packages in re.findall(r"apt-get[^&]* install ((?:[^&]|&(?!&))*)", rest):
                named = [word for word in packages.split() if not word.startswith("-")]
                self.assertEqual(named, ["/package/exitproof_*.deb"])

    def test_ci_setup_names_all_that_the_build_finds(self):
        done = run([os.path.join(recipes.TOP, "ci", "setup"), "--package", "--list"])
        packages = done.stdout.split()
        self.assertLessEqual({"g++", "cmake", "ninja-build", "dpkg-dev", "file"}, set(packages), done.stderr)
        self.assertNotIn("libgtest-dev", packages)
        with open(os.path.join(recipes.TOP, "cmake", "dependencies.cmake"), encoding="utf-8") as file:
            text = file.read()
        names = {"fmt": "libfmt-dev", "cli11": "libcli11-dev", "nlohmann_json": "nlohmann-json3-dev",
                 "boost": "libboost-filesystem1.81-dev", "rapidcheck": "librapidcheck-dev",
                 "tomlplusplus": "libtomlplusplus-dev", "pugixml": "libpugixml-dev", "pkgconfig": "pkg-config",
                 "threads": "g++", "libseccomp": "libseccomp-dev", "re2": "libre2-dev", "libdw": "libdw-dev",
                 "libcrypto": "libssl-dev"}
        found = re.findall(r"^find_package\((\w+)[^)\n]*REQUIRED", text, re.M)
        found += re.findall(r"^pkg_check_modules\((\w+)", text, re.M)
        self.assertGreater(len(found), 8)
        for name in found:
            self.assertIn(names[name.lower()], packages)

    def test_its_commands_name_what_is_there(self):
        text = recipes.text_of("docker/Dockerfile") + recipes.text_of("github/action.yml")
        with open(os.path.join(recipes.TOP, "CMakePresets.json"), encoding="utf-8") as file:
            presets = file.read()
        for preset in set(re.findall(r"--preset (\w+)", text)):
            self.assertIn(f'{{"name": "{preset}", "configurePreset": "{preset}"', presets)
        # The same commands make the package for both.
        package = re.findall(r"cpack --config build/release/CPackConfig.cmake -G DEB "
                             r"-D CPACK_COMPONENTS_ALL=command -B /\S+", text)
        self.assertEqual(len(package), 2)
        for word, rest in recipes.dockerfile():
            if word == "COPY" and not rest.startswith("--from"):
                self.assertTrue(os.path.exists(os.path.join(recipes.TOP, rest.split()[0])), rest)

    def test_rights(self):
        self.assertEqual(re.findall(r"--cap-add (\w+)", recipes.text_of("docker/Dockerfile")), RIGHTS)


class ShellTest(unittest.TestCase):
    def test_bash_reads_each(self):
        for place, text in recipes.shell_texts().items():
            done = run(["bash", "-n"], text)
            self.assertEqual((done.returncode, done.stderr), (0, ""), place)

    @unittest.skipUnless(shutil.which("shellcheck"), "shellcheck is not installed")
    def test_shellcheck_has_nothing_to_say(self):
        for place, text in recipes.shell_texts().items():
            # Every service ends a text at its first failure.
            started = text if text.startswith("#!") else "set -e\n" + text
            done = run(["shellcheck", "--shell=bash", "-"], started)
            self.assertEqual(done.returncode, 0, f"{place}\n{done.stdout}")


class ReadmeTest(unittest.TestCase):
    def test_it_tells_of_every_recipe(self):
        told = recipes.text_of("README.md")
        for folder in ("github", "gitlab", "kubernetes", "slurm", "docker"):
            for name in os.listdir(os.path.join(recipes.FOLDER, folder)):
                if not name.endswith(".dockerignore"):
                    self.assertIn(f"{folder}/{name}", told)
        for right in RIGHTS:
            self.assertIn(f"`{right}`", told)


if __name__ == "__main__":
    unittest.main()
