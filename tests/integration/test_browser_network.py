# SPDX-License-Identifier: GPL-3.0-or-later
"""Sound between a browser and confab-cli on ways that lose, and through a relay alone, whoever offers."""

import pytest

from confabtest.cli import CliParticipant, create_call
from confabtest.daemon import Daemon
from confabtest.guestpage import GuestPage, join_in_role
from confabtest.network import Namespace, Relay
from confabtest.process import wait_until
from confabtest.webdriver import ChromeDriver

pytestmark = pytest.mark.sound

TONE_HZ = 1000
ADDRESS = "10.99.0.1"
LOSS_PERCENT = 10
both = pytest.mark.parametrize("offerer", ["page", "cli"])


@pytest.fixture
def network():
    with Namespace() as namespace:
        namespace.link("net0", f"{ADDRESS}/24")
        yield namespace


@pytest.fixture
def chrome(home, network):
    with ChromeDriver(home, prefix=network.prefix) as driver:
        yield driver


def newest(participant):
    """What the newest statistics say of the other one."""
    peers = [event["peers"] for event in participant.events if event["event"] == "stats" and event["peers"]]
    return peers[-1][0] if peers else {}


def meet(network, daemon, chrome, speech, tone, offerer, *options):
    """A page and a participant that hear each other."""
    link = create_call(daemon, prefix=network.prefix)
    page = GuestPage(chrome.open(microphone=speech), link, name="Ada")
    sound = ("--play", tone(TONE_HZ), "--loop")
    participant = join_in_role(page, offerer, lambda: CliParticipant(link, "Cli", *sound, *options, prefix=network.prefix))
    page.wait_tone(TONE_HZ)
    wait_until(lambda: newest(participant).get("level_dbov", -127) > -40, "the speech")
    return page, participant


@both
def test_with_loss(network, home, chrome, speech, tone, offerer):
    network.lose(LOSS_PERCENT)
    with Daemon(home, prefix=network.prefix) as daemon:
        page, participant = meet(network, daemon, chrome, speech, tone, offerer)
        wait_until(lambda: newest(participant).get("lost_ratio", 0) > 0.02, "packets that are lost")
        page.wait_tone(TONE_HZ)
        assert participant.stop() == 0, participant.report()


@both
def test_through_a_relay_alone(network, home, chrome, speech, tone, offerer):
    with Relay(network, ADDRESS, home) as relay:
        env = {"CONFAB_TURN_URLS": f"turn:{ADDRESS}:{Relay.PORT}?transport=udp", "CONFAB_TURN_SECRET": Relay.SECRET}
        with Daemon(home, env=env, prefix=network.prefix) as daemon:
            _, participant = meet(network, daemon, chrome, speech, tone, offerer, "--relay-only")
            wait_until(lambda: newest(participant).get("route"), "the route")
            assert newest(participant)["route"] == "relay" and relay.n_places >= 1
            assert participant.stop() == 0, participant.report()
