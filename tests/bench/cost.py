# SPDX-License-Identifier: GPL-3.0-or-later
"""Processor time of one client in calls of 2, 4, 6 and 8: confab-cli, Mumble and Chromium on our guest page, in turn.

    /usr/bin/python3 tests/bench/cost.py [--seconds 5] [--sizes 2,4,6,8] [--only WORD] [--minutes 20]

One client is measured, on a sound server of its own whose time is measured, too; all others use another one. It is measured
while it talks, while one of the others talks, and while nobody does. Confab and the guest page connect everybody to everybody;
Mumble has a server between them, which is not counted. The others in a call of Chromium are confab-cli, else two cores would
not hold eight. Prints Markdown tables. Needs what ./check installs, and data/packages/bench.
"""

import argparse
import contextlib
import pathlib
import signal
import sys
import tempfile
import time
import traceback

import numpy as np
from confabbench import contenders
from confabbench.card import PLAIN, Seat, SoundCard
from confabbench.cpu import measure
from confabtest import audio

SETTLE_S = 3  # a call has come up
CHANGE_S = 1.5  # somebody has begun to talk
STATES = ("talking", "listening", "silent")

#: Mumble sends only when somebody talks; the levels are what its wizard finds for this speech.
BY_VOICE = {"audio_transmit": 1, "audio_vadmin": 0.5, "audio_vadmax": 0.6}

CONTENDERS = (
    contenders.Confab("Confab"),
    contenders.Mumble("Mumble, as installed", **BY_VOICE),
    contenders.Chromium("Chromium", others=contenders.Confab("")),
)

#: What differs from one of them by a constant: in the smallest call alone.
VARIANTS = (
    contenders.Confab("Confab, no processing", *contenders.UNTOUCHED),
    contenders.Mumble("Mumble, tuned", **BY_VOICE, **contenders.MUMBLE_TUNED),
)


class Desks:
    """Who sits where: the measured one by itself, all others at a second sound server."""

    def __init__(self, stack, folder, speech):
        self.own = stack.enter_context(SoundCard(folder, PLAIN))
        self.theirs = stack.enter_context(SoundCard(folder, PLAIN))
        self.speech = speech

    def seats(self, count):
        other = [Seat("Other", self.theirs, "feed.monitor", "speaker")]
        more = [Seat(f"Other{number}", self.theirs, "quiet.monitor", "speaker") for number in range(2, count)]
        return [Seat("Measured", self.own, "feed.monitor", "speaker"), *other, *more]

    def hurry(self):
        self.own.hurry()
        self.theirs.hurry()

    def speaking(self, state):
        if state == "silent":
            return contextlib.nullcontext()
        return (self.own if state == "talking" else self.theirs).speaking(self.speech, latency_ms=200)


def measure_states(desks, roots, seconds):
    """{state: [cores of the client, cores of its sound server]}"""
    found = {}
    for state in STATES:
        with desks.speaking(state):
            time.sleep(CHANGE_S)
            found[state] = measure(roots, seconds)
    return found


def run(contender, stage, desks, count, seconds):
    """None when the program failed; the others' figures are wanted all the same."""
    try:
        with contender.meet(stage, desks.seats(count)) as pids:
            desks.hurry()
            time.sleep(SETTLE_S)
            found = measure_states(desks, [pids[0], desks.own.pid], seconds)
    except Exception:
        traceback.print_exc()
        found = None
    print(f"{contender.title}, {count} people: {found}", file=sys.stderr, flush=True)
    return found


def slope(results, state):
    """Cores for one person more, least squares over the sizes."""
    sizes = [size for size, found in results.items() if found]
    if len(sizes) < 2:
        return float("nan")
    return float(np.polyfit(sizes, [results[size][state][0] for size in sizes], 1)[0])


def print_tables(results, idle):
    print("| cores | people | " + " | ".join(STATES) + " | " + " | ".join(f"sound server, {state}" for state in STATES) + " |")
    print("|---" * (2 + 2 * len(STATES)) + "|")
    print("| nobody | 0 | – | – | – | " + " | ".join(f"{idle[state][0]:.3f}" for state in STATES) + " |")
    for contender, sizes in results.items():
        for size, found in sizes.items():
            figures = [f"{found[state][part]:.3f}" for part in (0, 1) for state in STATES] if found else ["–"] * 2 * len(STATES)
            print(f"| {contender.title} | {size} | " + " | ".join(figures) + " |")
    print("\n| cores for each further person | " + " | ".join(STATES) + " |\n" + "|---" * (1 + len(STATES)) + "|")
    for contender, sizes in results.items():
        if contender in VARIANTS:
            continue
        print(f"| {contender.title} | " + " | ".join(f"{slope(sizes, state):.4f}" for state in STATES) + " |")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=5, help="of each measurement")
    parser.add_argument("--sizes", default="2,4,6,8")
    parser.add_argument("--only", default="", help="the programs whose name contains this")
    parser.add_argument("--minutes", type=float, default=60, help="no call begins after this time")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # else what was started would stay
    results = {one: {} for one in CONTENDERS + VARIANTS if options.only.lower() in one.title.lower()}
    sizes = [int(size) for size in options.sizes.split(",")]
    end = time.monotonic() + options.minutes * 60
    with tempfile.TemporaryDirectory(prefix="cf", ignore_cleanup_errors=True) as folder, contextlib.ExitStack() as stack:
        speech = audio.make_speech(pathlib.Path(folder) / "speech.wav")
        stage = stack.enter_context(contenders.Stage(folder))
        desks = Desks(stack, folder, speech)
        idle = measure_states(desks, [desks.own.pid], options.seconds)
        for size in sizes:
            for contender, found in results.items():
                if time.monotonic() < end and (size == sizes[0] or contender not in VARIANTS):
                    found[size] = run(contender, stage, desks, size, options.seconds)
    print_tables(results, idle)


if __name__ == "__main__":
    main()
