# SPDX-License-Identifier: GPL-3.0-or-later
"""Log-ins per second and per second of processor time, against Argon2id of the same cost in a loop, in turn, in one run.

    /usr/bin/python3 tests/bench/logins.py [--rounds 5] [--log-ins 24]

The peer is libsodium's crypto_pwhash_str_verify on the very hash that the daemon keeps, on one thread and on as many as the
daemon has for it. A log-in is that and a request, a session, two tokens and an entry of the audit. Processor time is that of the
daemon, all threads. The crowd is larger than what may wait: who comes too much is told so at once. Prints Markdown.
"""

import argparse
import concurrent.futures
import ctypes
import pathlib
import sqlite3
import statistics
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "integration"))

from confabtest.daemon import Daemon  # noqa: E402

PASSWORD = "correct horse battery staple"
N_THREADS = 2  # of daemon/domain/confabd-passwords.c
CROWD = 100  # 64 of them may wait


def peak_mib(pid):
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def cpu_s(pid):
    return sum(int((task / "schedstat").read_text().split()[0]) for task in pathlib.Path(f"/proc/{pid}/task").iterdir()) / 1e9


def log_in(daemon):
    start = time.monotonic()
    reply = daemon.request("POST", "/api/v1/auth/login", {"login_name": "ada", "password": PASSWORD})
    assert reply.status in (200, 503), reply.body
    return reply.status == 200, time.monotonic() - start


def measure_daemon(daemon, n_clients, n_log_ins):
    """Log-ins a second and a second of processor time, the slowest, and how many were sent away."""
    with concurrent.futures.ThreadPoolExecutor(n_clients) as clients:
        start, cpu = time.monotonic(), cpu_s(daemon.pid)
        done = list(clients.map(lambda _: log_in(daemon), range(max(n_clients, n_log_ins))))
        took, cpu = time.monotonic() - start, cpu_s(daemon.pid) - cpu
    good = [seconds for is_good, seconds in done if is_good]
    return len(good) / took, len(good) / cpu, max(good), len(done) - len(good)


def measure_bare(sodium, stored, n_threads, n_log_ins):
    def verify(_):
        assert sodium.crypto_pwhash_str_verify(stored, PASSWORD.encode(), ctypes.c_ulonglong(len(PASSWORD))) == 0

    with concurrent.futures.ThreadPoolExecutor(n_threads) as threads:
        start, cpu = time.monotonic(), time.process_time()
        list(threads.map(verify, range(n_log_ins)))
        return n_log_ins / (time.monotonic() - start), n_log_ins / (time.process_time() - cpu), 0, 0


def read_hash(daemon):
    with sqlite3.connect(f"file:{daemon.database}?mode=ro", uri=True) as database:
        return database.execute("SELECT password_hash FROM users WHERE password_hash IS NOT NULL").fetchone()[0]


def report(found, cost, idle_mib, peak):
    print(f"\nArgon2id at {cost}\n")
    print("| | log-ins a second | a second of processor time | ÷ the loop, by processor time | the slowest | sent away |")
    print("|---|---|---|---|---|---|")
    peer = [run[1] for run in found["the loop, 1 thread"]]
    for name, runs in found.items():
        per_s, per_cpu_s, slowest, away = (statistics.median(column) for column in zip(*runs))
        ratio = statistics.median(run[1] / other for run, other in zip(runs, peer))
        wait = f"{slowest:.2f} s" if slowest else ""
        print(f"| {name} | {per_s:.1f} | {per_cpu_s:.1f} | {ratio:.2f} | {wait} | {away:.0f} |")
    print(f"\nThe daemon had {idle_mib:.0f} MiB resident before the first password and never more than {peak:.0f} MiB.")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--log-ins", type=int, default=24)
    options = parser.parse_args()
    sodium = ctypes.CDLL("libsodium.so.23")
    assert sodium.sodium_init() >= 0
    with tempfile.TemporaryDirectory(prefix="cfb") as name:
        home = pathlib.Path(name)
        for part in ("run", "data", "config", "cache"):
            (home / part).mkdir()
        with Daemon(home, env={"CONFAB_AUTH_REGISTRATION": "open"}) as daemon:
            idle_mib = peak_mib(daemon.pid)
            reply = daemon.request("POST", "/api/v1/auth/register", {"login_name": "ada", "password": PASSWORD})
            assert reply.status == 201, reply.body
            stored = read_hash(daemon)
            contenders = {f"the loop, {n} thread{'s'[: n > 1]}": lambda n=n: measure_bare(sodium, stored.encode(), n, options.log_ins)
                          for n in (1, N_THREADS)}  # fmt: skip
            for n in (1, N_THREADS, 16, CROWD):
                name = f"confabd, {n} client{'s'[: n > 1]} at a time"
                contenders[name] = lambda n=n: measure_daemon(daemon, n, options.log_ins)
            found = {name: [] for name in contenders}
            for _ in range(options.rounds):
                for name, measure in contenders.items():
                    found[name].append(measure())
            report(found, stored.split("$")[3], idle_mib, peak_mib(daemon.pid))


if __name__ == "__main__":
    main()
