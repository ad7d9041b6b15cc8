"""Checks that every #include of Bora's sources follows the arrows between the layers, that only one header of the
compiler spells the names of the runtime that it puts into generated code, and that tests get Catch2 by one header,
which knows the names that its versions have.

Usage: check_includes.py SOURCE_ROOT. Prints one line for each include that goes the wrong way and
ends with status 1 if there is any.
"""

import pathlib
import re
import sys

# A layer may include itself and the layers that are listed here after it.
ALLOWED = {
    "runtime/core": set(),
    "runtime/net": {"runtime/core"},
    "runtime/http": {"runtime/net", "runtime/core"},
    "runtime/render": {"runtime/core"},
    "runtime/web": {"runtime/http", "runtime/net", "runtime/core", "runtime/render",
                    "runtime/paths", "bora/version.h"},
    "runtime/websocket": {"runtime/web", "runtime/http", "runtime/net", "runtime/core", "runtime/render"},
    "runtime/devtools": {"runtime/websocket", "runtime/web", "runtime/http", "runtime/net", "runtime/core",
                         "runtime/render"},
    "runtime/filters": {"runtime/web", "runtime/http", "runtime/core"},
    "runtime/testing": {"runtime/web", "runtime/http", "runtime/net", "runtime/core", "runtime/render"},
    "runtime/database": {"runtime/core"},
    "runtime/postgres": {"runtime/database", "runtime/core"},
    "runtime/sqlite": {"runtime/database", "runtime/core"},
    "runtime/redis": {"runtime/net", "runtime/core"},
    "runtime/auth": {"runtime/web", "runtime/stores", "runtime/http", "runtime/net", "runtime/core",
                     "runtime/render", "bora/json.h"},
    "runtime/db": {"runtime/database", "bora/postgres.h", "bora/sqlite.h", "runtime/core"},
    "runtime/stores": {"runtime/database", "runtime/core"},
    "runtime/engines": {"runtime/websocket", "runtime/filters", "runtime/redis", "runtime/postgres", "runtime/database", "runtime/core"},
    "runtime/redis_stores": {"runtime/stores", "runtime/redis", "runtime/core"},
    "templates-lang": set(),
    "runtime/text": set(),
    "runtime/paths": set(),
    "compiler/diagnostics": {"templates-lang"},
    "compiler/routes": {"templates-lang", "runtime/paths"},
    "compiler/codegen": {"compiler/routes", "compiler/diagnostics", "templates-lang", "runtime/paths"},
    "compiler/driver": {"compiler/codegen", "compiler/routes", "compiler/diagnostics", "templates-lang",
                        "runtime/paths"},
    "compiler/dev": {"compiler/driver", "compiler/codegen", "compiler/routes", "compiler/diagnostics",
                     "templates-lang", "runtime/paths"},
    "compiler/cli": {"compiler/dev", "compiler/driver", "compiler/codegen", "compiler/routes", "compiler/diagnostics",
                     "templates-lang", "scaffold"},
    "scaffold": set(),
}
# All layers may include this one.
for layer in ALLOWED:
    ALLOWED[layer].add("runtime/text")

# Headers directly below include/bora: what generated code and programs include.
UMBRELLAS = {
    "bora/generated.h": {"runtime/render", "runtime/core"},
    "bora/generated_web.h": {"bora/generated.h", "runtime/web", "runtime/render"},
    "bora/generated_routes.h": {"runtime/web", "runtime/http", "runtime/core", "runtime/render"},
    "bora/web.h": {"runtime/web", "runtime/http", "runtime/core", "runtime/render"},
    "bora/filters.h": {"runtime/filters"},
    "bora/websocket.h": {"runtime/websocket"},
    "bora/asio.h": {"runtime/core"},
    "bora/postgres.h": {"runtime/postgres"},
    "bora/sqlite.h": {"runtime/sqlite"},
    "bora/redis.h": {"runtime/redis"},
    "bora/stores.h": {"runtime/stores"},
    "bora/json.h": {"runtime/render", "runtime/web"},
    "bora/session.h": {"bora/json.h", "runtime/web", "runtime/core"},
    "bora/version.h": set(),
}

