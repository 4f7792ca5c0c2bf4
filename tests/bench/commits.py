# SPDX-License-Identifier: GPL-3.0-or-later
"""Commits per second of both drivers, against SQLite's and PostgreSQL's own programs, in turn, in one run.

    ninja -C build tests/bench/commits
    /usr/bin/python3 tests/bench/commits.py [--rounds 5] [--seconds 2]

A commit is one row in a transaction that is on the disk before it is answered: WAL with synchronous=FULL, fsync on. The peers:
SQLite alone in a loop, with the same settings, and pgbench with a prepared statement. Prints a Markdown table.
"""

import argparse
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "integration"))
from confabtest.paths import BUILD  # noqa: E402
from confabtest.postgres import Postgres  # noqa: E402

PROGRAM = BUILD / "tests/bench/commits"
PGBENCH = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/pgbench"))[-1]
SCRIPT = "INSERT INTO things (id, name) VALUES (nextval ('ids'), 'stand-up of the people who write this');\n"
CROWD = 64


def run(*command):
    return subprocess.run([str(word) for word in command], check=True, capture_output=True, text=True).stdout


def measure_pgbench(server, url, folder, seconds, clients):
    server.query(
        "DROP TABLE IF EXISTS things; CREATE TABLE things (id BIGINT PRIMARY KEY, name TEXT);"
        "DROP SEQUENCE IF EXISTS ids; CREATE SEQUENCE ids CACHE 1000", url
    )  # fmt: skip
    (folder / "insert.sql").write_text(SCRIPT)
    out = run(PGBENCH, "-n", "-M", "prepared", "-c", clients, "-j", 1, "-T", max(1, round(seconds)), "-f", folder / "insert.sql", url)
    return float(re.search(r"tps = ([\d.]+)", out)[1])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2)
    options = parser.parse_args()
    os.environ["CONFAB_TEST_POSTGRES_FSYNC"] = "on"
    found = {}
    with tempfile.TemporaryDirectory() as folder, Postgres() as server:
        folder = pathlib.Path(folder)
        url = server.make_database()
        contenders = {
            "SQLite alone": lambda: float(run(PROGRAM, "plain", folder / "plain.db", options.seconds)),
            "Confab on SQLite, 1 client": lambda: float(run(PROGRAM, "confab", f"sqlite://{folder}/ours.db", options.seconds, 1)),
            f"Confab on SQLite, {CROWD} clients": lambda: float(
                run(PROGRAM, "confab", f"sqlite://{folder}/ours.db", options.seconds, CROWD)),
            "pgbench, 1 client": lambda: measure_pgbench(server, url, folder, options.seconds, 1),
            f"pgbench, {CROWD // 2} clients": lambda: measure_pgbench(server, url, folder, options.seconds, CROWD // 2),
            "Confab on PostgreSQL, 1 client": lambda: float(run(PROGRAM, "confab", url, options.seconds, 1)),
            f"Confab on PostgreSQL, {CROWD} clients": lambda: float(run(PROGRAM, "confab", url, options.seconds, CROWD)),
        }  # fmt: skip
        for _ in range(options.rounds):
            for name, measure in contenders.items():
                found.setdefault(name, []).append(measure())
    print(f"| commits a second ({options.rounds} rounds of {options.seconds:g} s) | median | least | most | to its peer |")
    print("|---|---|---|---|---|")
    for name, figures in found.items():
        if "SQLite" in name:
            peer = "SQLite alone"
        else:
            peer = "pgbench, 1 client" if "1 client" in name else f"pgbench, {CROWD // 2} clients"
        ratio = statistics.median(ours / theirs for ours, theirs in zip(figures, found[peer]))
        print(f"| {name} | {statistics.median(figures):.0f} | {min(figures):.0f} | {max(figures):.0f} | {ratio:.2f} |")


if __name__ == "__main__":
    main()
