# SPDX-License-Identifier: GPL-3.0-or-later
"""Nobody hears themselves: a real sound server, a room of 40 ms in it, a call."""

import pytest
from confabtest import audio
from confabtest.cli import CliParticipant, create_call
from confabtest.pipewire import PipeWireServer
from confabtest.process import wait_until
from confabtest.room import Room
from confabtest.sessions import PulseServer
from confabtest.stalls import again_when_stalled

LEARNING_S = 5
MEASURED_S = 4
PLAIN = ("--no-automatic-gain", "--no-high-pass")


def measure_echo(daemon, server, far, record, *options, delay_ms=0):
    """(dB of the echo that the others do not hear, events of the one in the room)"""
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
    count = MEASURED_S * audio.RATE
    return audio.level_db(heard[-count:]) - audio.level_db(sent[-count:]), near.events


@pytest.mark.parametrize("make_server", [PulseServer, PipeWireServer])
@again_when_stalled()
def test_echo_is_cancelled(daemon, home, speech, make_server):
    with make_server(home) as server:
        erle_db, events = measure_echo(daemon, server, speech, home / "records/far.wav")
    assert not [event for event in events if event["event"] == "echo"]
    assert erle_db > 25


@again_when_stalled()
def test_echo_stays_when_nobody_takes_it_out(daemon, home, speech):
    with PulseServer(home) as server:
        erle_db, _ = measure_echo(daemon, server, speech, home / "records/far.wav", "--no-echo-cancellation", "--no-noise-suppression")
    assert abs(erle_db) < 4
