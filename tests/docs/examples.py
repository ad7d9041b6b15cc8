#!/usr/bin/env python3
"""Makes programs from the examples in docs/*.md and README.md, and runs the commands among them.

    examples.py extract PAGE.md OUT     writes the page's projects below OUT (at configure time)
    examples.py run PAGE.md BORA        runs its commands and its refused files with the program BORA

The info line of a fenced block says after the language what the block is:

    ```html hello.html          a file of the project. Templates (.html .txt .xml .js .css .svg .json)
    ```cpp models.h             are in templates/, all others beside it; every .cpp is compiled (none
    ```toml routes.toml         has a main()), and so is the manifest. *_test.cpp are Catch2 tests.

    ```cpp prints               an expression that gives a text. It sees all templates and headers of
                                the project and namespace bora::render.
    ```cpp app                  statements that make `app`, a bora::web::Application, for
    ```http                     `GET /path` or `POST /path body`, sent to the last app: a form, or JSON
                                if it begins with a bracket. The
                                output is the body; for another status than 200 and for redirects
                                "HTTP 302", "Location: /x" and the body, a line each.
    ```console                  `$ bora ...`, run in the project's folder, then what it prints.
    ```html wrong.html refused  a template (or manifest) that `bora check` refuses: it counts as
                                a file of this project.

    ```text output              the output of the block before it (also ```html output and so on). White
                                space at line ends, and empty lines at both ends, do not count.

A block without such a word, ```cpp alone, is text. All blocks of a page are one project, so file
names are unique; `<!-- project: NAME -->` begins another. A folder with a file of the page's name,
tests/docs/PAGE/, has files that the page does not show; they belong to its first project.

The C++ becomes the program docs_PAGE[_PROJECT], a test of the same name; `run` is docs_PAGE_commands.
"""

import pathlib
import re
import subprocess
import sys
import tempfile

FENCE = re.compile(r"^ {0,3}```(\w+)[ \t]*(.*?)\s*$")
PROJECT = re.compile(r"^<!--\s*project:\s*(\w+)\s*-->")
TEMPLATE_SUFFIXES = {".html", ".htm", ".txt", ".xml", ".js", ".css", ".svg", ".json"}
RUNS = {"prints", "app"}


class Block:
    def __init__(self, page, line, language, words):
        self.place = f"{page.name}:{line}"
        self.language = language
        self.name = words[0] if words else ""
        self.is_refused = words[1:] == ["refused"]
        self.lines = []
        self.output = None  # the Block with its output

    @property
    def text(self):
        return "\n".join(self.lines) + "\n"

    @property
    def is_file(self):
        return "." in self.name


class Project:
    def __init__(self, name):
        self.name = name
        self.blocks = []

    def files(self):
        return [block for block in self.blocks if block.is_file and not block.is_refused]


def fail(place, text):
    sys.exit(f"{place}: {text}")


def read_blocks(page):
    """Returns the fenced blocks of a page, and between them its project comments as strings."""
    block = None
    for number, line in enumerate(page.read_text().splitlines(), 1):
        if block is not None:
            if line.strip() == "```":
                yield block
                block = None
            else:
                block.lines.append(line)
        elif match := FENCE.match(line):
            block = Block(page, number, match[1], match[2].split())
        elif match := PROJECT.match(line):
            yield match[1]
    if block is not None:
        fail(block.place, "this block has no end")


def read_projects(page):
    projects = [Project("")]
    for item in read_blocks(page):
        if isinstance(item, str):
            projects.append(Project(item))
            continue
        blocks = projects[-1].blocks
        if item.name == "output":
            if not blocks or blocks[-1].output is not None or not prints(blocks[-1]):
                fail(item.place, "the block before this output prints nothing")
            blocks[-1].output = item
        elif item.name or item.language in ("http", "console"):
            if item.name and not item.is_file and item.name not in RUNS:
                fail(item.place, f"what is '{item.name}'? See tests/docs/examples.py")
            blocks.append(item)
    for project in projects:
        check_project(project)
    return [project for project in projects if project.blocks]


def prints(block):
    return block.name == "prints" or block.language == "http" or block.is_refused


def check_project(project):
    seen = {}
    for block in project.blocks:
        if prints(block) and block.output is None:
            fail(block.place, "no block with its output stands behind this one")
        if block.is_file and seen.setdefault(block.name, block) is not block:
            fail(block.place, f"{block.name} stands at {seen[block.name].place} already")


def file_path(name):
    is_template = pathlib.PurePath(name).suffix in TEMPLATE_SUFFIXES
    return f"templates/{name}" if is_template else name


def write_if_changed(path, text):
    if not path.exists() or path.read_text() != text:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def hidden_files(page, project):
    folder = pathlib.Path(__file__).parent / page.stem
    if project.name or not folder.is_dir():
        return {}
    return {str(path.relative_to(folder)): path.read_text() for path in sorted(folder.rglob("*")) if path.is_file()}


