# SPDX-License-Identifier: GPL-3.0-or-later
"""From joining to the first sound: fresh confab-cli processes on loopback, as confab-cli says it, and from the process's start.

    /usr/bin/python3 tests/bench/first-audio.py [--runs 20]

One is in the call and silent (a file waits for somebody to hear it), one comes. Prints a Markdown table.
"""

import argparse
import pathlib
import statistics
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "integration"))

from confabtest import audio  # noqa: E402
from confabtest.cli import CliParticipant, create_call  # noqa: E402
from confabtest.daemon import Daemon  # noqa: E402

UNLIMITED = {"CONFAB_LIMITS_CREATE_PER_MINUTE": "1000", "CONFAB_LIMITS_GUEST_PER_MINUTE": "1000"}


def join_once(daemon, tone):
    """Milliseconds of whoever comes: since the join, and since the start of the program."""
    link = create_call(daemon)
    with CliParticipant(link, "First", "--play", tone, "--loop") as first:
        first.wait_event("joined")
        started = time.monotonic()
        with CliParticipant(link, "Second") as second:
            since_join = second.wait_event("first-audio")["ms_since_join"]
            since_start = (time.monotonic() - started) * 1000
            first.wait_event("first-audio")
    return since_join, since_start


def describe(name, values):
    ordered = sorted(values)
    tenth = ordered[int(0.9 * (len(ordered) - 1))]
    return f"| {name} | {statistics.median(ordered):.0f} | {ordered[0]:.0f} | {tenth:.0f} | {ordered[-1]:.0f} |"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=20)
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as folder:
        home = pathlib.Path(folder)
        (home / "data").mkdir()
        tone = audio.make_tone(home / "tone.wav", 700)
        with Daemon(home, env=UNLIMITED) as daemon:
            found = [join_once(daemon, tone) for _ in range(runs)]
    print(f"| first sound, ms ({runs} joins) | median | least | 90 % | most |\n|---|---|---|---|---|")
    print(describe("since the join", [since_join for since_join, _ in found]))
    print(describe("since the program's start", [since_start for _, since_start in found]))


if __name__ == "__main__":
    main()
