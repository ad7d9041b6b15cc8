"""Renders the same templates with Bora and with Python Tornado, and compares the bytes.

    conformance.py generate --out FOLDER     the cases as templates and C++ for the test program
    conformance.py check --program PROGRAM   runs the program and Tornado, and prints differences

A file in cases/ contains cases:

    === NAME (TPL-07): what it shows
    data: std::vector<int> xs = {1, 2} | [1, 2]      a parameter, in C++ and in Python
    handler: yes                                     rendered by a handler, not by itself
    --- page.html                                    the page; further files begin with '_'
    {% for x in xs %}{{ x }}{% end %}
    --- page.html for tornado                        if Python needs another text
    --- differs: why Bora does something else on purpose
    --- bora writes
    --- tornado writes

A section ends at the next line that begins with '---' or '==='; the line end before it is not part
of it. For Bora, pages get {% import %} and {% param %} tags at the top; data.h and data.py define the
names that they may use.
"""

import argparse
import difflib
import logging
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent


class Case:
    def __init__(self, name, title):
        self.name = name
        self.title = title
        self.data = []  # (C++ type, name, C++ value, Python value)
        self.uses_handler = False
        self.files = {}
        self.tornado_files = {}
        self.reason = None
        self.expected = {}  # "bora", "tornado"

    @property
    def page(self):
        pages = [name for name in self.files if not name.split("/")[-1].startswith("_")]
        assert len(pages) == 1, f"{self.name}: one page is needed, not {pages}"
        return pages[0]

    def tornado_texts(self):
        return {**self.files, **self.tornado_files}

    def values(self):
        scope = load_data()
        return {name: eval(python, scope) for _, name, _, python in self.data}


def load_data():
    scope = {}
    exec(compile((HERE / "data.py").read_text(), "data.py", "exec"), scope)
    return scope


def read_cases():
    cases = []
    for path in sorted((HERE / "cases").glob("*.txt")):
        cases += parse(path)
    names = [case.name for case in cases]
    assert len(set(names)) == len(names), "two cases of one name"
    return cases


def parse(path):
    cases, add_section = [], None
    lines = []

    def end_section():
        if add_section:
            add_section("\n".join(lines))
        lines.clear()

    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
        if line.startswith("=== "):
            end_section()
            add_section = None
            match = re.fullmatch(r"=== (\w+) (\(.*)", line)
            assert match, f"{path}:{number}: '=== NAME (ROW): title' is wanted"
            cases.append(Case(match[1], match[2]))
        elif line.startswith("--- "):
            end_section()
            add_section = section(cases[-1], line[4:], f"{path}:{number}")
        elif add_section:
            lines.append(line)
        elif line.strip():
            read_setting(cases[-1], line, f"{path}:{number}")
    if lines and not lines[-1]:
        lines.pop()  # the file's own end
    end_section()
    return cases


def section(case, head, place):
    if head.startswith("differs: "):
        case.reason = head[9:]
        return None
    writes = re.fullmatch(r"(bora|tornado) writes", head)
    if writes:
        return lambda text: case.expected.__setitem__(writes[1], text)
    name, _, engine = head.partition(" for ")
    assert engine in ("", "tornado"), f"{place}: what is this?"
    files = case.tornado_files if engine else case.files
    return lambda text: files.__setitem__(name, text)


def read_setting(case, line, place):
    if line == "handler: yes":
        case.uses_handler = True
        return
    match = re.fullmatch(r"data: (.+?) (\w+) = (.+?) \| (.+)", line)
    assert match, f"{place}: 'data: TYPE NAME = C++ | PYTHON' is wanted"
    case.data.append(match.groups())


# The sources of the program.

