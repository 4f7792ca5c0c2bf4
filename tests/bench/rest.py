# SPDX-License-Identifier: GPL-3.0-or-later
"""GET /api/v1/calls/{id}, signed in: confabd, a bare handler of libsoup, and the same route in FastAPI, in turn.

    /usr/bin/python3 tests/bench/rest.py [--seconds 4] [--rounds 5] [--at-a-time 16] [--real-time]

Each gets the same request on a new connection each time; FastAPI also on kept ones. confabd checks the token, takes from the
limit of the user and reads the call, the membership and the roster from SQLite; bare-soup.c answers with the same bytes out of
memory; fastapi_calls.py does what confabd does, on a copy of its database, with uvicorn, uvloop, httptools, SQLAlchemy and
PyJWT. Processor time is that of the server, all threads. Then the memory of an idle daemon. Prints Markdown. With --real-time, for
root, all of them go before whatever else the machine does, which would empty their caches.
"""

import argparse
import contextlib
import os
import pathlib
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "integration"))

from confabtest.daemon import Daemon  # noqa: E402
from confabtest.paths import BUILD  # noqa: E402
from confabtest.process import Process, wait_until  # noqa: E402
from confabtest.world import NO_LIMITS  # noqa: E402

TICK_S = 1 / os.sysconf("SC_CLK_TCK")


def cpu_s(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) * TICK_S


def pss_mib(pid):
    lines = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


class Contender:
    def __init__(self, name, pid, port, keep=False):
        self.name, self.pid, self.port, self.keep = name, pid, port, keep
        self.per_s, self.per_cpu_s = [], []

    def run(self, request, seconds, at_a_time):
        before = cpu_s(self.pid)
        arguments = [BUILD / "tests/bench/visitors", str(self.port), request, str(seconds), str(at_a_time)]
        done = subprocess.run(arguments + (["keep"] if self.keep else []), capture_output=True, text=True, check=True)
        n_good, n_bad, took_s = done.stdout.split()
        assert int(n_bad) == 0 and int(n_good) > 0, f"{self.name}: {done.stdout}"
        self.per_s.append(int(n_good) / float(took_s))
        self.per_cpu_s.append(int(n_good) / (cpu_s(self.pid) - before))


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def write_request(path, call_id, token, kept):
    connection = "keep-alive" if kept else "close"
    fields = f"Host: 127.0.0.1\r\nAuthorization: Bearer {token}\r\nAccept: application/json\r\nConnection: {connection}\r\n"
    path.write_text(f"GET /api/v1/calls/{call_id} HTTP/1.1\r\n{fields}\r\n")
    return path


def start_bare(stack, folder, body):
    (folder / "body.json").write_bytes(body)
    process = stack.enter_context(Process([BUILD / "tests/bench/bare-soup", folder / "body.json"]))
    line = process.wait_line(lambda text: text.startswith("Listening on "), "“Listening on”")
    return Contender("bare libsoup", process.pid, int(line.rsplit(":", 1)[1]))


def start_fastapi(stack, folder, daemon):
    copy = folder / "fastapi.db"
    shutil.copy(daemon.database, copy)
    for ending in ("-wal", "-shm"):
        with contextlib.suppress(FileNotFoundError):
            shutil.copy(f"{daemon.database}{ending}", f"{copy}{ending}")
    key = daemon.key_file.read_bytes().hex()
    port = free_port()
    process = stack.enter_context(Process(["/usr/bin/python3", HERE / "fastapi_calls.py", copy, key, port]))

    def is_up():
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    wait_until(is_up, "uvicorn")
    return [Contender("FastAPI", process.pid, port), Contender("FastAPI, kept connections", process.pid, port, keep=True)]


def measure_idle(folder):
    """(PSS, RSS) of a daemon that nobody has visited for some seconds after its start."""
    home = folder / "idle"
    for name in ("run", "data", "config", "cache"):
        (home / name).mkdir(parents=True)
    with Daemon(home) as daemon:
        daemon.request("GET", "/health/ready")
        time.sleep(2)
        return pss_mib(daemon.pid), daemon.resident_bytes() / 1024 / 1024


def report(contenders, pss, rss):
    ours = contenders[0]
    print("\n| | requests a second | a second of processor time | confabd ÷ it, by processor time |\n|---|---|---|---|")
    for one in contenders:
        ratio = statistics.median(a / b for a, b in zip(ours.per_cpu_s, one.per_cpu_s))
        spread = f"{statistics.median(one.per_cpu_s):,.0f} ({min(one.per_cpu_s):,.0f}–{max(one.per_cpu_s):,.0f})"
        print(f"| {one.name} | {statistics.median(one.per_s):,.0f} | {spread} | {ratio:.2f} |")
    print(f"\nAn idle daemon has {pss:.1f} MiB (PSS; {rss:.1f} MiB resident).")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--at-a-time", type=int, default=16)
    parser.add_argument("--real-time", action="store_true")
    options = parser.parse_args()
    if options.real_time:
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))
    subprocess.run(["ninja", "-C", BUILD, "tests/bench/visitors", "tests/bench/bare-soup"], check=True, stdout=subprocess.DEVNULL)
    with tempfile.TemporaryDirectory(prefix="cfb") as name, contextlib.ExitStack() as stack:
        folder = pathlib.Path(name)
        for part in ("run", "data", "config", "cache"):
            (folder / part).mkdir()
        daemon = stack.enter_context(Daemon(folder, env={**NO_LIMITS, "CONFAB_LIMITS_SIGNED_IN_PER_HOUR": "1000000"}))
        token = daemon.sign_in()
        call_id = daemon.create_call(token, title="Bench")["call"]["id"]
        body = daemon.request("GET", f"/api/v1/calls/{call_id}", token=token).body
        requests = {kept: write_request(folder / f"request-{kept}", call_id, token, kept) for kept in (False, True)}
        contenders = [Contender("confabd", daemon.pid, daemon.port), start_bare(stack, folder, body), *start_fastapi(stack, folder, daemon)]
        for number in range(options.rounds + 1):
            for one in contenders:
                one.run(requests[one.keep], options.seconds if number else 1, options.at_a_time)
                if number == 0:  # warm
                    one.per_s.clear(), one.per_cpu_s.clear()
        report(contenders, *measure_idle(folder))


if __name__ == "__main__":
    main()
