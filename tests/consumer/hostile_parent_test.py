"""Builds Bora's sources, and an app, in a parent project that asks for everything that could break them.

    hostile_parent_test.py --sources DIR --bora PROGRAM --cxx COMPILER --work DIR [--cache NAME=VALUE]...

The parent wants unity builds, another C++ standard, hidden symbols, whole-program optimisation, linters,
and warnings that are errors. The app's pages have names that are hard for build systems.
"""

import argparse
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
OPTIONS: argparse.Namespace

PARENT = """
cmake_minimum_required(VERSION 3.25)
project(parent LANGUAGES C CXX)
set(CMAKE_UNITY_BUILD ON)
set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_EXTENSIONS ON)
set(CMAKE_COMPILE_WARNING_AS_ERROR ON)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)
set(CMAKE_INTERPROCEDURAL_OPTIMIZATION ON)
set(CMAKE_CXX_CLANG_TIDY ${CMAKE_SOURCE_DIR}/linter)
set(CMAKE_CXX_CPPLINT ${CMAKE_SOURCE_DIR}/linter)
add_compile_options(-Wall -Wextra -Wconversion -Wsign-conversion -Werror)
add_subdirectory(${BORA_SOURCE_DIR} _bora EXCLUDE_FROM_ALL)
list(PREPEND CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_SOURCE_DIR}/launcher)
add_subdirectory(app)
"""

LAUNCHER = """#!/bin/sh
echo "$@" >> {log}
exec "$@"
"""

# Notes which files are linted, and fails for those that are not the app's own.
LINTER = """#!/usr/bin/env python3
import sys
sources = [word for word in sys.argv[1:] if word.endswith((".cpp", ".cxx"))]
with open({log!r}, "a") as log:
    log.writelines(source + "\\n" for source in sources[:1])
"""

ODD_PAGES = ("it's.html", "a&b.html", "c$d.html", "e*f.html", "g^h.html", "i j.html", "(k,l).html", "100%.html", "é.html")