def write_if_changed(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    data = text.encode("utf-8", "surrogateescape")
    if not path.exists() or path.read_bytes() != data:
        path.write_bytes(data)
    return path


def prelude(case):
    params = "".join(f"{{% param {kind} {name} %}}" for kind, name, _, _ in case.data)
    return '{% import "data.h" %}' + params


def generate(out):
    cases = read_cases()
    written = set()
    for case in cases:
        for name, text in case.files.items():
            if name == case.page:
                text = prelude(case) + text
            written.add(write_if_changed(out / "templates" / case.name / name, text))
    for path in (out / "templates").rglob("*"):
        if path.is_file() and path not in written:
            path.unlink()
    write_if_changed(out / "cases.cpp", cases_cpp(cases))


def cases_cpp(cases):
    lines = ['#include "cases.h"', "", '#include "data.h"']
    lines += [f'#include "views/{case.name}/{header_stem(case)}.h"' for case in cases]
    lines += ["", "namespace conformance {", "", "const std::vector<Case>& cases() {",
              "  static const std::vector<Case> all = {"]
    for case in cases:
        struct = f"views::{case.name}::{header_stem(case)}"
        values = "".join(f"      {kind} {name} = {value};\n" for kind, name, value, _ in case.data)
        members = ", ".join(f".{name} = {name}" for _, name, _, _ in case.data)
        render = "handler.render" if case.uses_handler else "handler.write(bora::render::render_to_string"
        end = ")" if case.uses_handler else "))"
        lines.append(f'    {{"{case.name}", [](bora::web::RequestHandler& handler) {{\n{values}'
                     f"      {render}({struct}{{{members}}}{end};\n    }}}},")
    lines += ["  };", "  return all;", "}", "", "}  // namespace conformance", ""]
    return "\n".join(lines)


def header_stem(case):
    return case.page.rsplit(".", 1)[0]


# The comparison.

def tornado_output(case):
    import tornado.template
    loader = tornado.template.DictLoader(case.tornado_texts())
    scope = {name: value for name, value in load_data().items() if not name.startswith("__")}
    if case.uses_handler:
        return handler_output(case, loader, scope)
    return loader.load(case.page).generate(**{**scope, **case.values()})


def handler_output(case, loader, scope):
    import tornado.httputil
    import tornado.web

    class Connection:
        context = None

        def set_close_callback(self, callback):
            pass

    class Handler(tornado.web.RequestHandler):
        def get_current_user(self):
            return "ada"

        def get_template_path(self):
            return None

        def finish(self, chunk=None):
            self.output = chunk

    modules = {name: value for name, value in scope.items()
               if isinstance(value, type) and issubclass(value, tornado.web.UIModule)}
    application = tornado.web.Application(
        [tornado.web.url("/post/([0-9]+)", Handler, name="post")],
        template_loader=loader, ui_modules=modules)
    request = tornado.httputil.HTTPServerRequest(
        method="GET", uri="/" + case.name, connection=Connection(), host="127.0.0.1")
    tornado.web.RequestHandler._template_loaders.clear()  # those of the case before
    handler = Handler(application, request)
    functions = {name: value for name, value in scope.items() if name not in modules}
    handler.render(case.page, **{**functions, **case.values()})
    return handler.output if isinstance(handler.output, bytes) else handler.output.encode()


def bora_outputs(program):
    """Returns what the program wrote: for each case a line "NAME SIZE", the bytes, and a line end."""
    data = subprocess.run([program], stdout=subprocess.PIPE, check=True).stdout
    outputs = {}
    while data:
        head, _, data = data.partition(b"\n")
        name, size = head.decode().split()
        outputs[name] = data[:int(size)]
        data = data[int(size) + 1:]
    return outputs


def show(label_a, a, label_b, b):
    def lines(data):
        return [repr(line)[2:-1] for line in data.splitlines(keepends=True)]
    return "\n".join(difflib.unified_diff(lines(a), lines(b), label_a, label_b, lineterm=""))


def findings_of(case, bora):
    tornado = tornado_output(case)
    if case.reason is None:
        return [] if bora == tornado else [show("tornado", tornado, "bora", bora)]
    findings = []
    for engine, output in (("bora", bora), ("tornado", tornado)):
        expected = case.expected[engine].encode("utf-8", "surrogateescape")
        if output != expected:
            findings.append(show(f"{engine} should write", expected, f"{engine} writes", output))
    if bora == tornado:
        findings.append("both write the same: the case needs no reason")
    return findings


def check(program):
    import tornado.escape
    # Tornado wrote it in decimal before version 6.4.
    tornado.escape._XHTML_ESCAPE_DICT["'"] = "&#x27;"
    logging.disable(logging.CRITICAL)

    cases = read_cases()
    outputs = bora_outputs(program)
    failed = 0
    for case in cases:
        try:
            findings = findings_of(case, outputs[case.name])
        except Exception as error:  # a broken case must not hide the others
            findings = [f"{type(error).__name__}: {error}"]
        if findings:
            failed += 1
            print(f"=== {case.name} {case.title}", *findings, sep="\n")
    print(f"{len(cases)} cases, {failed} failed")
    return 1 if failed or not cases else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("generate").add_argument("--out", type=pathlib.Path, required=True)
    commands.add_parser("check").add_argument("--program", required=True)
    options = parser.parse_args()
    if options.command == "generate":
        generate(options.out)
    else:
        sys.exit(check(options.program))
