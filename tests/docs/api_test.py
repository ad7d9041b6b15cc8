#!/usr/bin/env python3
"""Checks that Doxygen makes the reference of the public headers without a warning.

    api_test.py SOURCE_DIR WORK
"""

import pathlib
import shutil
import subprocess
import sys

root, work = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
shutil.rmtree(work, ignore_errors=True)
work.mkdir(parents=True)
settings = (root / "docs/site/Doxyfile").read_text() + f"OUTPUT_DIRECTORY = {work}\n"
done = subprocess.run(["doxygen", "-"], cwd=root, input=settings, text=True, capture_output=True)
print(done.stdout + done.stderr)
if done.returncode != 0:
    sys.exit(1)
pages = sum(1 for path in (work / "html").glob("class*.html"))
shutil.rmtree(work)
sys.exit(0 if pages > 100 else f"only {pages} classes were found")
