# SPDX-License-Identifier: GPL-3.0-or-later
"""Mouth to ear over loopback: confab-cli, Mumble and Chromium on our guest page, in turn on the same sound server.

    /usr/bin/python3 tests/bench/delay.py [--runs 8] [--seconds 10] [--only WORD…] [--busy] [--minutes 20]

The sound card is a null sink of four channels: the first pair is what the talker's microphone gets, the second what the
listener's speaker plays; its monitor therefore has both on one clock. Stalls are how often a thread of real-time priority, which
does nothing else, was woken more than 5 ms late: then it is the machine that is measured. Prints a Markdown table. Needs what
./check installs, and mumble and mumble-server. A program that fails or stays silent is tried again, and its row says how often it
did not.
"""

import argparse
import contextlib
import os
import pathlib
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import traceback

from confabbench import contenders, cpu
from confabbench.card import BUS, Seat, SoundCard
from confabbench.judge import judge
from confabtest import audio
from confabtest.cli import take_priority
from confabtest.stalls import StallWatch

SETTLE_S = 4
ATTEMPTS = 2
STALL_S = 0.005
PRIORITY = 5  # of Mumble and Chromium, which ask RealtimeKit for it; there is none here

CONTENDERS = (
    contenders.Confab("Confab"),
    contenders.Confab("Confab, 20 ms frames", "--frame=20"),
    contenders.Confab("Confab, lowest", "--frame=10", "--device-delay=lowest", *contenders.UNTOUCHED),
    contenders.Mumble("Mumble, as installed"),
    contenders.Mumble("Mumble, tuned", **contenders.MUMBLE_TUNED),
    contenders.Mumble("Mumble, extreme", **contenders.MUMBLE_EXTREME),
    contenders.Chromium("Chromium"),
    contenders.Chromium("Chromium, no processing", contenders.UNPROCESSED),
    contenders.Chromium(
        "Chromium, tuned", contenders.UNPROCESSED, contenders.TUNE, arguments=["--audio-buffer-size=480"]
    ),
)


@contextlib.contextmanager
def busy_loops(seconds):
    """One for each core, of ordinary priority; they end by themselves after that time at the latest."""
    command = ["timeout", str(seconds), "sh", "-c", "while :; do :; done"]
    loops = [subprocess.Popen(command) for _ in range(os.cpu_count())]
    try:
        yield
    finally:
        for loop in loops:
            loop.terminate()
            loop.wait(10)


def run_once(contender, stage, card, speech, seconds):
    """One call: (verdict, stalls); the verdict is None when the listener heard nothing."""
    seats = [Seat("Talker", card, "mouth", "aside"), Seat("Listener", card, "quiet.monitor", "ear")]
    with card.speaking(speech), contender.meet(stage, seats) as pids:
        card.hurry()  # its threads come with its streams
        cpu.hurry([] if contender.takes_priority else pids, PRIORITY)
        time.sleep(SETTLE_S)
        with StallWatch(STALL_S, take_priority) as watch:
            samples = card.record_bus(seconds)
    return judge(samples), watch.count


def run(contender, stage, card, speech, seconds):
    """Calls until one is good, at most as many as are allowed: ((verdict, stalls) or None, how many were not)."""
    for attempt in range(ATTEMPTS):
        try:
            verdict, stalls = run_once(contender, stage, card, speech, seconds)
        except Exception:  # whatever became of that program: the others' figures are wanted all the same
            traceback.print_exc()
            verdict = stalls = None
        print(f"{contender.title}: {verdict or 'nothing heard'}, {stalls} stalls", file=sys.stderr, flush=True)
        if verdict is not None:
            return (verdict, stalls), attempt
    return None, ATTEMPTS


def row(contender, found, n_failed, reference):
    if not found:
        return f"| {contender.title} | – | – | – | – | – | – | – | 0 of {n_failed} |"
    verdicts = [verdict for verdict, _ in found]
    delays = [verdict.delay_ms for verdict in verdicts]
    middle = statistics.median(delays)
    return (
        f"| {contender.title} | {middle:.1f} | {min(delays):.1f}–{max(delays):.1f} "
        f"| {middle / reference if reference else float('nan'):.2f} "
        f"| {statistics.median(verdict.stoi for verdict in verdicts):.3f} "
        f"| {max((verdict.drift_ms for verdict in verdicts), key=abs):+.1f} "
        f"| {sum(verdict.holes for verdict in verdicts)} | {sum(stalls for _, stalls in found)} | {len(verdicts)} of {len(verdicts) + n_failed} |"
    )


def table(results, n_failed):
    """reference: Mumble as it is installed."""
    known = next((found for one, found in results.items() if one.title == "Mumble, as installed" and found), None)
    reference = statistics.median(verdict.delay_ms for verdict, _ in known) if known else None
    print("| mouth to ear | median, ms | min–max | ratio to Mumble | STOI | worst drift, ms | holes of 20 ms | stalls | calls |")
    print("|---|---|---|---|---|---|---|---|---|")
    for contender, found in results.items():
        print(row(contender, found, n_failed[contender], reference))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=10, help="of speech that are judged in each run")
    parser.add_argument("--only", nargs="+", default=[""], help="the programs whose name contains one of these")
    parser.add_argument("--busy", action="store_true", help="with a busy loop for each core meanwhile")
    parser.add_argument("--minutes", type=float, default=60, help="no round begins after this time")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # else what was started would stay
    results = {one: [] for one in CONTENDERS if any(word.lower() in one.title.lower() for word in options.only)}
    n_failed = dict.fromkeys(results, 0)
    end = time.monotonic() + options.minutes * 60
    with tempfile.TemporaryDirectory(prefix="cf", ignore_cleanup_errors=True) as folder, contextlib.ExitStack() as stack:
        speech = audio.make_speech(pathlib.Path(folder) / "speech.wav")
        stage = stack.enter_context(contenders.Stage(folder))
        card = stack.enter_context(SoundCard(folder, BUS))
        if options.busy:
            stack.enter_context(busy_loops(options.minutes * 60))
        for _ in range(options.runs):
            if time.monotonic() > end:
                break
            for contender in results:
                found, bad = run(contender, stage, card, speech, options.seconds)
                results[contender] += [found] if found else []
                n_failed[contender] += bad
    table(results, n_failed)


if __name__ == "__main__":
    main()
