# SPDX-License-Identifier: GPL-3.0-or-later
"""The words that two people compare: the same on both ends, and others when somebody is in between."""

import shutil
import subprocess

import pytest

from confabtest.cli import CliParticipant, create_call
from confabtest.guestpage import GuestPage
from confabtest.paths import DEADLINE_S, SCREENSHOTS, SOURCE
from confabtest.webdriver import ChromeDriver

pytestmark = pytest.mark.sound

#: Each try gives the wanted order of the two random ids with probability 1/2.
ROLE_TRIES = 20
TONE_HZ = 1000


@pytest.fixture
def chrome(home):
    with ChromeDriver(home) as driver:
        yield driver


def test_javascript_passes_the_vectors_of_c(tmp_path):
    module = tmp_path / "safety-code.mjs"
    shutil.copy(SOURCE / "data/guest/safety-code.js", module)
    script = SOURCE / "tests/integration/node/safety-code.mjs"
    vectors = SOURCE / "tests/client/audio/safety-code-vectors.tsv"
    command = ["node", script, module, SOURCE / "data/guest/safety-code.txt", vectors]
    done = subprocess.run(command, capture_output=True, text=True, timeout=DEADLINE_S)
    assert done.returncode == 0, done.stderr


def words_of(page, name):
    """What stands in the tile of that participant, as the words alone."""
    script = """const tile = document.querySelector(`[data-participant="${arguments[0]}"] .safety`);
        return tile.hidden ? null : tile.dataset.code"""
    participant = page.wait_person(name)
    return page.browser.wait(lambda: page.browser.run(script, participant), f"the code with {name}")


@pytest.mark.parametrize("offerer", ["page", "cli"])
def test_page_and_cli_show_the_same(daemon, chrome, speech, tone, offerer):
    """Also after a connection was rebuilt: the page has one certificate, and tells nothing new."""
    link = create_call(daemon, title="Tea at five")
    page = GuestPage(chrome.open(microphone=speech), link, name="Ada")
    for _ in range(ROLE_TRIES):
        page.join()
        cli = CliParticipant(link, "Bob", "--play", tone(TONE_HZ), "--loop")
        if (page.self_id < page.wait_person("Bob")) == (offerer == "page"):
            break
        cli.stop()
    with cli:
        event = cli.wait_event("safety-code", display_name="Ada")
        assert not event["has_changed"] and len(event["code"].split()) == 4
        assert words_of(page, "Bob") == event["code"]
        page.browser.run("document.querySelectorAll('.safety').forEach((one) => (one.open = true))")
        page.browser.screenshot(SCREENSHOTS / f"guest-safety-code-{offerer}-offers.png")

        before = page.connection_count()
        page.break_connections()
        page.wait_new_connection(before)
        page.wait_condition("Bob", "Speaking")
        page.wait_tone(TONE_HZ)
        assert words_of(page, "Bob") == event["code"]
        assert [one for one in cli.events if one["event"] == "safety-code"] == [event]


def test_somebody_in_between(daemon, tone):
    """What a server could do: each of the two talks to somebody who bears the other one's name, and hears them."""
    codes = {}
    sides = [create_call(daemon), create_call(daemon)]
    for link, honest, posing_as in ((sides[0], "Ada", "Bob"), (sides[1], "Bob", "Ada")):
        with CliParticipant(link, posing_as, "--play", tone(TONE_HZ), "--loop") as attacker:
            attacker.wait_event("joined")
            with CliParticipant(link, honest, "--play", tone(TONE_HZ), "--loop") as person:
                codes[honest] = person.wait_event("safety-code", display_name=posing_as)["code"]
                person.wait_event("first-audio")
                assert attacker.wait_event("safety-code")["code"] == codes[honest]
    assert codes["Ada"] != codes["Bob"]
