# SPDX-License-Identifier: GPL-3.0-or-later
"""Sound both ways between confab-cli and python3-aiortc, whoever offers."""

import asyncio

import numpy as np
import pytest

from confabtest import audio
from confabtest.aiortc_peer import RATE, AiortcPeer
from confabtest.cli import CliParticipant, create_call
from confabtest.paths import DEADLINE_S
from confabtest.signaling import Session, run

pytestmark = pytest.mark.sound

OURS_HZ, THEIRS_HZ = 700, 1100
MAX_ENTRIES = 40  # ids are drawn by lot: once in 2^40 runs the wanted order does not come


def hears_them(participant):
    stats = [event for event in participant.events if event["event"] == "stats"]
    return any(peer.get("level_dbov", -127) > -40 for event in stats[-1:] for peer in event["peers"])


def is_tone(samples):
    return len(samples) > 2 * RATE and audio.tone_db(np.array(samples[-RATE:], float) / 32768, OURS_HZ) > -40


async def enter_as(daemon, call, other, offers):
    """Enters until our id is on the wanted side of the other's."""
    for _ in range(MAX_ENTRIES):
        session = await Session.enter(daemon, call, name="Aiortc")
        if (session.id < other) == offers:
            return session
        await session.socket.close()
    raise AssertionError("No id on the wanted side")


@pytest.mark.parametrize("offers", [True, False])
def test_sound_both_ways(make_daemon, home, offers):
    daemon = make_daemon(env={"CONFAB_LIMITS_GUEST_PER_MINUTE": "100"})
    tone = audio.make_tone(home / "tone.wav", OURS_HZ)
    record = home / "heard.wav"
    link = create_call(daemon)
    with CliParticipant(link, "Cli", "--play", tone, "--loop", "--record", record) as participant:
        joined = participant.wait_event("joined")

        async def scenario():
            session = await enter_as(daemon, joined["call"], joined["self"], offers)
            peer = AiortcPeer(session, joined["self"], THEIRS_HZ)
            await asyncio.wait_for(peer.run(lambda: is_tone(peer.heard) and hears_them(participant)), DEADLINE_S)

        run(scenario())
    assert audio.tone_db(audio.read(record)[-2 * audio.RATE :], THEIRS_HZ) > -45
