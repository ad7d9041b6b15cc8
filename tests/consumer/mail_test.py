"""Builds the program in mail/, which links Bora::render and nothing else of Bora, and runs it.

    mail_test.py --prefix INSTALLED_BORA --cxx COMPILER --work DIR [--cache NAME=VALUE]...
"""

import argparse
import os
import pathlib
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent

EXPECTED = """\
To: Ada <ada@example.com>
Date: Thu, 05 Mar 2026 15:00:00 GMT

You ordered:
- 2 x tea & biscuits
- 1 x "best" coffee


<!DOCTYPE html>
<title>Report</title>


<h2>Ada &lt;ada@example.com&gt;</h2>

<p>2 tea &amp; biscuits</p>

<p>1 &quot;best&quot; coffee</p>


<h2>&lt;Bob&gt;</h2>

<p>nothing</p>


"""


def run(*command):
    environment = {**os.environ, "CCACHE_NOHASHDIR": "1", "NO_COLOR": "1"}
    result = subprocess.run([str(part) for part in command], env=environment, text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if result.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}\n{result.stdout}")
    return result.stdout


def lines_of(text):
    """Returns the lines that are not blank; whitespace.h decides how many blank ones there are."""
    return [line for line in text.splitlines() if line.strip()]


def main(options):
    work = pathlib.Path(options.work)
    shutil.rmtree(work, ignore_errors=True)
    shutil.copytree(HERE / "mail", work / "source")
    run("cmake", "-S", work / "source", "-B", work / "build", "-G", "Ninja",
        f"-DCMAKE_CXX_COMPILER={options.cxx}", f"-DCMAKE_PREFIX_PATH={options.prefix}",
        *(f"-D{setting}" for setting in options.cache))
    output = run("cmake", "--build", work / "build", "--verbose", "-j", "2")
    link = next(line for line in output.splitlines() if " -o mail " in line)
    linked = sorted({word.split("/")[-1] for word in link.split() if word.endswith((".a", ".so"))})
    failures = []
    # The core needs zlib, to unpack gzip; the linker may leave it out if nothing uses it.
    if [name for name in linked if name != "libz.so"] != ["libbora_core.a", "libbora_render.a", "libbora_text.a"]:
        failures.append(f"it links {linked}")
    if lines_of(run(work / "build/mail")) != lines_of(EXPECTED):
        failures.append("it writes\n" + run(work / "build/mail"))
    print("\n".join(failures) if failures else "a mail and a report without a server")
    return 1 if failures else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--prefix", required=True)
    parser.add_argument("--cxx", required=True)
    parser.add_argument("--work", required=True)
    parser.add_argument("--cache", action="append", default=[], metavar="NAME=VALUE")
    sys.exit(main(parser.parse_args()))
