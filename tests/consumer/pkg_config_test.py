#!/usr/bin/env python3
"""Builds a program with an installed Bora by pkg-config alone, and checks its answers.

    pkg_config_test.py --prefix PREFIX --cxx COMPILER --work FOLDER
"""

import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import unittest

PROGRAM = """
#include <bora/web.h>
#include <cstdio>
struct Hello : bora::web::RequestHandler {
  void get() { write("Hello"); }
};
int main() {
  bora::web::Application app({bora::web::url<Hello>("/")});
  bora::http::HTTPServer server(app);
  server.bind(0, "127.0.0.1");
  std::printf("%d %s\\n", server.port() > 0, std::string(bora::version).c_str());
}
"""


def parse():
    parser = argparse.ArgumentParser()
    parser.add_argument("--prefix", required=True)
    parser.add_argument("--cxx", required=True)
    parser.add_argument("--work", required=True)
    return parser.parse_known_args()


class PkgConfigTest(unittest.TestCase):
    def setUp(self):
        self.work = pathlib.Path(OPTIONS.work)
        shutil.rmtree(self.work, ignore_errors=True)
        self.work.mkdir(parents=True)
        folders = sorted(str(path) for path in pathlib.Path(OPTIONS.prefix).rglob("pkgconfig"))
        self.assertEqual(len(folders), 1)
        self.environment = {**os.environ, "PKG_CONFIG_PATH": folders[0]}

    def pkg_config(self, *words):
        done = subprocess.run(["pkg-config", *words], env=self.environment, capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout.split()

    def test_a_program(self):
        (self.work / "hello.cpp").write_text(PROGRAM.replace("<cstdio>", "<bora/version.h>\n#include <cstdio>"))
        flags = self.pkg_config("--cflags", "--libs", "bora-web")
        subprocess.run([OPTIONS.cxx, "hello.cpp", "-o", "hello", *flags], cwd=self.work, check=True)
        version = self.pkg_config("--modversion", "bora-web")[0]
        done = subprocess.run(["./hello"], cwd=self.work, check=True, capture_output=True, text=True, timeout=30)
        self.assertEqual(done.stdout, f"1 {version}\n")

    def test_each_file_can_be_read(self):
        names = [path.stem for path in pathlib.Path(OPTIONS.prefix).rglob("*.pc")]
        self.assertIn("bora-core", names)
        self.pkg_config("--exists", "--print-errors", *names)


if __name__ == "__main__":
    OPTIONS, rest = parse()
    unittest.main(argv=sys.argv[:1] + rest)
