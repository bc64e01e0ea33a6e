"""exitproof for Conan 2. In a folder of the sources: conan create ci/packages/conan --build=missing"""

import os

from conan import ConanFile
from conan.errors import ConanInvalidConfiguration
from conan.tools.build import check_min_cppstd
from conan.tools.cmake import CMake, CMakeDeps, CMakeToolchain, cmake_layout
from conan.tools.files import copy
from conan.tools.gnu import PkgConfigDeps
from conan.tools.system.package_manager import Apt, Dnf, PacMan


class ExitproofConan(ConanFile):
    name = "exitproof"
    version = "0.1.0"
    description = "Fault injection for shutdown correctness on Linux"
    license = "MIT"
    topics = ("testing", "fault-injection", "shutdown", "signals")
    package_type = "static-library"
    settings = "os", "arch", "compiler", "build_type"
    options = {"probe_only": [True, False]}
    default_options = {"probe_only": False}

    def configure(self):
        if self.options.probe_only:
            self.settings.rm_safe("compiler.libcxx")
            self.settings.rm_safe("compiler.cppstd")

    def validate(self):
        if self.settings.os != "Linux" or self.settings.arch != "x86_64":
            raise ConanInvalidConfiguration("exitproof is for Linux on x86-64")
        if not self.options.probe_only:
            check_min_cppstd(self, 20)

    def requirements(self):
        if self.options.probe_only:
            return
        self.requires("fmt/9.1.0", transitive_headers=True)
        self.requires("nlohmann_json/3.11.3", transitive_headers=True)
        self.requires("boost/1.83.0")  # Boost.Process as it was before 1.86
        self.requires("re2/20230301")
        self.requires("rapidcheck/cci.20230815", transitive_headers=True)
        self.requires("tomlplusplus/3.4.0")
        self.requires("cli11/2.4.2")
        self.requires("pugixml/1.14")
        self.requires("gtest/1.14.0", transitive_headers=True)
        self.requires("openssl/[>=3.0 <4]")

    def system_requirements(self):
        """What is bound to the kernel and to the debug information of the system comes from the system."""
        if self.options.probe_only:
            return
        Apt(self).install(["libseccomp-dev", "libdw-dev", "pkg-config"])
        Dnf(self).install(["libseccomp-devel", "elfutils-devel", "pkgconf"])
        PacMan(self).install(["libseccomp", "elfutils", "pkgconf"])

    def layout(self):
        cmake_layout(self)

    def export_sources(self):
        top = os.path.join(self.recipe_folder, "..", "..", "..")
        for pattern in ("CMakeLists.txt", "LICENSE", "README.md", "CHANGELOG.md", "cmake/*", "harness/*", "properties/*",
                        "ci/*", "docs/*"):
            copy(self, pattern, top, self.export_sources_folder, excludes=["*/build/*"])

    def generate(self):
        toolchain = CMakeToolchain(self)
        toolchain.cache_variables["EXITPROOF_TESTS"] = False
        toolchain.cache_variables["EXITPROOF_WERROR"] = False
        toolchain.cache_variables["EXITPROOF_INSTALL"] = True
        toolchain.cache_variables["EXITPROOF_PROBE_ONLY"] = bool(self.options.probe_only)
        toolchain.generate()
        CMakeDeps(self).generate()
        PkgConfigDeps(self).generate()

    def build(self):
        cmake = CMake(self)
        cmake.configure()
        cmake.build()

    def package(self):
        CMake(self).install()
        copy(self, "LICENSE", self.source_folder, os.path.join(self.package_folder, "licenses"))

    def package_id(self):
        if self.info.options.probe_only:
            self.info.clear()

    def package_info(self):
        # exitproofConfig.cmake of the package itself knows the components and what each is linked with.
        self.cpp_info.set_property("cmake_find_mode", "none")
        self.cpp_info.builddirs = [os.path.join("lib", "cmake", "exitproof")]
        self.cpp_info.libs = []
