"""`bora db` from the command line: new, status, migrate, rollback, and what is refused.

Usage: bora_db_test.py BORA
"""

import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

BORA = sys.argv.pop(1)


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
