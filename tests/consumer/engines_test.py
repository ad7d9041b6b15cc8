"""Builds the program in engines/ with the installed Bora's components for databases, and runs it and then the
installed `bora db` on its database.

    engines_test.py --prefix INSTALLED_BORA --cxx COMPILER --work DIR
"""

import argparse
import pathlib
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent


def run(*command, cwd=None):
    result = subprocess.run([str(part) for part in command], text=True, cwd=cwd, stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if result.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}\n{result.stdout}")
    return result.stdout


def main(options):
    work = pathlib.Path(options.work)
    shutil.rmtree(work, ignore_errors=True)
    shutil.copytree(HERE / "engines", work / "source")
    run("cmake", "-S", work / "source", "-B", work / "build", "-G", "Ninja",
        f"-DCMAKE_CXX_COMPILER={options.cxx}", f"-DCMAKE_PREFIX_PATH={options.prefix}")
    run("cmake", "--build", work / "build")
    (work / "migrations").mkdir()
    (work / "migrations/0001_users.sql").write_text("create table users (id integer, name text);\n"
                                                   "insert into users values (1, 'Ann');\n")
    told = run(work / "build/engines", cwd=work)
    if told != "Ann after 1 migrations\n":
        return f"it writes {told}"
    told = run(pathlib.Path(options.prefix) / "bin/bora", "db", "status", "--database", "sqlite:app.db", cwd=work)
    if not told.startswith("applied  0001_users"):
        return f"bora db writes {told}"
    print("components are found, and 'bora db' finds bora-db")
    return 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--prefix", required=True)
    parser.add_argument("--cxx", required=True)
    parser.add_argument("--work", required=True)
    sys.exit(main(parser.parse_args()))
