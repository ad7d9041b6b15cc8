"""Builds the project beside this file, then edits it and checks what each edit costs.

    consumer_test.py --bora installed PREFIX | --bora sources DIR
                     --generator Ninja|"Unix Makefiles" --cxx COMPILER --work DIR [--cache NAME=VALUE]...

The steps of a build are read from its output, which is the same for both generators.
"""

import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
OPTIONS: argparse.Namespace


def run(*command, cwd=None):
    # for ccache: the same sources in another folder have the same results
    environment = {**os.environ, "CCACHE_NOHASHDIR": "1", "NO_COLOR": "1"}
    result = subprocess.run([str(part) for part in command], cwd=cwd, env=environment, text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return result.returncode, result.stdout


class Project:
    """A copy of the project, configured in build/ inside it."""

    def __init__(self, folder):
        self.folder = folder
        self.app = folder / "app"
        self.build_folder = folder / "build"
        self.generated = self.build_folder / "app" / "bora" / "consumer"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(HERE / "project", folder)

    def configure(self):
        kind, path = OPTIONS.bora
        status, output = run(
            "cmake", "-S", self.folder, "-B", self.build_folder, "-G", OPTIONS.generator,
            f"-DCMAKE_CXX_COMPILER={OPTIONS.cxx}", f"-DCMAKE_BUILD_TYPE={OPTIONS.build_type}",
            "-DBORA_PAGES_PER_UNIT=1",  # the test counts the units that are compiled
            f"-DCMAKE_PREFIX_PATH={path}" if kind == "installed" else f"-DBORA_SOURCE_DIR={path}",
            *(f"-D{setting}" for setting in OPTIONS.cache))
        assert status == 0, output
        return output

    def build(self, *targets):
        """Returns a Build. It has two jobs, because this runs beside other tests."""
        arguments = ["--target", *targets] if targets else []
        return Build(*run("cmake", "--build", self.build_folder, "-j", "2", *arguments))

    def page(self, name):
        return self.app / "templates" / name

    def output(self):
        status, output = run(self.build_folder / "app" / "consumer")
        assert status == 0, output
        return output


class Build:
    def __init__(self, status, output):
        self.status = status
        self.output = output
        self.compiled = sorted(os.path.basename(name) for name in
                               re.findall(r"Building CXX object \S*?([^/\s]+\.cpp)\.o", output))
        self.ran_templates = "Compiling the templates" in output
        self.ran_routes = "Compiling the routes" in output


class ConsumerTest(unittest.TestCase):
    """One project that the tests edit one after the other. Each leaves it built."""

    @classmethod
    def setUpClass(cls):
        cls.project = Project(pathlib.Path(OPTIONS.work) / "project")
        cls.project.configure()
        cls.first_build = cls.project.build()

    def setUp(self):
        self.assertEqual(self.first_build.status, 0, self.first_build.output)

    def build(self, compiled, templates=True, routes=False):
        """Builds, checks which steps were run, and that the next build does nothing."""
        build = self.project.build()
        self.assertEqual(build.status, 0, build.output)
        self.assertEqual(build.compiled, sorted(compiled), build.output)
        self.assertEqual(build.ran_templates, templates, build.output)
        self.assertEqual(build.ran_routes, routes, build.output)
        self.check_nothing_to_do()
        return build

    def check_nothing_to_do(self):
        build = self.project.build()
        self.assertEqual(build.status, 0, build.output)
        self.assertEqual(build.compiled, [], build.output)
        self.assertFalse(build.ran_templates or build.ran_routes, build.output)
        self.assertNotIn("Linking", build.output)

    def replace(self, path, old, new):
        text = path.read_text()
        self.assertIn(old, text)
        path.write_text(text.replace(old, new))

    def generated_state(self):
        return {path: (path.read_bytes(), path.stat().st_mtime_ns)
                for path in self.project.generated.rglob("*") if path.suffix in (".h", ".cpp")}

    def test_01_the_program_has_its_pages_and_routes(self):
        self.assertNotRegex(self.first_build.output, r"(?i)\bwarning\b(?!_)")
        self.assertEqual(self.project.output(),
                         "[base] first: part of &lt;first&gt;\n\n[base] second\nthird: 3\n"
                         "2 routes, /first\n")

    def test_02_static_files_are_beside_the_program(self):
        self.assertEqual((self.project.build_folder / "app/static/app.css").read_text(), "body {}\n")

    def test_03_a_second_build_does_nothing(self):
        self.check_nothing_to_do()

    def test_04_a_touched_include_compiles_nothing(self):
        self.project.page("_part.html").touch()
        self.build([])

    def test_05_a_touched_manifest_compiles_nothing(self):
        (self.project.app / "routes.toml").touch()
        self.build([], routes=True)  # Templates read [escape] of the manifest.

    def test_06_a_changed_include_compiles_the_page_that_uses_it(self):
        self.replace(self.project.page("_part.html"), "part of", "piece of")
        self.build(["first.cpp"])
        self.assertIn("piece of &lt;first&gt;", self.project.output())

    def test_07_a_changed_base_compiles_the_pages_that_extend_it(self):
        self.replace(self.project.page("base.html"), "[base]", "[BASE]")
        self.build(["base.cpp", "first.cpp", "second.cpp"])
        self.assertIn("[BASE] second", self.project.output())

    def test_08_changed_text_compiles_one_page(self):
        self.replace(self.project.page("third/third.html"), "third", "THIRD")
        self.build(["third.cpp"])
        self.assertIn("THIRD: 3", self.project.output())

    def test_09_a_new_parameter_compiles_the_page_and_those_who_render_it(self):
        self.replace(self.project.page("third/third.html"), "THIRD", "{% param int n = 4 %}THIRD{{ n }}")
        self.build(["main.cpp", "third.cpp"])
        self.assertIn("THIRD4: 3", self.project.output())

    def test_10_a_template_error_names_its_place_and_changes_nothing(self):
        page = self.project.page("second.html")
        good = page.read_text()
        before, output = self.generated_state(), self.project.output()
        self.replace(self.project.page("third/third.html"), "THIRD", "Third")  # this is correct, but not built yet
        page.write_text(good.replace("second", "second\n  {% fro %}"))
        build = self.project.build()
        self.assertNotEqual(build.status, 0, build.output)
        self.assertRegex(build.output, r"templates/second\.html:3:\d+: error: ")
        self.assertEqual(build.compiled, [], build.output)
        self.assertEqual(self.generated_state(), before)
        self.assertEqual(self.project.output(), output)

        again = self.project.build()
        self.assertNotEqual(again.status, 0, "the error was forgotten")
        page.write_text(good)
        self.build(["third.cpp"])

    def test_11_an_error_of_the_expression_names_the_template_too(self):
        page = self.project.page("second.html")
        good = page.read_text()
        page.write_text(good.replace("second", "second\n  {{ no_such_name }}"))
        build = self.project.build()
        self.assertNotEqual(build.status, 0, build.output)
        # The error has the path from the project's folder and the template's own line, not generated code.
        self.assertRegex(build.output, r"(?m)^app/templates/second\.html:3:6: error: .*no_such_name")
        self.assertRegex(build.output, r"   3 \|   \{\{ no_such_name \}\}.*\n     \|      \^~~~~~~~~~~~\n")
        self.assertNotIn("o( no_such_name", build.output)
        page.write_text(good)
        self.build(["second.cpp"])

    def test_11b_the_compiler_s_own_words_can_be_had(self):
        page = self.project.page("second.html")
        good = page.read_text()
        page.write_text(good.replace("second", "second\n  {{ no_such_name }}"))
        os.environ["BORA_COMPILER_OUTPUT"] = "raw"
        try:
            build = self.project.build()
        finally:
            del os.environ["BORA_COMPILER_OUTPUT"]
        self.assertNotEqual(build.status, 0, build.output)
        self.assertRegex(build.output, r"\.\./templates/second\.html:3:6: error: |\.\./app/templates/second\.html:3:6: error: ")
        page.write_text(good)
        self.build(["second.cpp"])

    def test_11c_a_handler_that_lacks_a_page_s_header_is_told_its_name(self):
        handlers = self.project.app / "handlers.cpp"
        good = handlers.read_text()
        handlers.write_text(good.replace('#include "views/first.h"\n', ""))
        build = self.project.build()
        self.assertNotEqual(build.status, 0, build.output)
        self.assertIn("'views::first' is not declared here", build.output)
        self.assertIn('= help: add #include "views/first.h"', build.output)
        handlers.write_text(good)
        self.build(["handlers.cpp"], templates=False)

    def test_12_a_new_page_is_noticed_and_a_removed_one_is_gone(self):
        page = self.project.page("fourth.html")
        page.write_text("fourth\n")
        self.build(["fourth.cpp"])
        header = self.project.generated / "views/fourth.h"
        self.assertTrue(header.exists())

        page.unlink()
        self.build([])
        self.assertFalse(header.exists(), "a handler could still include the page that is gone")

    def test_13_parts_have_no_unit_of_their_own(self):
        self.project.page("_other.html").write_text("{{ nobody_knows_me }}\n")
        self.check_nothing_to_do()

    def test_14_an_include_can_be_renamed(self):
        self.project.page("_part.html").rename(self.project.page("_piece.html"))
        self.replace(self.project.page("first.html"), "_part.html", "_piece.html")
        build = self.project.build()
        self.assertEqual(build.status, 0, build.output)
        self.check_nothing_to_do()

    def test_15_a_missing_include_is_an_error_until_it_is_back(self):
        part, aside = self.project.page("_piece.html"), self.project.folder / "aside"
        part.rename(aside)
        build = self.project.build()
        self.assertNotEqual(build.status, 0, build.output)
        self.assertRegex(build.output, r"templates/first\.html:4:\d+: error: .*_piece\.html")
        aside.rename(part)
        self.assertEqual(self.project.build().status, 0)
        self.check_nothing_to_do()

    def test_16_a_new_route_compiles_the_table(self):
        self.replace(self.project.app / "routes.toml", "[static]",
                     'again = { path = "/again", handler = "First" }\n\n[static]')
        build = self.project.build()
        self.assertEqual(build.status, 0, build.output)
        self.assertIn("routes.cpp", build.compiled)
        self.assertFalse({"first.cpp", "second.cpp", "third.cpp"} & set(build.compiled), build.output)
        self.assertIn("3 routes", self.project.output())
        self.check_nothing_to_do()

    def test_16b_a_handler_s_file_that_is_not_built_is_told_of(self):
        lists = self.project.app / "CMakeLists.txt"
        good = lists.read_text()
        lists.write_text(good.replace(" handlers.cpp", ""))
        build = self.project.build()
        self.assertIn("'app/handlers.cpp' defines the handler 'First', but the app is built without it [R120]",
                      build.output)
        lists.write_text(good)
        build = self.project.build()
        self.assertEqual(build.status, 0, build.output)
        self.assertNotIn("R120", build.output)
        self.check_nothing_to_do()

    def test_17_a_manifest_error_names_its_place(self):
        manifest = self.project.app / "routes.toml"
        good = manifest.read_text()
        manifest.write_text(good.replace('handler = "First"', 'handlr = "First"', 1))
        build = self.project.build()
        self.assertNotEqual(build.status, 0, build.output)
        self.assertRegex(build.output, r"routes\.toml:6:\d+: error: ")
        manifest.write_text(good)
        self.build([], routes=True)  # Templates read [escape] of the manifest.

    def test_18_installing_puts_the_static_files_beside_the_program(self):
        prefix = self.project.folder / "installed"
        status, output = run("cmake", "--install", self.project.build_folder / "app", "--prefix", prefix)
        self.assertEqual(status, 0, output)
        self.assertTrue(os.access(prefix / "bin/consumer", os.X_OK))
        self.assertEqual((prefix / "bin/static/app.css").read_text(), "body {}\n")

    def test_19_two_builds_generate_the_same_bytes(self):
        files = []
        for name in ("one", "two"):
            project = Project(pathlib.Path(OPTIONS.work) / name)
            project.configure()
            build = project.build("consumer_app_templates", "consumer_app_routes")
            self.assertEqual(build.status, 0, build.output)
            files.append({path.relative_to(project.generated): path.read_bytes()
                          for path in project.generated.rglob("*") if path.suffix in (".h", ".cpp")})
        self.assertEqual(len(files[0]), 15, sorted(files[0]))
        self.assertEqual(files[0], files[1])
        for path, text in files[0].items():
            self.assertNotIn(os.fsencode(OPTIONS.work), text, f"{path} holds an absolute path")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--bora", nargs=2, required=True, metavar=("installed|sources", "PATH"))
    parser.add_argument("--generator", required=True)
    parser.add_argument("--cxx", required=True)
    parser.add_argument("--build-type", default="Debug")
    parser.add_argument("--work", required=True)
    parser.add_argument("--cache", action="append", default=[], metavar="NAME=VALUE")
    OPTIONS, rest = parser.parse_known_args()
    unittest.main(argv=[sys.argv[0], *rest], verbosity=2, failfast=True)
