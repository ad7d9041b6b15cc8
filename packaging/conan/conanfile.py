"""Conan 2 recipe: `conan create packaging/conan` in Bora's sources.

Bora's own CMake package is what consumers use: find_package(Bora) and bora_add_app() work as they do
with any other installation.
"""

import os
import re

from conan import ConanFile
from conan.tools.build import check_min_cppstd
from conan.tools.cmake import CMake, CMakeDeps, CMakeToolchain, cmake_layout
from conan.tools.files import copy, load


class BoraConan(ConanFile):
    name = "bora"
    description = "Web framework: Tornado for C++, with templates and routes that are compiled"
    license = "Apache-2.0"
    topics = ("web", "http", "websocket", "templates", "coroutines")
    package_type = "library"
    settings = "os", "arch", "compiler", "build_type"
    options = {
        "shared": [True, False],
        "auth": [True, False],
        "postgres": [True, False],
        "redis": [True, False],
        "sqlite": [True, False],
    }
    default_options = {"shared": False, "auth": True, "postgres": False, "redis": False, "sqlite": False}

    @property
    def _sources(self):
        return os.path.join(self.recipe_folder, "..", "..")

    def set_version(self):
        text = load(self, os.path.join(self._sources, "runtime/include/bora/version.h"))
        self.version = re.search(r'version = "([0-9.]+)"', text).group(1)

    def export_sources(self):
        for pattern in ("CMakeLists.txt", "LICENSE", "cmake/*", "compiler/*", "docs/*", "runtime/*", "scaffold/*",
                        "templates-lang/*"):
            copy(self, pattern, self._sources, self.export_sources_folder)

    def validate(self):
        check_min_cppstd(self, 20)

    def requirements(self):
        self.requires("asio/[>=1.22 <2]")
        self.requires("cli11/[>=2.1 <3]")
        self.requires("fmt/[>=9]")
        self.requires("openssl/[>=3 <4]", transitive_headers=False)
        self.requires("tomlplusplus/[>=3.3 <4]")
        self.requires("zlib/[>=1.2 <2]")
        if self.options.auth:
            self.requires("nlohmann_json/[>=3.11 <4]", transitive_headers=True)
        if self.options.postgres:
            self.requires("libpq/[>=14]")
        if self.options.redis:
            self.requires("hiredis/[>=1 <2]")
        if self.options.sqlite:
            self.requires("sqlite3/[>=3.40 <4]")

    def layout(self):
        cmake_layout(self)

    def generate(self):
        toolchain = CMakeToolchain(self)
        for part in ("TESTS", "SAMPLES", "BENCH"):
            toolchain.cache_variables[f"BORA_BUILD_{part}"] = False
        toolchain.generate()
        CMakeDeps(self).generate()

    def build(self):
        cmake = CMake(self)
        cmake.configure()
        cmake.build()

    def package(self):
        copy(self, "LICENSE", self.source_folder, os.path.join(self.package_folder, "licenses"))
        CMake(self).install()

    def package_info(self):
        self.cpp_info.set_property("cmake_find_mode", "none")  # BoraConfig.cmake is in the package.
        self.cpp_info.builddirs.append(os.path.join("lib", "cmake", "Bora"))
