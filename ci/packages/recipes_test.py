#!/usr/bin/env python3
"""The recipes for Conan and vcpkg say what the build says. Neither tool is run: what they offer is played here."""

import importlib.util
import json
import os
import re
import subprocess
import sys
import tempfile
import types
import unittest

PACKAGES = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(PACKAGES))


def text_of(*path):
    with open(os.path.join(TOP, *path), encoding="utf-8") as file:
        return file.read()


def conan_recipe():
    """The recipe's class, made by modules that hold whatever is asked of them."""

    class Anything(types.ModuleType):
        def __getattr__(self, name):
            if name.startswith("__"):
                raise AttributeError(name)
            return type(name, (Exception if name.endswith("Configuration") else object,), {})

    wanted = re.findall(r"^from (conan[\w.]*) import", text_of("ci", "packages", "conan", "conanfile.py"), re.M)
    for name in wanted:
        parts = name.split(".")
        for end in range(1, len(parts) + 1):
            sys.modules.setdefault(".".join(parts[:end]), Anything(".".join(parts[:end])))
    spec = importlib.util.spec_from_file_location("conanfile", os.path.join(PACKAGES, "conan", "conanfile.py"))
    module = importlib.util.module_from_spec(spec)
    sys.dont_write_bytecode = True
    spec.loader.exec_module(module)
    return module.ExitproofConan


class RecipesTest(unittest.TestCase):
    def setUp(self):
        self.build = text_of("CMakeLists.txt")
        self.version = re.search(r"project\(exitproof VERSION ([\d.]+)", self.build).group(1)
        self.description = re.search(r'DESCRIPTION "([^"]+)"', self.build).group(1)

    def assert_options_exist(self, recipe):
        options = set(re.findall(r"EXITPROOF_[A-Z_]+", recipe))
        self.assertIn("EXITPROOF_TESTS", options)
        for option in options:
            self.assertRegex(self.build, rf"\b(option|set)\({option}\b")

    def test_conan(self):
        recipe = conan_recipe()
        self.assertEqual((recipe.version, recipe.description), (self.version, self.description))
        self.assert_options_exist(text_of("ci", "packages", "conan", "conanfile.py"))

    def test_conan_asks_for_all_that_the_build_asks_for(self):
        recipe = conan_recipe()
        asked = []
        played = types.SimpleNamespace(options=types.SimpleNamespace(probe_only=False),
                                       requires=lambda name, **_: asked.append(name.split("/")[0]))
        recipe.requirements(played)
        found = re.findall(r"^find_package\((\w+)", text_of("cmake", "dependencies.cmake"), re.M)
        for name in set(found) - {"PkgConfig", "Threads"}:
            self.assertIn(name.lower(), asked)
        modules = re.findall(r"^pkg_check_modules\((\w+)", text_of("cmake", "dependencies.cmake"), re.M)
        self.assertLessEqual(set(modules), {"libseccomp", "libdw", "re2", "libcrypto"})  # the first two are the system's
        self.assertLessEqual({"re2", "openssl"}, set(asked))
        played.options.probe_only = True
        asked.clear()
        recipe.requirements(played)
        self.assertEqual(asked, [])

    def test_vcpkg_manifest(self):
        manifest = json.loads(text_of("ci", "packages", "vcpkg", "vcpkg.json"))
        self.assertEqual((manifest["version"], manifest["description"]), (self.version, self.description))
        self.assertTrue(set(manifest["default-features"]) <= set(manifest["features"]))
        found = re.findall(r"^find_package\((\w+)", text_of("cmake", "dependencies.cmake"), re.M)
        names = {"nlohmann_json": "nlohmann-json", "boost": "boost-filesystem"}
        for name in {name.lower() for name in found} - {"pkgconfig", "threads"}:
            self.assertIn(names.get(name, name), manifest["features"]["harness"]["dependencies"])

    def test_vcpkg_port_for_each_choice_of_features(self):
        port = os.path.join(PACKAGES, "vcpkg", "portfile.cmake")
        self.assert_options_exist(text_of("ci", "packages", "vcpkg", "portfile.cmake"))
        calls = sorted(set(re.findall(r"^ *(vcpkg_\w+)\(", text_of("ci", "packages", "vcpkg", "portfile.cmake"), re.M)))
        played = "".join(f'function({name})\n  message(STATUS "{name} ${{ARGN}}")\nendfunction()\n' for name in calls)
        for features, probe_only in (("core", "ON"), ("core;harness", "OFF")):
            script = (f'cmake_minimum_required(VERSION 3.25)\n{played}set(FEATURES "{features}")\n'
                      'set(CURRENT_PACKAGES_DIR /nonexistent)\n'
                      'macro(file)\n  message(STATUS "file ${ARGN}")\nendmacro()\n'
                      f'include("{port}")\n')
            with tempfile.NamedTemporaryFile("w", suffix=".cmake") as file:
                file.write(script)
                file.flush()
                done = subprocess.run(["cmake", "-P", file.name], capture_output=True, text=True, timeout=60,
                                      check=False)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn(f"-DEXITPROOF_PROBE_ONLY={probe_only}", done.stdout)
            self.assertIn(f"SOURCE_PATH;{TOP};", done.stdout.replace(" ", ";"))


if __name__ == "__main__":
    unittest.main()
