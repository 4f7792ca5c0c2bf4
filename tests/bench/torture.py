# SPDX-License-Identifier: GPL-3.0-or-later
"""A thousand joins and leaves, twice: what is left of them in the process, and what two others hear of them meanwhile.

    /usr/bin/python3 tests/bench/torture.py [--times 1000]

Runs the tests of ./check that do the same a few times, on a machine that should do nothing else: a gap is forgiven only when
the whole process stood still for 20 ms. Half of
the joins that are counted for leaks are hasty, ended 0 to 110 ms into the negotiation. Prints a Markdown table; the exit code
says whether both passed. Needs a build tree. A thousand take about ten minutes.
"""

import argparse
import os
import re
import signal
import subprocess
import sys

from confabbench import BUILD

TESTS = (
    ("test-audio-leaks", "/audio/leaks/join-and-leave"),
    ("test-audio-engine", "/audio/engine/third-comes-and-goes"),
)


def run(program, path, times):
    """(whether it passed, its remarks)"""
    env = {**os.environ, "CONFAB_TORTURE": str(times), "G_DEBUG": "fatal-warnings", "GIO_USE_VFS": "local"}
    command = [str(BUILD / "tests/client/audio" / program), "-p", path]
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) as process:
        signal.signal(signal.SIGTERM, lambda *_: process.terminate())
        remarks = [line[2:].strip() for line in process.stdout if line.startswith("# ")]
    return process.returncode == 0, remarks


def find(remarks, pattern):
    return [" ".join(found.groups()) for found in (re.fullmatch(pattern, line) for line in remarks) if found]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--times", type=int, default=1000)
    options = parser.parse_args()
    results = [run(*test, options.times) for test in TESTS]
    print(f"| {options.times} joins and leaves | before | after |\n|---|---|---|")
    print("| in the process | " + " | ".join(find(results[0][1], r"(?:before|after): (.*)")) + " |")
    for words in find(results[1][1], r"(\w+): (\d+ of \d+) rounds with a gap, (\d+) of them on .*"):
        person, gaps, stalled = words[0], words[2:].rpartition(" ")[0], words.rpartition(" ")[2]
        print(f"| rounds in which {person} heard a gap | – | {gaps}; in {stalled} of them the machine stood still |")
    sys.exit(0 if all(passed for passed, _ in results) else 1)


if __name__ == "__main__":
    main()
