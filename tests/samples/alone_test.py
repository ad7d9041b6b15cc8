"""Configures each sample alone, against an installed Bora, and builds the first one.

    alone_test.py --prefix PREFIX --samples DIR --cxx COMPILER --work DIR [--build NAME]... NAME...
"""

import argparse
import concurrent.futures
import os
import pathlib
import shutil
import subprocess
import sys


def run(*command):
    result = subprocess.run([str(part) for part in command], text=True, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, env={**os.environ, "CCACHE_NOHASHDIR": "1"})
    if result.returncode != 0:
        raise SystemExit(f"{' '.join(map(str, command))}\n{result.stdout}")


def configure(options, name):
    run("cmake", "-G", "Ninja", "-S", options.samples / name, "-B", options.work / name, "-DCMAKE_BUILD_TYPE=Debug",
        f"-DCMAKE_PREFIX_PATH={options.prefix}", f"-DCMAKE_CXX_COMPILER={options.cxx}",
        f"-DCMAKE_CXX_COMPILER_LAUNCHER={options.launcher}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--prefix", type=pathlib.Path, required=True)
    parser.add_argument("--samples", type=pathlib.Path, required=True)
    parser.add_argument("--cxx", required=True)
    parser.add_argument("--work", type=pathlib.Path, required=True)
    parser.add_argument("--launcher", default="")
    parser.add_argument("--build", action="append", default=[])
    parser.add_argument("names", nargs="+")
    options = parser.parse_args()
    shutil.rmtree(options.work, ignore_errors=True)
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda name: configure(options, name), options.names))
    for name in options.build:
        run("cmake", "--build", options.work / name, "-j", "2")
        run("ctest", "--test-dir", options.work / name, "--output-on-failure")
    print(f"{len(options.names)} samples are projects of their own")


if __name__ == "__main__":
    sys.exit(main())
