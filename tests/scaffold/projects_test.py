"""Makes projects with the installed `bora new`, builds them, runs their tests, and uses them.

    projects_test.py --prefix PREFIX --skeletons DIR --work DIR [--launcher ccache]
"""

import argparse
import http.client
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest
import urllib.parse

OPTIONS: argparse.Namespace
ODD_NAME = "zq-Odd_9"


def environment(**changes):
    result = {**os.environ, "CCACHE_NOHASHDIR": "1", "NO_COLOR": "1", **changes}
    for name in ("CC", "CXX"):
        if name not in changes:
            result.pop(name, None)
    return result


def run(*command, cwd, **changes):
    result = subprocess.run([str(part) for part in command], cwd=cwd, env=environment(**changes),
                            text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return result.returncode, result.stdout


class Server:
    """A running program, on a port that it chose itself."""

    def __init__(self, program, *options):
        self.command = [program, "--port=0", *options]

    def __enter__(self):
        # The working directory is another one, since static files are found beside the program.
        self.process = subprocess.Popen(self.command, cwd="/", text=True,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        line = self.process.stdout.readline()
        match = re.fullmatch(r"listening on http://127\.0\.0\.1:(\d+)\n", line)
        if not match:
            self.process.kill()
            raise AssertionError(f"the program said {line!r} and {self.process.communicate()[1]!r}")
        self.port = int(match.group(1))
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()

    def stop(self):
        """Returns the exit status after SIGTERM."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=20)

    def sign(self, **form):
        """Sends the guestbook's form like a browser, with its hidden field and the cookie."""
        _, headers, page = self.request("GET", "/guestbook")
        token = re.search('name="_xsrf" value="([^"]+)"', page).group(1)
        cookie = headers["Set-Cookie"].split(";")[0]
        return self.request("POST", "/guestbook", cookie, _xsrf=token, **form)

    def request(self, method, path, cookie=None, **form):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            headers = {"Content-Type": "application/x-www-form-urlencoded"} if form else {}
            if cookie:
                headers["Cookie"] = cookie
            connection.request(method, path, urllib.parse.urlencode(form) or None, headers)
            response = connection.getresponse()
            return response.status, response.headers, response.read().decode()
        finally:
            connection.close()


class Postgres:
    """A PostgreSQL of the test's own, with a socket. If the test runs as root, it runs as another user."""

    def __init__(self, work):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="bora-pg-", dir="/tmp"))
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres")
        versions = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"))
        self.bin = versions[-1] if versions else pathlib.Path(shutil.which("initdb")).parent

    def command(self, *arguments):
        user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.geteuid() == 0 else []
        return [*user, *map(str, arguments)]

    def __enter__(self):
        subprocess.run(self.command(self.bin / "initdb", "-D", self.folder / "data", "-U", "test", "-A", "trust",
                                    "--no-sync"), check=True, stdout=subprocess.DEVNULL, cwd="/")
        self.process = subprocess.Popen(
            self.command(self.bin / "postgres", "-D", self.folder / "data", "-k", self.folder,
                         "-c", "listen_addresses=", "-c", "fsync=off"), text=True, stderr=subprocess.PIPE, cwd="/")
        for line in self.process.stderr:
            if "ready to accept connections" in line:
                return f"host={self.folder} user=test dbname=postgres"
        raise AssertionError("PostgreSQL did not start")

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGINT)
        self.process.communicate()
        shutil.rmtree(self.folder, ignore_errors=True)


