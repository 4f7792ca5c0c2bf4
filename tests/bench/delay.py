# SPDX-License-Identifier: GPL-3.0-or-later
"""Mouth to ear over loopback: two confab-cli against two Chromium on the guest page, in turn on the same sound server.

    /usr/bin/python3 tests/bench/delay.py [--runs 8] [--seconds 20]

The sound card is one null sink of four channels: the first pair is what the talker's microphone gets, the second what the
listener's speaker plays; its monitor therefore has both on one clock. Prints a Markdown table; needs what ./check installs.
"""

import argparse
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np
from scipy.signal import butter, fftconvolve, sosfilt

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "integration"))

from confabtest import audio, cli  # noqa: E402
from confabtest.daemon import Daemon  # noqa: E402
from confabtest.guestpage import GuestPage  # noqa: E402
from confabtest.sessions import PulseServer  # noqa: E402
from confabtest.webdriver import ChromeDriver  # noqa: E402

RATE = audio.RATE
SETTLE_S = 4
FRONT, REAR = "front-left,front-right", "rear-left,rear-right"
SOUND_CARD = (
    f"module-null-sink sink_name=bus rate=48000 channels=4 channel_map={FRONT},{REAR}",
    "module-null-sink sink_name=aside rate=48000 channels=2",
    "module-null-sink sink_name=quiet rate=48000 channels=2",
    f"module-remap-sink sink_name=feed master=bus channels=2 channel_map={FRONT} master_channel_map={FRONT} remix=no",
    f"module-remap-sink sink_name=ear master=bus channels=2 channel_map={FRONT} master_channel_map={REAR} remix=no",
    f"module-remap-source source_name=mouth master=bus.monitor channels=2 channel_map={FRONT} master_channel_map={FRONT} remix=no",
)


def delays_ms(samples):
    """Of each half second the lag at which what the ear got is most like what the mouth said; unlike pieces are left out."""
    band = butter(4, [300, 3400], "band", fs=RATE, output="sos")
    mouth, ear = sosfilt(band, samples[:, 0]), sosfilt(band, samples[:, 2])
    window, reach = RATE, int(0.6 * RATE)
    found = []
    for start in range(0, len(mouth) - window - reach, RATE // 2):
        said, heard = mouth[start : start + window], ear[start : start + window + reach]
        if np.std(said) < 100 or np.std(heard) < 50:
            continue
        energy = np.sqrt(np.maximum(fftconvolve(np.square(heard), np.ones(window), "valid"), 1))
        likeness = fftconvolve(heard, said[::-1], "valid") / (energy * np.linalg.norm(said))
        if likeness.max() > 0.3:
            found.append(float(likeness.argmax()) / RATE * 1000)
    return found


def record(pulse, seconds):
    options = ["--format=s16le", "--rate=48000", "--channels=4", f"--channel-map={FRONT},{REAR}", "--latency-msec=20", "--raw"]
    recorder = subprocess.Popen(
        ["parec", "-d", "bus.monitor", *options], stdout=subprocess.PIPE, env={**os.environ, **pulse.env}
    )
    try:
        data = recorder.stdout.read(seconds * RATE * 4 * 2)
    finally:
        recorder.terminate()
        recorder.wait(10)
    return np.frombuffer(data, "<i2").reshape(-1, 4).astype(float)


def fresh(home):
    """A folder for one browser and its profile."""
    return pathlib.Path(tempfile.mkdtemp(dir=home))


def confab(home, daemon, pulse, seconds):
    link = cli.create_call(daemon)
    talk = ["--mic=mouth", "--speaker=aside"]
    listen = ["--mic=quiet.monitor", "--speaker=ear"]
    with cli.CliParticipant(link, "Talker", *talk, env=pulse.env):
        with cli.CliParticipant(link, "Listener", *listen, env=pulse.env) as listener:
            listener.wait_event("first-audio")
            time.sleep(SETTLE_S)
            return record(pulse, seconds)


def chromium(home, daemon, pulse, seconds):
    link = cli.create_call(daemon)
    talk = {**pulse.env, "PULSE_SOURCE": "mouth", "PULSE_SINK": "aside"}
    listen = {**pulse.env, "PULSE_SOURCE": "quiet.monitor", "PULSE_SINK": "ear"}
    with ChromeDriver(fresh(home), env=talk) as one, ChromeDriver(fresh(home), env=listen) as other:
        talker = GuestPage(one.open(fake_device=False), link, name="Talker").join()
        GuestPage(other.open(fake_device=False), link, name="Listener").join()
        talker.wait_person("Listener")
        time.sleep(SETTLE_S)
        return record(pulse, seconds)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=8)
    parser.add_argument("--seconds", type=int, default=20)
    options = parser.parse_args()
    peers = {"confab-cli": confab, "Chromium": chromium}
    found = {name: [] for name in peers}
    with tempfile.TemporaryDirectory(prefix="cf") as folder:
        home = pathlib.Path(folder)
        (home / "run").mkdir(mode=0o700)
        speech = audio.make_speech(home / "speech.wav")
        with Daemon(home, database=home / "confab.db") as daemon, PulseServer(home, SOUND_CARD) as pulse:
            for _ in range(options.runs):
                for name, peer in peers.items():
                    looped = subprocess.Popen(
                        ["sh", "-c", 'while paplay -d feed --latency-msec=20 "$0"; do :; done', str(speech)],
                        env={**os.environ, **pulse.env},
                        start_new_session=True,
                    )
                    try:
                        delays = delays_ms(peer(home, daemon, pulse, options.seconds))
                    finally:
                        os.killpg(looped.pid, 15)
                        looped.wait(10)
                    found[name].append(statistics.median(delays) if delays else float("nan"))
                    print(f"{name}: {found[name][-1]:.1f} ms from {len(delays)} pieces", file=sys.stderr, flush=True)
    print("| mouth to ear | median of the runs, ms | min–max | ratio to Chromium |\n|---|---|---|---|")
    reference = statistics.median(found["Chromium"])
    for name, values in found.items():
        middle = statistics.median(values)
        print(f"| {name} | {middle:.1f} | {min(values):.1f}–{max(values):.1f} | {middle / reference:.2f} |")


if __name__ == "__main__":
    main()
