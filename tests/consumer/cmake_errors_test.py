"""Calls the functions of BoraApp.cmake wrongly, and checks their messages.

    cmake_errors_test.py --cmake-dir compiler/cmake --work DIR

Nothing is built: every mistake is found while CMake reads the project.
"""

import argparse
import pathlib
import shutil
import subprocess
import sys
import unittest

OPTIONS: argparse.Namespace

PROJECT = """
cmake_minimum_required(VERSION 3.25)
project(errors LANGUAGES NONE)
add_library(layer INTERFACE)
foreach(name web render testing)
  add_library(Bora::${{name}} ALIAS layer)
endforeach()
include({cmake_dir}/BoraApp.cmake)
{calls}
message(STATUS "no error was found")
"""


class CMakeErrorsTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(OPTIONS.work) / self._testMethodName
        shutil.rmtree(self.folder, ignore_errors=True)
        for path in ("templates/home.html", "static/app.css", "main.cpp", "other.cpp", "sub/main.cpp",
                     "routes.toml", "empty/_part.html", "empty/.hidden.html"):
            (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / path).write_text("")

    def configure(self, calls, project=PROJECT):
        text = project.format(cmake_dir=OPTIONS.cmake_dir, calls=calls)
        (self.folder / "CMakeLists.txt").write_text(text)
        result = subprocess.run(["cmake", "-S", self.folder, "-B", self.folder / "build"], text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        return result.stdout

    def check(self, calls, *expected, project=PROJECT):
        output = " ".join(self.configure(calls, project).split())  # CMake breaks lines where it likes.
        self.assertNotIn("no error was found", output)
        for part in expected:
            self.assertIn(part, output)

    def test_unknown_argument(self):
        self.check("bora_add_app(shop SOURCES main.cpp TEMPLATE templates)",
                   "bora_add_app(shop): does not know the keyword 'TEMPLATE'")
        self.check("bora_add_app(shop main.cpp)", "does not know what to do with 'main.cpp'",
                   "Usage: bora_add_app(name SOURCES file...")
        self.check("bora_add_templates(TARGET layer DIR templates)",
                   "bora_add_templates(): does not know what to do with 'DIR templates'",
                   "Usage: bora_add_templates(TARGET target ROOT folder")

    def test_keyword_without_value(self):
        self.check("bora_add_app(shop SOURCES main.cpp STATIC)", "nothing follows STATIC")
        self.check("bora_add_app(shop SOURCES main.cpp LIBRARIES DEFINITIONS A=1)", "nothing follows LIBRARIES")

    def test_missing_keyword(self):
        self.check("bora_add_app(shop TEMPLATES templates)", "SOURCES is missing")
        self.check("bora_add_templates(TARGET layer)", "ROOT is missing")
        self.check("bora_add_routes(TARGET layer)", "MANIFEST is missing")
        self.check("bora_add_static(TARGET layer)", "DIR is missing")

    def test_bad_name(self):
        self.check('bora_add_app("a b" SOURCES main.cpp)', "'a b' cannot be the name of a target")
        self.check('bora_add_app("" SOURCES main.cpp)', "'' cannot be the name of a target")

    def test_name_taken(self):
        self.check("bora_add_app(layer SOURCES main.cpp)", "there is a target named 'layer' already")

    def test_missing_files_and_folders(self):
        self.check("bora_add_app(shop SOURCES main.cpp src/cart.cpp)", "there is no file 'src/cart.cpp'")
        self.check("bora_add_app(shop SOURCES main.cpp INCLUDES inclde)", "there is no folder 'inclde'")
        self.check("bora_add_app(shop SOURCES main.cpp TEMPLATES tempaltes)", "there is no folder 'tempaltes'")
        self.check("bora_add_app(shop SOURCES main.cpp ROUTES route.toml)", "there is no file 'route.toml'")
        self.check("bora_add_app(shop SOURCES main.cpp STATIC public)", "there is no folder 'public'")
        self.check("bora_add_app(shop SOURCES main.cpp TEMPLATES main.cpp)", "there is no folder 'main.cpp'")
        self.check("bora_add_app(shop SOURCES main.cpp ROUTES static)", "there is no file 'static'")

    def test_main(self):
        self.check("bora_add_app(shop SOURCES other.cpp)", "must name one main.cpp, with main(), but names 0")
        self.check("bora_add_app(shop SOURCES main.cpp sub/main.cpp)", "but names 2")

    def test_pages(self):
        self.check("bora_add_app(shop SOURCES main.cpp TEMPLATES empty)", "no page in")
        self.check("bora_add_app(shop SOURCES main.cpp TEMPLATES templates TEMPLATE_FILES no.html)",
                   "there is no template 'no.html' in")
        self.check("bora_add_app(shop SOURCES main.cpp TEMPLATE_FILES home.html)",
                   "TEMPLATE_FILES needs TEMPLATES")

    def test_names_that_no_build_can_spell(self):
        for name in ("a#b.html", "a<b.html", "a>b.html", "a[b.html", "a;b.html", "a:b.html", "a?b.html"):
            page = self.folder / "templates" / name
            page.write_text("")
            self.check("bora_add_app(shop SOURCES main.cpp TEMPLATES templates)",
                       "cannot be built, because its name has a", name.split(";")[0], "Rename it")
            page.unlink()

    def test_forgotten_routes(self):
        # Without C++ no app can be made. These messages come before that one.
        told = "add ROUTES routes.toml to bora_add_app(shop)"
        self.assertIn(told, " ".join(self.configure("bora_add_app(shop SOURCES main.cpp)").split()))
        output = " ".join(self.configure("bora_add_app(shop SOURCES main.cpp ROUTES routes.toml)").split())
        self.assertNotIn(told, output)
        self.assertNotIn("there is a routes.toml", output)

    def check_language(self, expected, flags="", lines=""):
        """Checks the language in a project with C++, before anything else of Bora."""
        text = ("cmake_minimum_required(VERSION 3.25)\nproject(errors LANGUAGES CXX)\n" + lines +
                f"\ninclude({OPTIONS.cmake_dir}/BoraLanguage.cmake)\nbora_check_language()\n"
                'message(STATUS "no error was found")\n')
        (self.folder / "CMakeLists.txt").write_text(text)
        result = subprocess.run(["cmake", "-S", self.folder, "-B", self.folder / "build", f"-DCMAKE_CXX_FLAGS={flags}"],
                                text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.assertIn(expected, " ".join(result.stdout.split()))

    def test_flags_that_bora_cannot_do_without(self):
        fine = "no error was found"
        self.check_language(fine, "-Wall -O2")
        self.check_language("Bora needs C++ exceptions: remove -fno-exceptions", "-Wall -fno-exceptions -O2")
        self.check_language(fine, "-fno-exceptions -fexceptions")
        self.check_language("Bora needs C++ run-time type information: remove -fno-rtti", "-fno-rtti")
        self.check_language("remove -fno-rtti", "-frtti -fno-rtti")
        self.check_language(fine, "-fno-rtti -Wall -frtti")
        self.check_language("remove -fno-rtti", lines="add_compile_options(-Wall -fno-rtti)")
        self.check_language("remove -fno-rtti",
                            lines="add_compile_options($<$<COMPILE_LANGUAGE:CXX>:-fno-rtti>)")
        self.check_language(fine, lines="add_compile_options($<$<COMPILE_LANGUAGE:CUDA>:-fno-rtti>)")

    def test_systems_and_compilers(self):
        self.check_language("Bora needs clang++ 16 or newer, or g++ 12 or newer, and this is Clang 15.0.7",
                            lines="set(CMAKE_CXX_COMPILER_ID Clang)\nset(CMAKE_CXX_COMPILER_VERSION 15.0.7)")
        self.check_language("and this is GNU 11.4.0",
                            lines="set(CMAKE_CXX_COMPILER_ID GNU)\nset(CMAKE_CXX_COMPILER_VERSION 11.4.0)")
        self.check_language("Bora runs on Linux only", lines="set(CMAKE_SYSTEM_NAME Darwin)")

    def test_an_old_gcc_is_told_of_once(self):
        text = ("cmake_minimum_required(VERSION 3.25)\nproject(errors LANGUAGES CXX)\n"
                "set(CMAKE_CXX_COMPILER_ID GNU)\nset(CMAKE_CXX_COMPILER_VERSION {version})\n"
                f"include({OPTIONS.cmake_dir}/BoraLanguage.cmake)\n"
                "bora_warn_about_compiler()\nbora_warn_about_compiler()\n")
        told = []
        for version in ("12.2.0", "12.2.0", "13.1.0", "14.2.0"):
            (self.folder / "CMakeLists.txt").write_text(text.replace("{version}", version))
            result = subprocess.run(["cmake", "-S", self.folder, "-B", self.folder / "build"], text=True,
                                    stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            self.assertEqual(result.returncode, 0, result.stdout)
            told.append(result.stdout.count("compiles some coroutines wrongly"))
        self.assertEqual(told, [1, 0, 0, 0])

    def test_before_find_package(self):
        self.check("bora_add_app(shop SOURCES main.cpp)", "Call find_package(Bora REQUIRED) first",
                   project="cmake_minimum_required(VERSION 3.25)\nproject(errors LANGUAGES NONE)\n"
                           "include({cmake_dir}/BoraApp.cmake)\n{calls}\n"
                           'message(STATUS "no error was found")\n')

    def test_parts_want_a_target_of_their_folder(self):
        self.check("bora_add_templates(TARGET shop ROOT templates)", "there is no target named 'shop'")
        (self.folder / "sub/CMakeLists.txt").write_text("add_library(below INTERFACE)")
        self.check("add_subdirectory(sub)\nbora_add_templates(TARGET below ROOT templates)",
                   "'below' is made in", "call this function there")

    def test_static_folders(self):
        self.check("bora_add_app(static SOURCES main.cpp STATIC static)",
                   "the program 'static' and its folder 'static' would have the same path")
        self.check("bora_add_app(shop SOURCES main.cpp STATIC ../static_outside/../../static)",
                   "there is no folder")
        self.check("bora_add_app(shop SOURCES main.cpp STATIC sub/../static)", "leaves this folder")
        (self.folder / "sub/static").mkdir()
        self.check("set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)\n"
                   "bora_add_app(shop SOURCES main.cpp STATIC static)\n"
                   "bora_add_app(other SOURCES sub/main.cpp STATIC ${CMAKE_CURRENT_SOURCE_DIR}/sub/static)",
                   "would both be", "another RUNTIME_OUTPUT_DIRECTORY")

    def test_app_of_a_test(self):
        self.check("bora_add_app_test(shop_test APP shop SOURCES main.cpp)",
                   "'shop' is not the name of a bora_add_app()")
        self.check("bora_install_app(shop)", "there is no target named 'shop'")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--cmake-dir", required=True)
    parser.add_argument("--work", required=True)
    OPTIONS, rest = parser.parse_known_args()
    unittest.main(argv=[sys.argv[0], *rest])