# Where each third-party library may be included: never in a public header, except <bora/asio.h>, <bora/json.h>
# and, of Catch2, <bora/testing/catch.h>.
THIRD_PARTY = re.compile(r"^(asio|openssl|llhttp|zlib|toml\+\+|fmt|CLI|nlohmann|catch2|libpq-fe|hiredis|sqlite3)(/|\.h|\.hpp|$)")

# Names of the runtime as generated code spells them. In sentences for people, no colons are before them.
RUNTIME_NAME = re.compile(r'"(?:[^"\\\n]|\\.)*(?:(?<!\w)::bora::|\bbora_web\b)')
RUNTIME_NAMES = "compiler/codegen/runtime_names.h"
# People write "bora::filters::" in manifests.
PEOPLE_WRITE = {"compiler/routes/manifest.cpp"}

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]+([<"])([^>"]+)[>"]', re.MULTILINE)


def layer_of_file(path):
    """Returns the layer of a source file, or None: "runtime/core", or "bora/web.h" itself."""
    parts = path.parts
    if parts[:3] == ("runtime", "include", "bora"):
        return f"runtime/{parts[3]}" if len(parts) > 4 else f"bora/{parts[3]}"
    if parts[0] == "scaffold" and "skeletons" in parts:
        return None
    two = "/".join(parts[:2])
    return two if two in ALLOWED else (parts[0] if parts[0] in ALLOWED else None)


def layer_of_include(name):
    """Returns the layer of an included header, or None for the standard library and others."""
    if name.startswith("bora/"):
        parts = name.split("/")
        return f"runtime/{parts[1]}" if len(parts) > 2 else name
    two = "/".join(name.split("/")[:2])
    if two in ALLOWED:
        return two
    first = name.split("/")[0]
    return first if first in ALLOWED else None


def findings_in(path, text):
    """Returns the wrong includes of one file. `path` is relative to the root."""
    own = layer_of_file(path)
    if own is None:
        return []
    is_public = path.parts[:2] == ("runtime", "include")
    allowed = UMBRELLAS.get(own) if own in UMBRELLAS else ALLOWED.get(own)
    if allowed is None:
        return [f"{path}: not a known layer; name it in check_includes.py"]
    findings = []
    for match in INCLUDE.finditer(text):
        quote, name = match.groups()
        line = text.count("\n", 0, match.start()) + 1
        target = layer_of_include(name)
        if target is not None and target != own and target not in allowed:
            findings.append(f"{path}:{line}: {own} must not include {name}")
        if is_public and quote == '"':
            findings.append(f"{path}:{line}: a public header includes in angle brackets: {name}")
        if is_public and THIRD_PARTY.match(name) and own not in ("bora/asio.h", "bora/json.h") and path.name != "catch.h":
            findings.append(f"{path}:{line}: third-party header in a public header: {name}")
    if own.startswith("compiler/") and path.as_posix() not in {RUNTIME_NAMES} | PEOPLE_WRITE:
        for match in RUNTIME_NAME.finditer(text):
            line = text.count("\n", 0, match.start()) + 1
            findings.append(f"{path}:{line}: a name of the runtime: it belongs in {RUNTIME_NAMES}")
    return findings


def findings_in_test(path, text):
    """Returns the wrong includes of one file below tests/."""
    if path.parts[:2] == ("tests", "support"):
        return []
    return [
        f"{path}:{text.count(chr(10), 0, match.start()) + 1}: {match.group(2)} comes by tests/support/catch.h"
        for match in INCLUDE.finditer(text)
        if match.group(2).startswith("catch2/")
    ]


def main(root):
    root = pathlib.Path(root)
    findings = []
    count = 0
    for folder in ("runtime", "templates-lang", "compiler", "scaffold"):
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in (".h", ".cpp"):
                count += 1
                findings += findings_in(path.relative_to(root), path.read_text(encoding="utf-8"))
    for path in sorted((root / "tests").rglob("*")):
        if path.suffix in (".h", ".cpp") and "node_modules" not in path.parts:
            findings += findings_in_test(path.relative_to(root), path.read_text(encoding="utf-8"))
    if count == 0:
        findings.append(f"{root}: no sources found")
    print("\n".join(findings) if findings else f"{count} files follow the arrows")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