class ProjectsTest(unittest.TestCase):
    def setUp(self):
        self.work = pathlib.Path(OPTIONS.work) / self._testMethodName
        shutil.rmtree(self.work, ignore_errors=True)
        self.work.mkdir(parents=True)

    def new(self, *arguments):
        return run(pathlib.Path(OPTIONS.prefix) / "bin/bora", "new", *arguments, cwd=self.work)

    def make_project(self, kind, *options):
        status, output = self.new(ODD_NAME, "--kind", kind, *options)
        self.assertEqual(status, 0, output)
        project = self.work / ODD_NAME
        for path in project.rglob("*"):
            if path.is_file():
                self.assertIn(str(path.relative_to(self.work)), output, "not listed")
                text = f"{path.relative_to(self.work)}\n{path.read_text()}"
                self.assertIsNone(re.search("guestbook[ _-]site|hello[ _-]page|notes[ _-]service", text, re.IGNORECASE), text)
        self.assertEqual(self.bora("check", "--deploy", "--werror", cwd=project)[0], 0, "it is not safe to deploy")
        return project

    def build(self, project, folder, **changes):
        """Configures and builds with the project's own preset; warnings are failures."""
        status, output = run(
            "cmake", "--preset", "dev", "-B", folder, f"-DCMAKE_PREFIX_PATH={OPTIONS.prefix}",
            f"-DCMAKE_CXX_COMPILER_LAUNCHER={OPTIONS.launcher}", cwd=project, **changes)
        self.assertEqual(status, 0, output)
        configured = output
        status, output = run("cmake", "--build", folder, "-j", "2", cwd=project, **changes)
        self.assertEqual(status, 0, output)
        self.assertNotIn("warning:", output)
        return configured

    def check_tests_pass(self, folder, tests):
        status, output = run("ctest", "--output-on-failure", cwd=folder)
        self.assertEqual(status, 0, output)
        self.assertIn(f"100% tests passed, 0 tests failed out of {tests}", output)

    def check_site(self, program):
        with Server(program) as server:
            status, headers, body = server.request("GET", "/")
            self.assertEqual((status, headers["Content-Type"]), (200, "text/html; charset=UTF-8"))
            self.assertIn("Be the first.", body)

            self.assertRegex(body, r'href="/static/app\.css\?v=[0-9a-f]+"')
            self.assertIn("Make it yours", body)

            self.assertEqual(server.request("POST", "/guestbook", name="Ada", message="Hi")[0], 403)
            status, headers, _ = server.sign(name="<script>x</script>", message="a & b")
            self.assertEqual((status, headers["Location"]), (303, "/guestbook"))
            status, _, body = server.request("GET", "/guestbook")
            self.assertEqual(status, 200)
            self.assertIn("&lt;script&gt;x&lt;/script&gt;", body)
            self.assertIn("a &amp; b", body)
            self.assertNotIn("<script>", body)

            status, _, body = server.sign(name="", message="")
            self.assertEqual(status, 422)
            self.assertIn("Please enter your name.", body)
            self.assertIn(server.request("DELETE", "/guestbook")[0], (403, 405))

            status, _, body = server.request("GET", "/nowhere")
            self.assertEqual(status, 404)
            self.assertIn("This page does not exist", body)

            status, headers, body = server.request("GET", "/static/app.css")
            self.assertEqual(status, 200)
            self.assertIn("--accent", body)
            self.assertIn(server.request("GET", "/static/../CMakeLists.txt")[0], (403, 404))

            self.check_port_in_use(program, server.port)
            self.assertEqual(server.stop(), 0)
        with Server(program, "--debug") as server:
            status, _, body = server.request("GET", "/nowhere")
            self.assertEqual(status, 404)
            self.assertIn("/guestbook", body)
            self.assertNotIn("This page does not exist", body)
        surplus = subprocess.run([program, "extra"], text=True, stderr=subprocess.PIPE, timeout=20)
        self.assertEqual(surplus.returncode, 2)
        self.assertIn("'extra' is no option; --help lists them", surplus.stderr)

    def check_port_in_use(self, program, port):
        second = subprocess.run([program, f"--port={port}"], text=True, timeout=20,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.assertEqual(second.returncode, 1)
        self.assertEqual(second.stdout, "")
        self.assertEqual(second.stderr.count("\n"), 1, second.stderr)
        self.assertIn(str(port), second.stderr)

    def test_site_with_the_preset_s_own_choice(self):
        project = self.make_project("site")
        folder = project / "build/dev"
        self.build(project, folder)
        preferred = next(filter(None, (shutil.which(f"clang++-{version}") for version in (22, 21, 20, 19))), None)
        if preferred:
            self.assertIn(f"{preferred} ", (folder / "compile_commands.json").read_text())
        self.check_tests_pass(folder, 1)
        status, output = self.bora("test", cwd=project / "src")
        self.assertEqual(status, 0, output)
        self.assertIn("100% tests passed", output)
        status, output = self.bora("test", "--", "-R", "no_such_test", cwd=project)
        self.assertEqual(status, 1, output)
        self.check_site(folder / ODD_NAME)

    @unittest.skipUnless(shutil.which("g++"), "g++ is not installed")
    def test_site_skeleton_as_it_stands_with_gcc(self):
        project = self.work / "site"
        shutil.copytree(pathlib.Path(OPTIONS.skeletons) / "site", project, ignore=shutil.ignore_patterns("build"))
        folder = project / "build/dev"
        configured = self.build(project, folder, CXX="g++", CC="gcc")
        version = subprocess.run(["g++", "-dumpversion"], text=True, stdout=subprocess.PIPE).stdout
        self.assertEqual("docs/coroutines.md" in configured, int(version.split(".")[0]) < 13, configured)
        self.check_tests_pass(folder, 1)
        self.check_site(folder / "guestbook_site")

    def test_minimal(self):
        project = self.make_project("minimal")
        folder = project / "build/dev"
        self.build(project, folder)
        with Server(folder / ODD_NAME) as server:
            status, _, body = server.request("GET", "/")
            self.assertEqual(status, 200)
            self.assertIn("Hello, world!", body)
            self.assertIn("Hello, &lt;b&gt;!", server.request("GET", "/?name=%3Cb%3E")[2])
            self.assertEqual(server.request("GET", "/nowhere")[0], 404)
            self.check_port_in_use(folder / ODD_NAME, server.port)
            self.assertEqual(server.stop(), 0)
        with Server(folder / ODD_NAME, "--workers=2") as server:
            self.assertIn("Hello, world!", server.request("GET", "/")[2])
            self.assertEqual(server.stop(), 0)

    def bora(self, *arguments, cwd, **changes):
        return run(pathlib.Path(OPTIONS.prefix) / "bin/bora", *arguments, cwd=cwd, CMAKE_PREFIX_PATH=OPTIONS.prefix,
                   CMAKE_CXX_COMPILER_LAUNCHER=OPTIONS.launcher, **changes)

    def test_build_run_and_dev_of_two_apps(self):
        project = self.make_project("minimal")
        status, output = self.bora("build", cwd=project)
        self.assertEqual(status, 0, output)
        self.assertIn(f"built in {project}/build/dev", output)

        # The only app needs no name. It gets its own arguments, and its status is returned.
        status, output = self.bora("run", "--", "--no-such-option", cwd=project / "templates")
        self.assertEqual(status, 2, output)
        self.assertIn("no-such-option", output)

        cmake = project / "CMakeLists.txt"
        lists = cmake.read_text()
        cmake.write_text(lists + "\nbora_add_app(second SOURCES second/main.cpp)\n")
        (project / "second").mkdir()
        main = project / "second/main.cpp"
        good = "#include <cstdio>\nint main(int count, char** words) { std::puts(words[count - 1]); return 7; }\n"
        main.write_text(good.replace("return 7", "return servne"))
        status, output = self.bora("build", "second", cwd=project)
        self.assertEqual(status, 1, output)
        self.assertIn("second/main.cpp:2:", output)
        self.assertIn("servne", output)
        self.assertNotIn("FAILED:", output)  # Ninja's own message
        main.write_text(good)
        status, output = self.bora("run", cwd=project)
        self.assertEqual(status, 2, output)
        self.assertIn(f"this project has several apps; say which: second, {ODD_NAME}", output)
        status, output = self.bora("run", "second", "--", "Ahoy", cwd=project)
        self.assertEqual((status, output.splitlines()[-1]), (7, "Ahoy"))
        status, output = self.bora("run", "third", cwd=project)
        self.assertEqual(status, 2, output)
        self.assertIn("there is no app 'third'", output)
        status, output = self.bora("build", "--preset", "nowhere", cwd=project)
        self.assertEqual(status, 2, output)
        self.assertIn("no preset 'nowhere'", output)
        status, output = self.bora("test", cwd=project)
        self.assertEqual(status, 1, output)
        self.assertIn("No tests were found", output)

        dev = subprocess.Popen(
            [pathlib.Path(OPTIONS.prefix) / "bin/bora", "dev", ODD_NAME, "--", "--workers=3"], cwd=project, text=True,
            env=environment(CMAKE_PREFIX_PATH=OPTIONS.prefix), stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        try:
            port = None
            for line in dev.stdout:
                port = port or re.search(r"-> http://127\.0\.0\.1:(\d+)", line)
                if "built and started in" in line:
                    break
            connection = http.client.HTTPConnection("127.0.0.1", int(port.group(1)), timeout=20)
            connection.request("GET", "/")
            self.assertIn("Hello, world!", connection.getresponse().read().decode())
            connection.close()
            # There is one process, whatever the program asks for, and no second session in this build tree.
            children = pathlib.Path(f"/proc/{dev.pid}/task/{dev.pid}/children").read_text().split()
            servers = [child for child in children if os.readlink(f"/proc/{child}/exe").endswith(ODD_NAME)]
            self.assertEqual(len(servers), 1)
            self.assertEqual(pathlib.Path(f"/proc/{servers[0]}/task/{servers[0]}/children").read_text(), "")
            status, output = self.bora("dev", "second", cwd=project)
            self.assertEqual(status, 3, output)
            self.assertIn(f"pid {dev.pid}", output)
        finally:
            dev.send_signal(signal.SIGINT)
            dev.communicate(timeout=60)
        self.assertEqual(dev.returncode, 0)

    def test_completion(self):
        for shell, words in (("bash", "-n"), ("zsh", "-n"), ("fish", "--no-execute")):
            status, script = self.bora("completion", shell, cwd=self.work)
            self.assertEqual(status, 0, script)
            self.assertIn("generate", script)
            (self.work / shell).write_text(script)
            if shutil.which(shell):
                self.assertEqual(run(shell, words, self.work / shell, cwd=self.work), (0, ""))
        completes = 'source ./bash; COMP_WORDS=({}); COMP_CWORD={}; _bora; echo "${{COMPREPLY[@]}}"'
        for line, place, expected in (("bora de", 1, "dev"), ("bora dev --po", 2, "--port"),
                                      ("bora g mod", 2, "module"), ("bora generate mod", 2, "module")):
            self.assertEqual(run("bash", "-c", completes.format(line, place), cwd=self.work), (0, f"{expected}\n"), line)
        if shutil.which("zsh"):
            stubs = ("compdef() { print registered $2 }; compadd() { print -l -- ${(M)@:#$PREFIX*} }; _files() { }; "
                     "_describe() { print -l -- ${(P)2} }; PREFIX=--po; source ./zsh; ")
            self.assertEqual(run("zsh", "-f", "-c", stubs + "words=(bora dev --po); CURRENT=3; _bora", cwd=self.work),
                             (0, "registered bora\n--port\n"))
            status, output = run("zsh", "-f", "-c", stubs + "words=(bora ''); CURRENT=2; _bora", cwd=self.work)
            self.assertIn("\ndoctor:", output)
        if shutil.which("fish"):
            status, output = run("fish", "--no-config", "-c", "source ./fish; complete -C 'bora dev --po'", cwd=self.work)
            self.assertEqual((status, output.split("\t")[0].strip()), (0, "--port"))
    def has_component(self, name):
        targets = (pathlib.Path(OPTIONS.prefix) / "lib/cmake/Bora/BoraTargets.cmake").read_text()
        return f"Bora::{name}" in targets

    def test_site_with_a_database_and_users(self):
        if not (self.has_component("sqlite") and self.has_component("auth")):
            self.skipTest("Bora was built without them")
        project = self.make_project("site", "--auth", "--with", "docker,systemd,nginx,ci")
        folder = project / "build/dev"
        self.build(project, folder)
        self.check_tests_pass(folder, 1)
        with Server(folder / ODD_NAME, f"--database={self.work}/site.db") as server:
            self.assertEqual(server.sign(name="Ada", message="kept")[0], 303)
            self.assertEqual(server.stop(), 0)
        with Server(folder / ODD_NAME, f"--database={self.work}/site.db") as server:
            self.assertIn("kept", server.request("GET", "/guestbook")[2])
            self.assertEqual(server.stop(), 0)

    def test_api_with_postgres_and_tokens(self):
        if not self.has_component("postgres"):
            self.skipTest("Bora was built without it")
        project = self.make_project("api", "--db=postgres", "--auth", "--with", "docker,systemd,nginx,ci")
        folder = project / "build/dev"
        self.build(project, folder)
        with Postgres(self.work) as address:
            status, output = run("ctest", "--output-on-failure", cwd=folder, TEST_DATABASE=address)
            self.assertEqual(status, 0, output)
            with Server(folder / ODD_NAME, f"--database={address}", "--tokens=ada:secret") as server:
                self.assertEqual(server.request("GET", "/notes")[0], 401)
                self.assertEqual(server.request("GET", "/livez")[0], 200)
                self.assertEqual(server.stop(), 0)

    def test_without_bora_the_remedy_is_told(self):
        project = self.make_project("minimal")
        status, output = run("cmake", "--preset", "dev", cwd=project)
        self.assertNotEqual(status, 0, output)
        told = " ".join(output.split())
        self.assertIn("Bora 0.2 was not found. Say where it is installed, -DCMAKE_PREFIX_PATH=", told)
        self.assertIn("or where its sources are, -DBORA_SOURCE_DIR=", told)

    def test_another_version_of_bora_is_told(self):
        project = self.make_project("minimal")
        lists = project / "CMakeLists.txt"
        lists.write_text(lists.read_text().replace("find_package(Bora 0.2 ", "find_package(Bora 0.1 "))
        status, output = run("cmake", "--preset", "dev", f"-DCMAKE_PREFIX_PATH={OPTIONS.prefix}", cwd=project)
        self.assertNotEqual(status, 0, output)
        told = " ".join(output.split())
        self.assertIn("Bora 0.2.0 is installed, which is not the version that find_package() asks for here.", told)

    def test_a_component_that_bora_was_built_without_is_told(self):
        package = self.work / "prefix/lib/cmake/Bora"
        shutil.copytree(pathlib.Path(OPTIONS.prefix) / "lib/cmake/Bora", package)
        targets = package / "BoraTargets.cmake"
        targets.write_text(targets.read_text().replace("(Bora::postgres ", "(Bora::left_out "))
        project = self.make_project("site", "--db=postgres")
        status, output = run("cmake", "--preset", "dev", f"-DCMAKE_PREFIX_PATH={self.work / 'prefix'}", cwd=project)
        self.assertNotEqual(status, 0, output)
        told = " ".join(output.split())
        self.assertIn(f"The Bora in {package} has no component postgres.", told)
        self.assertIn("(Debian: libpq-dev)", told)
        self.assertNotIn("was not found", told)

    def test_only_bora_is_installed(self):
        # The skeletons are also built inside Bora's own tree, and must add nothing to its package.
        self.assertEqual(sorted(os.listdir(pathlib.Path(OPTIONS.prefix) / "bin")), ["bora", "bora-db"])

    def test_new_overwrites_nothing(self):
        (self.work / "shop").mkdir()
        (self.work / "shop" / "mine.txt").write_text("mine")
        status, output = self.new("shop")
        self.assertEqual(status, 2, output)
        self.assertEqual([path.name for path in (self.work / "shop").iterdir()], ["mine.txt"])

    def test_new_refuses_a_bad_name(self):
        for name in ("class", "a b", "../shop", "9", "test"):
            status, output = self.new(name)
            self.assertEqual(status, 2, output)
            self.assertEqual(list(self.work.iterdir()), [], output)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--prefix", required=True)
    parser.add_argument("--skeletons", required=True)
    parser.add_argument("--work", required=True)
    parser.add_argument("--launcher", default="")
    OPTIONS, rest = parser.parse_known_args()
    unittest.main(argv=[sys.argv[0], *rest], verbosity=2)
