# SPDX-License-Identifier: GPL-3.0-or-later
"""Does the delay stay what it is when no two clocks are the same? Two confab-cli, speech one way.

    /usr/bin/python3 tests/bench/drift.py [--seconds 600] [--percent 0.2] [-- OPTION…]

Microphone and speaker are pipes of PulseAudio, at whose other ends the bench is the sound card: it brings samples too fast
by so many percent, and takes them too slowly by as many. Both are put on the clock of the system before they are compared.
Prints a line of a Markdown table.
"""

import argparse
import contextlib
import fcntl
import os
import pathlib
import signal
import sys
import tempfile
import threading
import time

import numpy as np
from confabbench import contenders
from confabbench.card import Seat, SoundCard
from confabtest import audio
from confabtest.cli import take_priority
from confabtest.stoi import compare, delay_ms, quality

TICK_S = 0.01
SPEAKER_CHANNELS = 8  # the pipe holds little time then
PIPE_BYTES = 16384
SETTLE_S, WINDOW_S = 5, 10
GIVEN_UP_S = 0.1  # what the server owes for longer was not played


class Crystal(threading.Thread):
    """One end of a sound card with a clock of its own: calls move(fd, frames) for as many as are due."""

    def __init__(self, path, speed):
        super().__init__(daemon=True)
        self.fd = os.open(path, os.O_RDWR | os.O_NONBLOCK)
        fcntl.fcntl(self.fd, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
        self.rate = audio.RATE * speed
        self.over = threading.Event()
        self.started = None
        self.done = 0  # frames, on this clock

    def run(self):
        take_priority()
        self.started = time.monotonic()
        while not self.over.wait(TICK_S):
            self.move(int((time.monotonic() - self.started) * self.rate) - self.done)

    def stop(self):
        self.over.set()
        self.join()
        os.close(self.fd)

    def on_system_clock(self, samples, begin, seconds):
        """What passed here from that moment on."""
        first = (begin - self.started) * self.rate
        places = first + np.arange(int(seconds * audio.RATE)) * self.rate / audio.RATE
        return np.interp(places, np.arange(len(samples)), samples)


class Mouth(Crystal):
    def __init__(self, path, speed, speech):
        super().__init__(path, speed)
        self.speech = (speech * 32767).astype("<i2")
        self.lost = 0

    def move(self, frames):
        places = np.arange(self.done, self.done + frames) % len(self.speech)
        taken = 0
        with contextlib.suppress(BlockingIOError):
            taken = os.write(self.fd, self.speech[places].tobytes()) // 2
        self.lost += frames - taken
        self.done += frames

    def said(self, begin, seconds):
        frames = int((begin - self.started + seconds + 1) * self.rate)
        return self.on_system_clock(np.resize(self.speech, frames) / 32768, begin, seconds)


class Ear(Crystal):
    def __init__(self, path, speed):
        super().__init__(path, speed)
        self.pieces = []
        self.rest = b""
        self.missed = 0

    def move(self, frames):
        size = 2 * SPEAKER_CHANNELS
        with contextlib.suppress(BlockingIOError):
            self.rest += os.read(self.fd, frames * size - len(self.rest))
        whole = len(self.rest) // size * size
        self.take(np.frombuffer(self.rest[:whole], "<i2").reshape(-1, SPEAKER_CHANNELS)[:, 0])
        self.rest = self.rest[whole:]
        if frames - whole // size > GIVEN_UP_S * self.rate:
            self.missed += frames - whole // size
            self.take(np.zeros(frames - whole // size, "<i2"))

    def take(self, samples):
        self.pieces.append(samples)
        self.done += len(samples)

    def heard(self, begin, seconds):
        return self.on_system_clock(np.concatenate(self.pieces) / 32768, begin, seconds)


@contextlib.contextmanager
def sound_card(folder):
    """The card, with the paths of its two pipes: (card, microphone, speaker)."""
    microphone, speaker = folder / "microphone.pipe", folder / "speaker.pipe"
    modules = (
        f"module-pipe-source source_name=mouth file={microphone} format=s16le rate=48000 channels=1",
        f"module-pipe-sink sink_name=ear file={speaker} format=s16le rate=48000 channels={SPEAKER_CHANNELS}",
        "module-null-sink sink_name=quiet rate=48000 channels=2",
    )
    with SoundCard(folder, modules) as card:
        yield card, microphone, speaker


def measure(folder, seconds, percent, options):
    """Pieces of a window each: from SETTLE_S on, and at the end; and what the bench itself did wrong."""
    speech = audio.read(audio.make_speech(folder / "speech.wav"))
    with contenders.Stage(folder) as stage, sound_card(folder) as (card, microphone, speaker):
        seats = [Seat("Talker", card, "mouth", "quiet"), Seat("Listener", card, "quiet.monitor", "ear")]
        mouth, ear = Mouth(microphone, 1 + percent / 100, speech), Ear(speaker, 1 - percent / 100)
        mouth.start()
        ear.start()
        with contenders.Confab("Confab", *contenders.UNTOUCHED, *options).meet(stage, seats):
            card.hurry()  # its threads come with its streams
            begin = time.monotonic()
            lost, missed = mouth.lost, ear.missed
            time.sleep(seconds)
        lost, missed = mouth.lost - lost, ear.missed - missed
        mouth.stop()
        ear.stop()
    windows = [begin + SETTLE_S, begin + seconds - WINDOW_S]
    found = [compare(mouth.said(at, WINDOW_S), ear.heard(at, WINDOW_S), piece_s=1.0) for at in windows]
    return found, (lost + missed) / audio.RATE * 1000


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--percent", type=float, default=0.2, help="how wrong each of the two clocks is")
    parser.add_argument("options", nargs="*", help="of confab-cli join")
    options = parser.parse_args()
    if options.seconds < SETTLE_S + 2 * WINDOW_S:
        parser.error(f"at least {SETTLE_S + 2 * WINDOW_S} seconds")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # else what was started would stay
    with tempfile.TemporaryDirectory(prefix="cf", ignore_cleanup_errors=True) as folder:
        (first, last), spoiled_ms = measure(pathlib.Path(folder), options.seconds, options.percent, options.options)
    print(f"{[round(one.delay_ms, 1) for one in first]} … {[round(one.delay_ms, 1) for one in last]}", file=sys.stderr)
    head = f"clocks ±{options.percent} %, {options.seconds:.0f} s"
    print(f"| {head} | delay after 10 s, ms | at the end, ms | difference | STOI first, last | lost by the bench, ms |")
    print("|---|---|---|---|---|---|")
    print(
        f"| {' '.join(options.options) or 'as it is'} | {delay_ms(first):.1f} | {delay_ms(last):.1f} "
        f"| {delay_ms(last) - delay_ms(first):+.1f} | {quality(first):.3f}, {quality(last):.3f} | {spoiled_ms:.0f} |"
    )


if __name__ == "__main__":
    main()
