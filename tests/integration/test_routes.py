# SPDX-License-Identifier: GPL-3.0-or-later
"""Sound in networks of the test's own: IPv6 alone, and addresses that come and go in the middle of a call."""

import pytest

from confabtest import audio
from confabtest.cli import CliParticipant, create_call
from confabtest.daemon import Daemon
from confabtest.network import Namespace
from confabtest.process import wait_until


@pytest.fixture
def network():
    with Namespace() as namespace:
        yield namespace


def level_of(participant):
    """What the newest statistics say of the other one."""
    stats = [event for event in participant.events if event["event"] == "stats"]
    levels = [peer.get("level_dbov", -127) for event in stats[-1:] for peer in event["peers"]]
    return max(levels, default=-127)


def n_packets(participant):
    stats = [event for event in participant.events if event["event"] == "stats"]
    return max((peer.get("packets", 0) for event in stats[-1:] for peer in event["peers"]), default=0)


def enter(network, link, name, *options):
    return CliParticipant(link, name, *options, prefix=network.prefix)


def test_ipv6_alone(network, home):
    network.link("net0", "fd99::1/64")
    tone = audio.make_tone(home / "tone.wav", 700)
    with Daemon(home, prefix=network.prefix) as daemon:
        link = create_call(daemon, prefix=network.prefix)
        with enter(network, link, "Talker", "--play", tone, "--loop"), enter(network, link, "Listener") as listener:
            listener.wait_event("first-audio")
            wait_until(lambda: level_of(listener) > -40, "the tone")


def test_another_address(network, home):
    """Another address comes: a new connection beside the one that works. Then the first address goes."""
    network.link("net0", "10.99.0.1/24")
    tone = audio.make_tone(home / "tone.wav", 700)
    with Daemon(home, prefix=network.prefix) as daemon:
        link = create_call(daemon, prefix=network.prefix)
        with enter(network, link, "Talker", "--play", tone, "--loop"), enter(network, link, "Listener") as listener:
            listener.wait_event("first-audio")
            wait_until(lambda: level_of(listener) > -40 and n_packets(listener) > 200, "the tone")
            network.run("ip", "address", "add", "10.98.0.1/24", "dev", "net0")
            # A new connection counts its packets from the beginning.
            wait_until(lambda: n_packets(listener) < 150, "a new connection")
            network.run("ip", "address", "del", "10.99.0.1/24", "dev", "net0")
            wait_until(lambda: n_packets(listener) > 500, "sound that goes on")
            wait_until(lambda: level_of(listener) > -40, "the tone on the new connection")
