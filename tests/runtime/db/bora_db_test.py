"""`bora db` from the command line: new, status, migrate, rollback, and what is refused.

Usage: bora_db_test.py BORA [FOLDER OF POSTGRESQL'S PROGRAMS]
"""

import os
import pathlib
import pwd
import signal
import subprocess
import sys
import tempfile
import unittest

BORA = sys.argv.pop(1)
POSTGRES = pathlib.Path(sys.argv.pop(1)) if len(sys.argv) > 1 and not sys.argv[1].startswith("-") else None


class Postgres:
    """A server in a folder of its own; PostgreSQL refuses to be root."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="bora-", dir="/tmp")
        self.user = None
        if os.geteuid() == 0:
            self.user = pwd.getpwnam("postgres")
            os.chown(self.folder.name, self.user.pw_uid, self.user.pw_gid)
        data = self.folder.name + "/data"
        self.start("initdb", "-D", data, "-U", "bora", "-A", "trust", "--no-sync").communicate()
        self.process = self.start("postgres", "-D", data, "-k", self.folder.name, "-c", "listen_addresses=",
                                  "-c", "fsync=off", "-c", "client_connection_check_interval=100ms")
        for line in self.process.stdout:
            if "ready to accept connections" in line:
                break
        self.url = f"host={self.folder.name} user=bora dbname=postgres"

    def start(self, program, *words):
        identity = {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": []} if self.user else {}
        return subprocess.Popen([POSTGRES / program, *words], cwd="/", stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT, text=True, **identity)

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        self.process.communicate()
        self.folder.cleanup()


class DatabaseCommandTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.path = pathlib.Path(self.folder.name)

    def bora(self, *words, url="sqlite:app.db"):
        environment = {**os.environ, "DATABASE_URL": url}
        done = subprocess.run([BORA, "db", *words], cwd=self.path, env=environment, capture_output=True,
                              text=True, timeout=60, stdin=subprocess.DEVNULL)
        return done.returncode, done.stdout, done.stderr

    def write(self, name, text):
        (self.path / "migrations").mkdir(exist_ok=True)
        (self.path / "migrations" / name).write_text(text)

    def test_a_life(self):
        self.assertEqual(self.bora("new", "users"),
                         (0, "migrations/0001_users.sql\nmigrations/0001_users.down.sql\n", ""))
        self.write("0001_users.sql", "create table users (id integer);")
        self.write("0001_users.down.sql", "drop table users;")
        self.bora("new", "age")
        self.write("0002_age.sql", "alter table users add column age integer;")
        self.assertEqual(self.bora("status"), (0, "pending  0001_users\npending  0002_age\n", ""))
        self.assertEqual(self.bora("migrate"), (0, "ran 0001_users\nran 0002_age\n", ""))
        self.assertEqual(self.bora("migrate"), (0, "nothing to do\n", ""))
        status, out, _ = self.bora("status")
        self.assertEqual((status, [line.split()[:2] for line in out.splitlines()]),
                         (0, [["applied", "0001_users"], ["applied", "0002_age"]]))
        self.write("0002_age.down.sql", "alter table users drop column age;")
        self.assertEqual(self.bora("rollback", "2"), (0, "undid 0002_age\nundid 0001_users\n", ""))
        self.write("0001_users.sql", "nonsense;")
        status, _, err = self.bora("migrate")
        self.assertEqual(status, 1)
        self.assertTrue(err.startswith('bora db: the migration 0001_users failed: near "nonsense"'), err)

    def test_an_edited_one_is_refused(self):
        self.write("0001_a.sql", "create table a (n integer);")
        self.assertEqual(self.bora("migrate")[0], 0)
        self.write("0001_a.sql", "create table a (m integer);")
        self.assertEqual(self.bora("status")[0], 1)
        status, _, err = self.bora("migrate")
        self.assertEqual(status, 1)
        self.assertIn("was edited after it was run", err)

    @unittest.skipIf(POSTGRES is None, "no PostgreSQL")
    def test_many_at_once_and_one_that_is_killed(self):
        server = Postgres()
        self.addCleanup(server.stop)
        self.write("0001_first.sql", "create table first (n int); select pg_sleep(0.2);")
        self.write("0002_second.sql", "insert into first values (1);")
        environment = {**os.environ, "DATABASE_URL": server.url}

        def begin():
            return subprocess.Popen([BORA, "db", "migrate"], cwd=self.path, env=environment, text=True,
                                    stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                    start_new_session=True)

        # Each step is run by one of them, whoever comes first; all of them end well.
        programs = [begin() for _ in range(6)]
        told = [program.communicate(timeout=120) for program in programs]
        self.assertEqual([program.returncode for program in programs], [0] * 6, told)
        lines = "".join(out for out, _ in told).splitlines()
        self.assertEqual(sorted(line for line in lines if line.startswith("ran")), ["ran 0001_first", "ran 0002_second"])
        # One that dies in the middle leaves nothing, and keeps nobody out.
        self.write("0003_third.sql", "insert into first values (2); select pg_sleep(100);")
        dying = begin()
        while "pg_sleep" not in self.ask(server, "select query from pg_stat_activity where state = 'active' "
                                                 "and pid <> pg_backend_pid()"):
            self.assertIsNone(dying.poll())
        os.killpg(dying.pid, signal.SIGKILL)
        dying.communicate()
        self.assertEqual(self.bora("status", url=server.url)[1].splitlines()[-1], "pending  0003_third")
        self.write("0003_third.sql", "insert into first values (3);")
        self.assertEqual(self.bora("migrate", url=server.url), (0, "ran 0003_third\n", ""))
        self.assertEqual(self.ask(server, "select array_agg(n order by n) from first"), "{1,3}")
        # And one that was edited is refused.
        self.write("0002_second.sql", "insert into first values (7);")
        status, _, err = self.bora("migrate", url=server.url)
        self.assertEqual(status, 1)
        self.assertIn("the migration 0002_second was edited after it was run", err)

    def ask(self, server, query):
        done = subprocess.run(["psql", "-XAt", "-c", query, server.url], capture_output=True, text=True, timeout=60,
                              check=True, stdin=subprocess.DEVNULL)
        return done.stdout.strip()

    def test_wrong_usage(self):
        for words, told in ((("nothing",), "there is no command 'nothing'"),
                            ((), "which command?"),
                            (("migrate", "--wrong"), "there is no option --wrong"),
                            (("rollback", "x"), "rollback takes a number"),
                            (("new",), "new needs a name"),
                            (("new", "A b"), "small letters"),
                            (("status", "--dir"), "--dir needs a value")):
            (self.path / "migrations").mkdir(exist_ok=True)
            status, out, err = self.bora(*words)
            self.assertEqual((status, out), (2, ""), words)
            self.assertIn(told, err)
        self.assertIn("which database?", self.bora("status", url="")[2])
        status, _, err = self.bora("status", url="host=/nonexistent")
        self.assertEqual(status, 3)
        self.assertIn("no connection to PostgreSQL", err)
        self.assertEqual(self.bora("status", "--dir", "none")[0], 1)
        self.assertIn("Usage: bora db", self.bora("--help")[1])


if __name__ == "__main__":
    unittest.main()
