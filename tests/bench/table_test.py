#!/usr/bin/env python3
"""The table of `./dev bench` reads what its programs print. No time is judged.

    table_test.py TABLE BIN GROUPS LOG

The programs of GROUPS run, each for a moment. Those of `websocket` and `tls` take too long for that: what
they printed stands here.
"""

import contextlib
import importlib.util
import io
import math
import pathlib
import subprocess
import sys
import unittest

TABLE, BIN, GROUPS, LOG = sys.argv[1:5]
spec = importlib.util.spec_from_file_location("table", TABLE)
table = importlib.util.module_from_spec(spec)
spec.loader.exec_module(table)

WEBSOCKET = """\
the server's CPU and the answers' times, in microseconds
echo, 64 connections, 20 bytes, 1 under way, for each message:
  recv() and send() alone    4.84   p50   702  p99  6087  (8.7 times; 1.3 by the server's CPU)
  WebSocketHandler           5.06   p50   716  p99  6815  (9.5 times; 1.3 by the server's CPU)
echo, 64 connections, 20 bytes, 16 under way, for each message:
  recv() and send() alone    0.30   p50   675  p99  9186  (13.6 times; 1.9 by the server's CPU)
  WebSocketHandler           0.41   p50   813  p99 13890  (17.1 times; 4.9 by the server's CPU)
broadcast to 1000 subscribers, 100 bytes, for each delivery:
  channel                    4.11   send() alone 3.28   (1.30 times, +0.83)
  channel, 10 at a time      0.64   send() alone 3.17   (0.20 times, -2.53)
"""
TLS = """\
CPU per keep-alive request, us     bora     10.5  nginx      8.7  ratio 1.20
CPU per full handshake, us         bora    364.4  nginx    348.6  ratio 1.05
CPU per resumed handshake, us      bora    329.3  nginx    296.6  ratio 1.11
bytes per idle connection          bora    11547  nginx    12603  ratio 0.92
"""


def group(key):
    return next(one for one in table.groups(pathlib.Path(BIN), 1) if one.key == key)


class TableTest(unittest.TestCase):
    def test_programs_print_what_the_table_looks_for(self):
        done = subprocess.run([sys.executable, TABLE, "--bin", BIN, "--seconds", "0.2", "--only", GROUPS, "--log", LOG],
                              text=True, capture_output=True, check=False)
        shown = f"{done.stdout}{done.stderr}\n{pathlib.Path(LOG).read_text()}"
        self.assertEqual(done.returncode, 0, shown)
        for key in GROUPS.split(","):
            for row in group(key).rows:
                line = next((line for line in done.stdout.splitlines() if line.startswith(f"  {row.name} ")), "")
                self.assertRegex(line, rf"(?:-?[0-9.,]+|-?nan|inf) .*{row.unit}$", shown)

    def test_the_two_that_take_long(self):
        echo, several, broadcast = [row.read(WEBSOCKET) for row in group("websocket").rows]
        self.assertEqual((echo["bora"], echo["limit"]), (5.06, 4.84))
        self.assertEqual((several["bora"], several["limit"]), (0.41, 0.30))
        self.assertEqual((broadcast["bora"], broadcast["limit"]), (4.11, 3.28))
        self.assertAlmostEqual(broadcast["ratio"], 4.11 / 3.28)
        self.assertEqual([row.read(TLS)["ratio"] for row in group("tls").rows], [1.20, 1.05, 1.11, 0.92])

    def test_what_is_missing_is_told(self):
        self.assertIsNone(group("tls").rows[0].read(WEBSOCKET))
        lost = table.Group("x", "nothing", [str(pathlib.Path(BIN) / "no_such_bench")], [])
        self.assertEqual(table.run(lost, io.StringIO()), (None, "no_such_bench was not built"))
        lost = table.Group("x", "nothing", [sys.executable], [], tools=("no-such-tool",))
        self.assertEqual(table.run(lost, io.StringIO()), (None, "needs no-such-tool"))
        fails = table.Group("x", "nothing", [sys.executable, "-c", "import sys; sys.exit('the last line')"], [])
        self.assertEqual(table.run(fails, io.StringIO()), (None, "failed: the last line"))

    def test_a_limit_of_nothing_ends_nothing(self):
        values = table.Row("x", rf"^x {table.NUMBER} {table.NUMBER}$").read("x 1.5 0.00\n")
        self.assertTrue(math.isinf(values["ratio"]))
        with contextlib.redirect_stdout(io.StringIO()) as out:
            table.Printer(False).row("x", values, "µs", "nothing")
        self.assertIn("inf", out.getvalue())


if __name__ == "__main__":
    del sys.argv[1:5]
    unittest.main()
