# SPDX-License-Identifier: GPL-3.0-or-later
"""Sound cards that exist on no machine: PulseAudio with null sinks, wired so that both ends of a call are on one clock."""

import contextlib
import dataclasses
import os
import pathlib
import subprocess
import tempfile

import numpy as np
from confabtest import audio
from confabtest.cli import take_priority
from confabtest.sessions import PulseServer

from . import cpu

CHANNELS = 4
PRIORITY = 20
FRONT, REAR = "front-left,front-right", "rear-left,rear-right"

#: The first pair of the bus is what the talker's microphone gets, the second what the listener's speaker plays: its
#: monitor has both on one clock.
BUS = (
    f"module-null-sink sink_name=bus rate=48000 channels={CHANNELS} channel_map={FRONT},{REAR}",
    "module-null-sink sink_name=aside rate=48000 channels=2",
    "module-null-sink sink_name=quiet rate=48000 channels=2",
    f"module-remap-sink sink_name=feed master=bus channels=2 channel_map={FRONT} master_channel_map={FRONT} remix=no",
    f"module-remap-sink sink_name=ear master=bus channels=2 channel_map={FRONT} master_channel_map={REAR} remix=no",
    f"module-remap-source source_name=mouth master=bus.monitor channels=2 channel_map={FRONT} master_channel_map={FRONT} remix=no",
)

#: A card with nothing between a person and its null sinks: what is played to “feed” is said.
PLAIN = (
    "module-null-sink sink_name=feed rate=48000 channels=2",
    "module-null-sink sink_name=speaker rate=48000 channels=2",
    "module-null-sink sink_name=quiet rate=48000 channels=2",
)


@dataclasses.dataclass(frozen=True)
class Seat:
    """One person of a call with the devices that they use."""

    name: str
    card: "SoundCard"
    microphone: str
    speaker: str
    prefix: tuple[str, ...] = ()  # in front of its programs: the namespace in which they run


class SoundCard(PulseServer):
    """A private PulseAudio in a folder of its own below home."""

    def __init__(self, home, modules):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="pa", dir=home))
        (folder / "run").mkdir(mode=0o700)
        super().__init__(folder, modules)

    @property
    def pid(self):
        return self.process.pid

    def hurry(self):
        """Gives all of its threads real-time priority: by itself it does so with those of the devices alone."""
        cpu.hurry([self.pid], PRIORITY)

    @contextlib.contextmanager
    def speaking(self, path, sink="feed", latency_ms=20):
        """Plays the file over and over meanwhile. With little latency a null sink hands on crumbs, as no card does."""
        looped = subprocess.Popen(
            ["sh", "-c", 'while paplay -d "$1" --latency-msec="$2" "$0"; do :; done', str(path), sink, str(latency_ms)],
            env={**os.environ, **self.env},
            preexec_fn=take_priority,
            start_new_session=True,
        )
        try:
            yield
        finally:
            os.killpg(looped.pid, 15)
            looped.wait(10)

    def record_bus(self, seconds):
        """Both pairs of the bus: (samples, 4), -1..1."""
        options = ["--format=s16le", "--rate=48000", f"--channels={CHANNELS}", f"--channel-map={FRONT},{REAR}"]
        recorder = subprocess.Popen(
            ["parec", "-d", "bus.monitor", *options, "--latency-msec=20", "--raw"],
            stdout=subprocess.PIPE,
            env={**os.environ, **self.env},
            preexec_fn=take_priority,
        )
        try:
            data = recorder.stdout.read(int(seconds * audio.RATE) * CHANNELS * 2)
        finally:
            recorder.terminate()
            recorder.wait(10)
        return np.frombuffer(data[: len(data) // (2 * CHANNELS) * 2 * CHANNELS], "<i2").reshape(-1, CHANNELS) / 32768
