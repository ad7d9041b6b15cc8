"""Whether a worker is as fast beside others as alone: CPU per request of one worker and of several.

Usage: workers_bench.py SERVER [--workers N] [--path PATH] [--rounds N] [--seconds S] [--connections C]

SERVER is bench_server. Needs wrk. Servers take turns; prints medians: CPU per request of all workers
together, the busiest worker's share of the CPU time, and requests a second. Those grow only as far as
the load generator finds a processor of its own: CPU per request is the figure to compare.
"""

import argparse
import pathlib
import shutil
import statistics
import subprocess
import sys

from tls_bench import Server, free_port


def cpu_of(pid):
    threads = pathlib.Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(thread.read_text().split()[0]) for thread in threads) / 1e9


def workers_of(server):
    """The processes that serve: the children, or the process itself if it has none."""
    children = pathlib.Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children").read_text()
    return [int(pid) for pid in children.split()] or [server.process.pid]


def measure(server, path, seconds, connections):
    workers = workers_of(server)
    before = [cpu_of(pid) for pid in workers]
    text = subprocess.run(
        ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", f"http://127.0.0.1:{server.port}{path}"],
        check=True, capture_output=True, text=True).stdout
    requests = int(next(line for line in text.splitlines() if " requests in " in line).split()[0])
    used = [cpu_of(pid) - start for pid, start in zip(workers, before)]
    return sum(used) / requests * 1e6, max(used) / sum(used), requests / seconds


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("server")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--path", default="/fortunes")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=2)
    parser.add_argument("--connections", type=int, default=64)
    arguments = parser.parse_args()
    if not shutil.which("wrk"):
        sys.exit("workers_bench: wrk is missing")

    servers = []
    try:
        for count in (1, arguments.workers):
            port = free_port()
            servers.append(Server(f"{count} workers", [arguments.server, f"--port={port}", f"--workers={count}",
                                                       "--logging=warning"], port))
        rounds = [[measure(server, arguments.path, arguments.seconds, arguments.connections) for server in servers]
                  for _ in range(arguments.rounds)]
        for server, values in zip(servers, zip(*rounds)):
            cpu, share, rate = (statistics.median(figures) for figures in zip(*values))
            print(f"{server.name:10}  CPU {cpu:6.2f} us a request, busiest worker {share:.2f}, {rate:8.0f} requests/s")
        ratio = statistics.median(several[0] / one[0] for one, several in rounds)
        print(f"CPU per request, ratio {ratio:.2f}")
    finally:
        for server in servers:
            server.stop()


if __name__ == "__main__":
    main()
