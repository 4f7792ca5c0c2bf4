# SPDX-License-Identifier: GPL-3.0-or-later
"""A room between a speaker and a microphone that exist only in a sound server: what is played is heard again, with reflections."""

import fcntl
import os
import subprocess
import threading

import numpy as np

from . import audio
from .cli import take_priority

CHUNK = audio.RATE // 100
OPENING_CHUNKS = 50  # until both ends run; what was played meanwhile would stay queued, and be a delay, for ever
PIPE_BYTES = 4096  # the least that there is: 43 ms
FORMAT = ("--raw", "--rate=48000", "--channels=1", "--format=s16le")


def impulse_response(room_ms=40, loss_db=6, seed=7):
    """The direct sound and reflections that fade by 60 dB within room_ms; so much softer altogether."""
    count = audio.RATE * room_ms // 1000
    reflections = np.random.default_rng(seed).standard_normal(count) * np.exp(-6.9 * np.arange(count) / count) * 0.08
    reflections[0] = 1
    return reflections / np.linalg.norm(reflections) * 10 ** (-loss_db / 20)


def small_pipe():
    ends = os.pipe()
    fcntl.fcntl(ends[1], fcntl.F_SETPIPE_SZ, PIPE_BYTES)
    return ends


class Room:
    """Carries sound from the monitor of one sink to another sink while it is entered; delay_ms comes on top of what the server takes.

    near is what a person in the room says (-1..1, from say() on). After the end heard has all that the microphone got.
    """

    def __init__(self, server, played="speaker.monitor", microphone="feed", delay_ms=0, noise_dbfs=-75, **room):
        self.env = {**os.environ, **server.env}
        self.played, self.microphone = played, microphone
        self.response = impulse_response(**room)
        self.delayed = np.zeros(delay_ms * audio.RATE // 1000)
        self.noise = 10 ** (noise_dbfs / 20)
        self.near = np.zeros(0)
        self.chunks = []
        self._lock = threading.Lock()

    def __enter__(self):
        options = [*FORMAT, "--latency-msec=40"]
        played, parec_end = small_pipe()
        pacat_end, heard = small_pipe()
        self._recorder = self._start(["parec", *options, "-d", self.played], stdout=parec_end)
        self._player = self._start(["pacat", *options, "-d", self.microphone], stdin=pacat_end)
        os.close(parec_end)
        os.close(pacat_end)
        self._source, self._sink = open(played, "rb"), open(heard, "wb", buffering=0)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._recorder.terminate()
        self._thread.join(10)
        self._player.terminate()
        for one in (self._recorder, self._player):
            one.wait(10)
        self._source.close()
        self._sink.close()

    def _start(self, arguments, **ends):
        return subprocess.Popen(arguments, env=self.env, preexec_fn=take_priority, **ends)

    def say(self, samples):
        """Somebody in the room begins to speak. Returns: the sample of heard at which."""
        with self._lock:
            self.near = samples
            return sum(map(len, self.chunks))

    @property
    def heard(self):
        with self._lock:
            return np.concatenate([*self.chunks, np.zeros(0)])

    def _reflect(self, chunk, past):
        line = np.concatenate([past, chunk])
        reflected = np.convolve(line, self.response, "valid")[-len(chunk) :]
        return reflected, line[-len(self.response) :]

    def _run(self):
        take_priority()
        past = np.zeros(len(self.response))
        random = np.random.default_rng(1)
        self._source.read(OPENING_CHUNKS * CHUNK * 2)
        while data := self._source.read(CHUNK * 2):
            if len(data) < CHUNK * 2:
                return
            echo, past = self._reflect(np.frombuffer(data, "<i2") / 32768, past)
            self.delayed = np.concatenate([self.delayed, echo])
            echo, self.delayed = self.delayed[:CHUNK], self.delayed[CHUNK:]
            with self._lock:
                said, self.near = self.near[:CHUNK], self.near[CHUNK:]
                chunk = echo + np.pad(said, (0, CHUNK - len(said))) + random.standard_normal(CHUNK) * self.noise
                self.chunks.append(chunk)
            try:
                self._sink.write((np.clip(chunk, -1, 1) * 32767).astype("<i2").tobytes())
            except BrokenPipeError:
                return
