# SPDX-License-Identifier: GPL-3.0-or-later
"""Sound through a relay and through nothing else: coturn of the distribution in a network of the test's own."""

import pytest

from confabtest import audio
from confabtest.cli import CliParticipant, create_call
from confabtest.daemon import Daemon
from confabtest.network import Namespace, Relay
from confabtest.process import wait_until

pytestmark = pytest.mark.sound

TONE_HZ = 700
ADDRESS = "10.99.0.1"


@pytest.fixture
def network():
    with Namespace() as namespace:
        namespace.link("net0", f"{ADDRESS}/24")
        yield namespace


@pytest.fixture
def relay(network, home):
    with Relay(network, ADDRESS, home) as running:
        yield running


def serve(network, home, url, secret=Relay.SECRET):
    env = {"CONFAB_TURN_URLS": url, "CONFAB_TURN_SECRET": secret}
    return Daemon(home, env=env, prefix=network.prefix)


def talk(network, home, link):
    tone = audio.make_tone(home / "tone.wav", TONE_HZ)
    options = ("--relay-only", "--play", tone, "--loop")
    return CliParticipant(link, "Talker", *options, prefix=network.prefix)


def listen(network, home, link):
    return CliParticipant(link, "Listener", "--relay-only", "--record", home / "heard.wav", prefix=network.prefix)


def loud(event):
    return any(peer.get("level_dbov", -127) > -40 for peer in event["peers"])


@pytest.mark.parametrize("url", ["turn:{0}:3478?transport=udp", "turn:{0}:3478?transport=tcp", "turns:{0}:5349"])
def test_sound_through_a_relay(network, relay, home, url):
    relay.trust()
    with serve(network, home, url.format(relay.NAME)) as daemon:
        link = create_call(daemon, prefix=network.prefix)
        with talk(network, home, link) as talker, listen(network, home, link) as listener:
            listener.wait_event("first-audio")
            wait_until(lambda: any(loud(event) for event in listener.events if event["event"] == "stats"), "the tone")
            problems = [event for event in talker.events + listener.events if event["event"] == "relay-problem"]
    samples = audio.read(home / "heard.wav")
    assert audio.tone_db(samples[-audio.RATE :], TONE_HZ) > -40
    assert problems == [] and relay.n_places >= 2


@pytest.mark.parametrize(
    "url, secret, words",
    [
        ("turn:{0}:3478?transport=udp", "another-secret", "password is wrong (401)"),
        ("turns:{0}:5349", Relay.SECRET, "certificate is not valid"),
        ("turn:{0}:9?transport=tcp", Relay.SECRET, "cannot be used"),
    ],
)
def test_why_a_relay_does_not_help(network, relay, home, url, secret, words):
    with serve(network, home, url.format(relay.NAME), secret) as daemon:
        link = create_call(daemon, prefix=network.prefix)
        with talk(network, home, link) as talker, listen(network, home, link) as listener:
            problem = listener.wait_event("relay-problem")
            assert problem["code"] == "relay-refused" and words in problem["detail"]
            heard = [event for event in talker.events + listener.events if event["event"] == "first-audio"]
    assert heard == [] and relay.n_places == 0