def project_files(page, project):
    files = {file_path(block.name): block.text for block in project.files()}
    for path, text in hidden_files(page, project).items():
        if files.setdefault(path, text) != text:
            sys.exit(f"{page.name}: {path} is in tests/docs/{page.stem}/, too")
    return files


# The program.

def raw(text):
    return f'R"bora(\n{text})bora"'


def check_of(block, value):
    return (f"#line {block.place.rsplit(':', 1)[1]} \"{block.place.rsplit(':', 1)[0]}\"\n"
            f"  check(\"{block.place}\", {value},\n{raw(block.output.text)});\n")


def request_of(block):
    method, target, *body = block.text.strip().split(None, 2)
    body = body[0] if body else ""
    return f'answer(http, "{method}", "{target}", {raw(body)})'


def program(project, files):
    headers = [path for path in files if path.endswith(".h")]
    pages = [path[len("templates/"):] for path in files if path.startswith("templates/")]
    pages = [page for page in pages if not pathlib.PurePath(page).name.startswith("_")]
    has_http = any(block.language == "http" for block in project.blocks)
    text = "".join(f'#include "{path}"\n' for path in headers)
    text += "".join(f'#include "views/{pathlib.PurePath(page).with_suffix(".blocks.h")}"\n' for page in pages)
    text += '#include "routes.h"\n' if "routes.toml" in files else ""
    text += '#include "tests/docs/' + ("check_http.h" if has_http else "check.h") + '"\n\n'
    text += "using namespace bora::render;\n\nint main() {\n"
    is_open = False
    for block in project.blocks:
        if block.name == "prints":
            text += check_of(block, block.text.strip().rstrip(";"))
        elif block.name == "app":
            text += ("  }\n" if is_open else "") + "  {\n" + block.text + "  bora::testing::HTTPTest http(app);\n"
            is_open = True
        elif block.language == "http":
            text += check_of(block, request_of(block))
    return text + ("  }\n" if is_open else "") + "  return result();\n}\n"


def extract(page, out):
    """Prints a line for CMake: the names of the projects, each with the kinds of its parts."""
    for project in read_projects(page):
        files = project_files(page, project)
        folder = out / (project.name or "page")
        wanted = dict(files)
        if any(block.name in RUNS for block in project.blocks):
            wanted["bora_docs_main.cpp"] = program(project, files)
        for path, text in wanted.items():
            write_if_changed(folder / path, text)
        for path in folder.rglob("*"):
            if path.is_file() and str(path.relative_to(folder)) not in wanted:
                path.unlink()
        print(project.name or "page")


# Commands.

def same(expected, actual):
    def lines(text):
        return "\n".join(line.rstrip() for line in text.strip("\n").splitlines()).strip("\n")
    return lines(expected) == lines(actual)


def run_bora(bora, arguments, folder):
    done = subprocess.run([bora, *arguments], cwd=folder, text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=60)
    return done.stdout


def commands_of(block):
    """Returns pairs of a command and its output."""
    commands = []
    for line in block.lines:
        if line.startswith("$ "):
            commands.append((line[2:], []))
        elif commands:
            commands[-1][1].append(line)
    return commands


def run(page, bora):
    failures = count = 0

    def judge(place, expected, actual):
        nonlocal failures, count
        count += 1
        if not same(expected, actual):
            failures += 1
            print(f"{place}: it prints\n{actual}\n--- and not\n{expected}")

    for project in read_projects(page):
        with tempfile.TemporaryDirectory(prefix="bora-docs-") as name:
            folder = pathlib.Path(name)
            for path, text in project_files(page, project).items():
                write_if_changed(folder / path, text)
            for block in project.blocks:
                if block.language == "console":
                    for command, output in commands_of(block):
                        program_name, *arguments = command.split()
                        if program_name == "bora":
                            judge(block.place, "\n".join(output), run_bora(bora, arguments, folder))
                elif block.is_refused:
                    path = file_path(block.name)
                    write_if_changed(folder / path, block.text)
                    judge(block.place, block.output.text, run_bora(bora, ["check", path], folder))
                    (folder / path).unlink()
    print(f"{page.name}: {count - failures} of {count} commands as shown")
    return 1 if failures else 0


def main():
    if len(sys.argv) != 4 or sys.argv[1] not in ("extract", "run"):
        sys.exit(__doc__)
    page = pathlib.Path(sys.argv[2])
    if sys.argv[1] == "run":
        sys.exit(run(page, pathlib.Path(sys.argv[3]).resolve()))
    extract(page, pathlib.Path(sys.argv[3]))


if __name__ == "__main__":
    main()