def run(*command, **changes):
    environment = {**os.environ, "CCACHE_NOHASHDIR": "1", "NO_COLOR": "1", **changes}
    result = subprocess.run([str(part) for part in command], env=environment, text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return result.returncode, result.stdout


class HostileParentTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(OPTIONS.work)
        cls.build = cls.folder / "build"
        shutil.rmtree(cls.folder, ignore_errors=True)
        shutil.copytree(HERE / "project", cls.folder)
        (cls.folder / "CMakeLists.txt").write_text(PARENT)
        cls.log = cls.folder / "linted"
        linter = cls.folder / "linter"
        linter.write_text(LINTER.format(log=str(cls.log)))
        linter.chmod(0o755)
        cls.launched = cls.folder / "launched"
        launcher = cls.folder / "launcher"
        launcher.write_text(LAUNCHER.format(log=cls.launched))
        launcher.chmod(0o755)
        for page in ODD_PAGES:
            (cls.folder / "app/templates" / page).write_text('{% include "_it\'s.html\" %}\n')
        (cls.folder / "app/templates/_it's.html").write_text("part\n")
        cls.status, cls.output = run(
            "cmake", "-S", cls.folder, "-B", cls.build, "-G", "Ninja", f"-DCMAKE_CXX_COMPILER={OPTIONS.cxx}",
            "-DCMAKE_BUILD_TYPE=Debug", "-DCMAKE_EXPORT_COMPILE_COMMANDS=ON",
            f"-DBORA_SOURCE_DIR={OPTIONS.sources}", f"-DBORA_EXECUTABLE={OPTIONS.bora}",
            *(f"-D{setting}" for setting in OPTIONS.cache))

    def setUp(self):
        self.assertEqual(self.status, 0, self.output)

    def test_1_the_parent_changes_no_flag_of_bora_s_own_targets(self):
        commands = json.loads((self.build / "compile_commands.json").read_text())
        ours = [entry for entry in commands if " -o _bora/" in entry["command"]]
        self.assertGreater(len(ours), 100)
        for entry in ours:
            command = entry["command"]
            self.assertNotIn("unity", entry["file"])
            if entry["file"].endswith(".cpp"):
                self.assertRegex(command, r"-std=c\+\+(20|2a) ")
                self.assertIn(" -w ", command)
            self.assertNotRegex(command, "-fvisibility=hidden|-fvisibility-inlines")
            self.assertNotIn("-flto", command)

    def test_2_what_the_app_compiles_of_bora_has_no_warning(self):
        status, output = run("cmake", "--build", self.build, "-j", "2", "--target", "consumer_app")
        self.assertEqual(status, 0, output)
        self.assertNotIn("warning:", output)

    def test_3_the_layers_compile(self):
        status, output = run("cmake", "--build", self.build, "-j", "2", "--target", "bora_core", "bora_net",
                             "bora_render", "bora_paths")
        self.assertEqual(status, 0, output)
        self.assertNotIn("warning:", output)

    def test_4_only_the_app_s_own_files_are_linted(self):
        linted = {os.path.basename(line) for line in self.log.read_text().split("\n") if line}
        self.assertTrue(linted)
        own = {name for name in linted if name.startswith("unity_") or name == "handlers.cpp"}
        self.assertEqual(linted, own)

    def test_4b_the_parent_s_launcher_runs_and_findings_are_explained(self):
        self.assertRegex(self.launched.read_text(), r"bora/consumer/pages_\d+\.cpp")
        page = self.folder / "app/templates/second.html"
        good = page.read_text()
        page.write_text("{{ no_such_name }}\n")
        status, output = run("cmake", "--build", self.build, "--target", "consumer_app")
        page.write_text(good)
        self.assertNotEqual(status, 0)
        self.assertRegex(output, r"(?m)^app/templates/second\.html:1:4: error: .*no_such_name")
        self.assertIn("   1 | {{ no_such_name }}\n", output)
        status, output = run("cmake", "--build", self.build, "--target", "consumer_app")
        self.assertEqual(status, 0, output)

    def test_5_odd_names_are_built_once(self):
        views = self.build / "app/bora/consumer/views"
        for page in ODD_PAGES:
            self.assertTrue((views / page.replace(".html", ".h")).exists(), page)
        status, output = run("cmake", "--build", self.build, "--target", "consumer_app")
        self.assertEqual(status, 0, output)
        self.assertNotIn("Compiling the templates", output)
        self.assertNotIn("Building", output)

    def test_6_an_odd_name_is_still_looked_at(self):
        (self.folder / "app/templates/_it's.html").write_text("another part\n")
        status, output = run("cmake", "--build", self.build, "--target", "consumer_app_templates")
        self.assertEqual(status, 0, output)
        source = (self.build / "app/bora/consumer/views/a&b.cpp").read_text()
        self.assertIn("another part", source)

    def test_7_removed_files_are_made_again(self):
        views = self.build / "app/bora/consumer/views"
        shutil.rmtree(views)
        status, output = run("cmake", "--build", self.build, "--target", "consumer_app_templates")
        self.assertEqual(status, 0, output)
        self.assertTrue((views / "first.h").exists())

    def test_8_pages_that_clash_are_bora_s_error_until_one_is_gone(self):
        (self.folder / "app/templates/a-twin.html").write_text("one\n")
        twin = self.folder / "app/templates/a_twin.html"
        twin.write_text("twin\n")
        status, output = run("cmake", "--build", self.build, "--target", "consumer_app_templates")
        self.assertNotEqual(status, 0)
        self.assertRegex(output, r"would both be views::a_twin")
        failed = re.search("^FAILED: (.*)$", output, re.MULTILINE)
        self.assertEqual(failed.group(1).strip().split("/")[-1].split()[0], "templates.stamp")
        self.assertLess(len(failed.group(1)), 300, "the line before Bora's message is long")
        twin.unlink()
        status, output = run("cmake", "--build", self.build, "--target", "consumer_app_templates")
        self.assertEqual(status, 0, output)

    def test_9_json_pages_are_found(self):
        (self.folder / "app/templates/feed.json").write_text('{"a": {{ 1 }}}\n')
        status, output = run("cmake", "--build", self.build, "--target", "consumer_app_templates")
        self.assertEqual(status, 0, output)
        self.assertTrue((self.build / "app/bora/consumer/views/feed.h").exists())


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--sources", required=True)
    parser.add_argument("--bora", required=True)
    parser.add_argument("--cxx", required=True)
    parser.add_argument("--work", required=True)
    parser.add_argument("--cache", action="append", default=[], metavar="NAME=VALUE")
    OPTIONS, rest = parser.parse_known_args()
    unittest.main(argv=[sys.argv[0], *rest], verbosity=2, failfast=True)
