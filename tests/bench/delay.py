# SPDX-License-Identifier: GPL-3.0-or-later
"""Mouth to ear over loopback: confab-cli, Mumble and Chromium on our guest page, in turn on the same sound server.

    /usr/bin/python3 tests/bench/delay.py [--runs 8] [--seconds 10] [--only WORD] [--minutes 20]

The sound card is a null sink of four channels: the first pair is what the talker's microphone gets, the second what the
listener's speaker plays; its monitor therefore has both on one clock. Prints a Markdown table. Needs what ./check installs,
and mumble and mumble-server. A program that fails or stays silent is tried again, and its row says how often it did not.
"""

import argparse
import contextlib
import pathlib
import signal
import statistics
import sys
import tempfile
import time
import traceback

from confabbench import contenders, cpu
from confabbench.card import BUS, Seat, SoundCard
from confabbench.judge import judge
from confabtest import audio

SETTLE_S = 4
ATTEMPTS = 2
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


def run_once(contender, stage, card, speech, seconds):
    """One call; None when the listener heard nothing."""
    seats = [Seat("Talker", card, "mouth", "aside"), Seat("Listener", card, "quiet.monitor", "ear")]
    with card.speaking(speech), contender.meet(stage, seats) as pids:
        card.hurry()  # its threads come with its streams
        cpu.hurry([] if contender.takes_priority else pids, PRIORITY)
        time.sleep(SETTLE_S)
        return judge(card.record_bus(seconds))


def run(contender, stage, card, speech, seconds):
    """Calls until one is good, at most as many as are allowed: (verdict or None, how many were not)."""
    for attempt in range(ATTEMPTS):
        try:
            verdict = run_once(contender, stage, card, speech, seconds)
        except Exception:  # whatever became of that program: the others' figures are wanted all the same
            traceback.print_exc()
            verdict = None
        print(f"{contender.title}: {verdict or 'nothing heard'}", file=sys.stderr, flush=True)
        if verdict is not None:
            return verdict, attempt
    return None, ATTEMPTS


def row(contender, verdicts, n_failed, reference):
    if not verdicts:
        return f"| {contender.title} | – | – | – | – | – | – | 0 of {n_failed} |"
    delays = [verdict.delay_ms for verdict in verdicts]
    middle = statistics.median(delays)
    return (
        f"| {contender.title} | {middle:.1f} | {min(delays):.1f}–{max(delays):.1f} "
        f"| {middle / reference if reference else float('nan'):.2f} "
        f"| {statistics.median(verdict.stoi for verdict in verdicts):.3f} "
        f"| {max((verdict.drift_ms for verdict in verdicts), key=abs):+.1f} "
        f"| {sum(verdict.holes for verdict in verdicts)} | {len(verdicts)} of {len(verdicts) + n_failed} |"
    )


def table(results, n_failed):
    """reference: Mumble as it is installed."""
    known = next((verdicts for one, verdicts in results.items() if one.title == "Mumble, as installed" and verdicts), None)
    reference = statistics.median(verdict.delay_ms for verdict in known) if known else None
    print("| mouth to ear | median, ms | min–max | ratio to Mumble | STOI | worst drift, ms | holes of 20 ms | calls |")
    print("|---|---|---|---|---|---|---|---|")
    for contender, verdicts in results.items():
        print(row(contender, verdicts, n_failed[contender], reference))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=10, help="of speech that are judged in each run")
    parser.add_argument("--only", default="", help="the programs whose name contains this")
    parser.add_argument("--minutes", type=float, default=60, help="no round begins after this time")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # else what was started would stay
    results = {one: [] for one in CONTENDERS if options.only.lower() in one.title.lower()}
    n_failed = dict.fromkeys(results, 0)
    end = time.monotonic() + options.minutes * 60
    with tempfile.TemporaryDirectory(prefix="cf", ignore_cleanup_errors=True) as folder, contextlib.ExitStack() as stack:
        speech = audio.make_speech(pathlib.Path(folder) / "speech.wav")
        stage = stack.enter_context(contenders.Stage(folder))
        card = stack.enter_context(SoundCard(folder, BUS))
        for _ in range(options.runs):
            if time.monotonic() > end:
                break
            for contender in results:
                verdict, bad = run(contender, stage, card, speech, options.seconds)
                results[contender] += [verdict] if verdict else []
                n_failed[contender] += bad
    table(results, n_failed)


if __name__ == "__main__":
    main()
