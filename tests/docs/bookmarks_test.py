#!/usr/bin/env python3
"""Builds tests/docs/bookmarks, the app that was written from the docs alone, against an installed Bora, and
runs its tests and `bora check --deploy`.

    bookmarks_test.py --prefix INSTALLED --project DIR --cxx COMPILER --work DIR [--launcher ccache]
"""

import argparse
import os
import pathlib
import shutil
import subprocess
import sys


def run(*command, status=0, **options):
    result = subprocess.run([str(part) for part in command], text=True, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, **options)
    if result.returncode != status:
        sys.exit(f"{' '.join(map(str, command))}\nended with {result.returncode}:\n{result.stdout}")
    return result.stdout


def main():
    parser = argparse.ArgumentParser()
    for name in ("--prefix", "--project", "--cxx", "--work"):
        parser.add_argument(name, required=True, type=pathlib.Path)
    parser.add_argument("--launcher", default="")
    options = parser.parse_args()
    shutil.rmtree(options.work, ignore_errors=True)
    project = options.work / "project"
    shutil.copytree(options.project, project)
    build = options.work / "build"
    run("cmake", "-S", project, "-B", build, "-G", "Ninja", f"-DCMAKE_PREFIX_PATH={options.prefix}",
        f"-DCMAKE_CXX_COMPILER={options.cxx}", f"-DCMAKE_CXX_COMPILER_LAUNCHER={options.launcher}",
        "-DCMAKE_BUILD_TYPE=Debug", "-DCMAKE_CXX_FLAGS=-Wall -Wextra -Werror")
    run("cmake", "--build", build, "-j", "2")
    print(run("ctest", "--test-dir", build, "--output-on-failure"))

    # With a secret, nothing is unsafe in production.
    bora = options.prefix / "bin" / "bora"
    environment = {key: value for key, value in os.environ.items() if not key.startswith("BORA_COOKIE")}
    environment["BORA_COOKIE_SECRET"] = "x" * 64
    print(run(bora, "check", "--deploy", cwd=project, env=environment))
    del environment["BORA_COOKIE_SECRET"]
    found = run(bora, "check", "--deploy", cwd=project, env=environment, status=1)
    if "[D002]" not in found:
        sys.exit(f"without a secret `bora check --deploy` says:\n{found}")


if __name__ == "__main__":
    main()
