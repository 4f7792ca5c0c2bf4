# SPDX-License-Identifier: GPL-3.0-or-later
"""Sound both ways between confab-cli and python3-aiortc, whoever offers: on loopback, with loss, after a break, through a relay."""

import json
import os
import signal
import sys

import pytest

from confabtest import audio
from confabtest.cli import CliParticipant, create_call
from confabtest.daemon import Daemon
from confabtest.network import Namespace, Relay
from confabtest.paths import SOURCE
from confabtest.process import Process, wait_until

pytestmark = pytest.mark.sound

OURS_HZ, THEIRS_HZ = 700, 1100
ADDRESS = "10.99.0.1"
LOSS_PERCENT = 10
both = pytest.mark.parametrize("offers", [True, False], ids=["aiortc offers", "confab offers"])


@pytest.fixture
def network():
    with Namespace() as namespace:
        namespace.link("net0", f"{ADDRESS}/24")
        yield namespace


@pytest.fixture
def enter(network, home):
    """enter(offers, *options of confab-cli, **environment of confabd) -> the participant and the peer, both in one call."""
    started = []

    def join(link, offers, options):
        """A participant with an id that leaves enough of them on the other's side."""
        while True:
            participant = CliParticipant(link, "Cli", *options, prefix=network.prefix)
            started.append(participant)
            joined = participant.wait_event("joined")
            if ("8" < joined["self"]) if offers else (joined["self"] < "r"):
                return participant, joined
            participant.stop()

    def start(offers, *options, **env):
        limits = {"CONFAB_LIMITS_GUEST_PER_MINUTE": "100"}
        started.append(Daemon(home, env={**limits, **env}, prefix=network.prefix).start())
        link = create_call(started[0], prefix=network.prefix)
        tone = audio.make_tone(home / "tone.wav", OURS_HZ)
        sound = ["--play", tone, "--loop", "--record", home / "heard.wav"]
        participant, joined = join(link, offers, [*sound, *options])
        setup = dict(url=started[0].url, call=joined["call"], other=joined["self"], offers=offers)
        setup.update(frequency_hz=THEIRS_HZ, wanted_hz=OURS_HZ)
        module = [sys.executable, "-m", "confabtest.aiortc_peer", json.dumps(setup)]
        started.append(Process([*network.prefix, *module], env={**os.environ, "PYTHONPATH": str(SOURCE / "tests/integration")}))
        return participant, started[-1]

    yield start
    for one in reversed(started):
        one.stop()


def newest(participant):
    """What the newest statistics say of the other one."""
    peers = [event["peers"] for event in participant.events if event["event"] == "stats" and event["peers"]]
    return peers[-1][0] if peers else {}


def wait_heard(participant, peer, generation=1):
    """Each hears the other's tone, over a connection of at least that generation."""
    peer.wait_line(lambda line: line.startswith("heard ") and int(line.split()[1]) >= generation, "the tone")
    wait_until(lambda: newest(participant).get("level_dbov", -127) > -40, "their tone")


@both
def test_sound_both_ways(enter, home, offers):
    participant, peer = enter(offers)
    wait_heard(participant, peer)
    participant.stop()
    assert audio.tone_db(audio.read(home / "heard.wav")[-2 * audio.RATE :], THEIRS_HZ) > -45


@both
def test_with_loss(network, enter, offers):
    network.lose(LOSS_PERCENT)
    participant, peer = enter(offers)
    wait_heard(participant, peer)
    wait_until(lambda: newest(participant)["lost_ratio"] > 0.02, "packets that are lost")


@both
def test_rebuilt_after_a_break(enter, offers):
    participant, peer = enter(offers)
    wait_heard(participant, peer)
    peer.popen.send_signal(signal.SIGUSR1)
    wait_heard(participant, peer, generation=2)


@both
def test_through_a_relay_alone(network, enter, home, offers):
    with Relay(network, ADDRESS, home) as relay:
        env = {"CONFAB_TURN_URLS": f"turn:{ADDRESS}:{Relay.PORT}?transport=udp", "CONFAB_TURN_SECRET": Relay.SECRET}
        participant, peer = enter(offers, "--relay-only", **env)
        wait_heard(participant, peer)
        wait_until(lambda: newest(participant).get("route"), "the route")
        assert newest(participant)["route"] == "relay" and relay.n_places >= 1
