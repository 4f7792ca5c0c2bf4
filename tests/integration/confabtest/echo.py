# SPDX-License-Identifier: GPL-3.0-or-later
"""How much of what somebody says comes back to them."""

import numpy as np

from . import audio
from .cli import CliParticipant, create_call
from .process import wait_until
from .room import Room

LEARNING_S = 5
MEASURED_S = 6
WINDOW_S = 0.5
LOUD_DB = -40
PLAIN = ("--no-automatic-gain", "--no-high-pass")


def measure_echo(daemon, server, far, record, *options, delay_ms=0):
    """(dB of the echo that the others do not hear, in the median half second with one; events of the one in the room)"""
    link = create_call(daemon)
    microphone = getattr(server, "microphone", "microphone")
    devices = (f"--mic={microphone}", "--speaker=speaker")
    with Room(server, delay_ms=delay_ms) as room:
        with CliParticipant(link, "Near", *devices, *PLAIN, *options, env=server.env) as near:
            near.wait_event("joined")
            with CliParticipant(link, "Far", "--play", far, "--loop", "--record", record, *PLAIN) as listener:
                near.wait_event("first-audio")
                wait_until(lambda: audio.level_db(room.heard[-audio.RATE // 2 :]) > -45, "the far voice in the room")
                end = len(room.heard) + (LEARNING_S + MEASURED_S) * audio.RATE
                wait_until(lambda: len(room.heard) >= end, "the end", deadline_s=60)
                listener.stop()
            near.stop()
    heard, sent = room.heard[:end], audio.read(record)
    size, count = int(WINDOW_S * audio.RATE), int(MEASURED_S / WINDOW_S)
    levels = [[audio.level_db(part) for part in np.split(samples[-size * count :], count)] for samples in (heard, sent)]
    return float(np.median([before - after for before, after in zip(*levels) if before > LOUD_DB])), near.events
