# SPDX-License-Identifier: GPL-3.0-or-later
"""How well people hear each other: measured by both ends, kept by the daemon, read by the members of the call."""

import time

import pytest

from confabtest.cli import CliParticipant, create_call
from confabtest.guestpage import GuestPage
from confabtest.paths import DEADLINE_S
from confabtest.webdriver import ChromeDriver

pytestmark = pytest.mark.sound

REPORT_S = 10


@pytest.fixture
def chrome(home):
    with ChromeDriver(home) as driver:
        yield driver


def read_quality(daemon, token, call_id, query=""):
    reply = daemon.request("GET", f"/api/v1/calls/{call_id}/quality{query}", token=token)
    assert reply.status == 200, reply.body
    return reply.json


def wait_samples(daemon, token, call_id, participants):
    """The newest sample of each of these participants."""
    deadline = time.monotonic() + 3 * REPORT_S + DEADLINE_S
    while True:
        items = read_quality(daemon, token, call_id, "?limit=100")["items"]
        found = {item["participant"]: item for item in reversed(items)}
        if set(participants) <= set(found):
            return found
        assert time.monotonic() < deadline, f"Only {found}"
        time.sleep(0.5)


def wait_figures(person):
    """What a person tells of the one other once the way is known, which is asked for once a second."""
    deadline = time.monotonic() + DEADLINE_S
    while True:
        (peer,) = person.wait_event("stats")["peers"]
        if "route" in peer:
            return peer
        assert time.monotonic() < deadline, f"Only {peer}"


def make_call(daemon):
    token = daemon.sign_in()
    made = daemon.create_call(token)
    return token, made["call"]["id"], made["link"]


def test_figures_are_plausible_and_kept(daemon, tone):
    token, call_id, link = make_call(daemon)
    with CliParticipant(link, "Bob", "--play", tone(500), "--loop") as bob, CliParticipant(link, "Ada") as ada:
        bob_id, ada_id = bob.wait_event("joined")["self"], ada.wait_event("joined")["self"]
        ada.wait_event("first-audio")
        samples = wait_samples(daemon, token, call_id, [ada_id, bob_id])
        (peer,) = ada.wait_event("stats")["peers"]
        for _ in range(3):
            (peer,) = ada.wait_event("stats")["peers"]
        assert peer["codec"] == "opus" and peer["route"] == "direct"
        assert 0 < peer["received_kbps"] < 100 and 0 < peer["sent_kbps"] < 100
        assert 1 <= peer["mos"] <= 4.5
        assert -25 < peer["level_dbov"] < -10, "the level in the headers is that of the tone"
        delay = peer["delay"]
        assert delay["capture_ms"] == 0 and delay["output_ms"] == 0, "there is no sound card at either end"
        assert delay["encoder_ms"] >= 10 and delay["network_ms"] < 1000 and delay["jitter_buffer_ms"] >= 0
        assert peer["mouth_to_ear_ms"] == pytest.approx(sum(delay.values()), abs=0.5)
        assert ada.stop() == 0 and bob.stop() == 0
    heard_by_ada = samples[ada_id]
    assert heard_by_ada["peer"] == bob_id and samples[bob_id]["peer"] == ada_id
    assert -25 < heard_by_ada["level_dbov"] < -10 and samples[bob_id]["level_dbov"] < -60
    assert 0 <= heard_by_ada["rtt_ms"] < 1000 and heard_by_ada["bitrate_kbps"] > 5
    check_pages(daemon, token, call_id)
    assert daemon.request("GET", f"/api/v1/calls/{call_id}/quality", token=daemon.sign_in("Stranger")).status == 404
    for query in ("limit=0", "limit=101", "limit=x", "cursor=x", "cursor=1.2.3"):
        assert daemon.request("GET", f"/api/v1/calls/{call_id}/quality?{query}", token=token).status == 400, query


def check_pages(daemon, token, call_id):
    """One by one they are the same as all at once, the newest first."""
    everything = read_quality(daemon, token, call_id, "?limit=100")["items"]
    assert [item["at"] for item in everything] == sorted((item["at"] for item in everything), reverse=True)
    single, query = [], "?limit=1"
    while True:
        page = read_quality(daemon, token, call_id, query)
        single += page["items"]
        if "next_cursor" not in page:
            break
        query = f"?limit=1&cursor={page['next_cursor']}"
    assert single == everything


def test_browser_tells_its_own(chrome, daemon, speech):
    token, call_id, link = make_call(daemon)
    page = GuestPage(chrome.open(microphone=speech), link, name="Ada").join()
    with CliParticipant(link, "Bob", "--play", speech, "--loop") as bob:
        bob_id = bob.wait_event("joined")["self"]
        bob.wait_event("first-audio")
        samples = wait_samples(daemon, token, call_id, [page.self_id, bob_id])
        peer = wait_figures(bob)
        assert peer["route"] == "direct" and -127 < peer["level_dbov"] <= 0
        assert peer["delay"]["encoder_ms"] == 26.5, "20 ms and the look-ahead of SILK"
        tile = page.browser.run(
            "return [...document.querySelectorAll('.quality:not([hidden])')].map((one) => one.textContent).join()"
        )
        assert "connection" in tile and "kbit/s" in tile
        assert bob.stop() == 0
    assert samples[page.self_id]["peer"] == bob_id and samples[page.self_id]["bitrate_kbps"] > 1
    assert 1 <= samples[page.self_id]["mos"] <= 4.5
