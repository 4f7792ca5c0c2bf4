# SPDX-License-Identifier: GPL-3.0-or-later
"""The app with real parts around it: daemon, sound server, display, session bus, a second participant."""

import os
import re
import signal
import sqlite3
import subprocess

import numpy as np
import pytest

from confabtest import audio
from confabtest.app import App, assert_all_named, assert_quiet, write_settings
from confabtest.cli import CliParticipant
from confabtest.process import wait_until

pytestmark = pytest.mark.sound

TONE_HZ = 440

@pytest.fixture
def open_app(display, session_bus, pulse):
    """open_app("--server", url): a running app, ended with the test."""
    opened = []

    def make(*arguments, with_sound=True):
        sound = pulse.env if with_sound else {**pulse.env, "PULSE_SERVER": "unix:/nowhere"}
        opened.append(App(display, session_bus, *arguments, pulse_env=sound))
        return opened[-1]

    return make


def read_link(app):
    """By the keyboard: open the invitation, read the link, close it."""
    app.press("ctrl+i")
    link = app.wait("label", lambda name: "/j/" in name)["name"]
    app.screenshot("app-invite")
    app.press("Escape")
    app.wait_gone("label", lambda name: "/j/" in name)
    return link


def wait_level(participant, condition):
    """The next statistics in which the level of the only peer fulfils the condition, dBov."""

    def matches(event):
        return len(event["peers"]) == 1 and condition(event["peers"][0]["level_dbov"])

    wait_until(lambda: matches(participant.wait_event("stats")), "that level")


def test_call_by_the_bus(open_app, pulse, session_bus, home, speech, tone):
    heard = home / "records/heard-by-ada.wav"
    played = home / "records/played-by-app.wav"

    write_settings(home, noise_suppression="false")  # a steady tone is noise
    with open_app() as app:
        app.wait("push button", "Start a Call")
        app.wait("label", lambda name: name.startswith("No call is open"))
        assert_all_named(app)
        app.screenshot("app-home")
        app.press("alt+n", "ctrl+a")
        app.type("Grace Hopper")
        app.wait("text", "Name, as others see it", text="Grace Hopper")
        app.click("push button", "Start a Call")
        app.wait("list item", "Grace Hopper, You, host")
        link = read_link(app)

        pulse.pactl("load-module", "module-null-sink", "sink_name=far", "rate=48000")
        speaker, far_speaker = pulse.record(played), pulse.record(heard, "far.monitor")
        microphone = pulse.play(tone(TONE_HZ, 60))
        with CliParticipant(link, "Ada", "--play", speech, "--loop", "--speaker=far", env=pulse.env) as ada:
            ada.wait_event("joined")
            app.wait("list item", lambda name: name.startswith("Ada"))
            app.wait("list item", "Ada, Speaking")
            app.screenshot("app-call")
            assert_all_named(app)
            wait_level(ada, lambda level: level > -40)

            app.press("m")
            ada.wait_event("participant-updated", participant={**last_participant(ada), "muted": True})
            app.wait("push button", "Mute Microphone", pressed=True)
            wait_level(ada, lambda level: level < -60)
            app.press("m")
            ada.wait_event("participant-updated", participant={**last_participant(ada), "muted": False})
            wait_level(ada, lambda level: level > -40)

            choose(app, "Save Diagrams of the Sound")
            wait_until(lambda: list(home.glob("state/confab/diagrams/*/peer-*.dot")), "the diagrams")

            app.press("ctrl+w")
            ada.wait_event("participant-left")
            app.wait("push button", "Start a Call")
            app.wait("list item", lambda name: "In progress since" in name or name == link.rsplit("/", 1)[1])
            app.screenshot("app-home-with-call")
        assert ada.wait() == 0
        for one in (speaker, far_speaker, microphone):
            one.stop()

        app.press("ctrl+q")
        assert app.process.wait() == 0
        assert_quiet(app)

    assert audio.likeness(audio.read(played), audio.read(speech)) > 0.3  # unlike speech gives 0.1
    assert_tone_came_and_went(audio.read(heard))


def choose(app, entry):
    """An entry of the main menu."""
    app.press("F10")
    app.click("menu item", entry)


def last_participant(participant):
    """The app, as the other side saw it last."""
    joined = next(event for event in participant.events if event["event"] == "joined")
    return next(other for other in joined["participants"] if other["id"] != joined["self"])


def assert_tone_came_and_went(samples):
    """A second of the microphone's tone, then a second without, then one with."""
    seconds = [audio.tone_db(part, TONE_HZ) for part in np.array_split(samples, max(1, len(samples) // audio.RATE))]
    loud = [level > -35 for level in seconds]
    assert any(loud), seconds
    assert not all(loud[loud.index(True) : len(loud) - loud[::-1].index(True)]), seconds
    assert min(seconds[loud.index(True) :]) < -60, seconds


def test_join_by_typing(open_app, daemon):
    host = daemon.sign_in("Grace")
    call = daemon.create_call(host, title="Stand-up")

    with open_app("--server", daemon.url) as app:
        app.click("push button", "Continue as Guest")
        app.wait("push button", "Start a Call")
        app.press("ctrl+l")
        app.type("not a link at all")
        app.press("Return")
        app.wait("alert", "That is not a link or code of a call.")
        app.screenshot("app-bad-link")

        app.press("ctrl+j", "ctrl+a")
        app.type("zzzz-zzzz-zzzz")
        app.press("Return")
        app.wait("alert", "There is no call with this link or code.")

        app.press("ctrl+j", "ctrl+a")
        app.type(f"  Come in: {call['link']}. ")
        app.press("Return")
        app.wait("label", "Stand-up")
        app.wait("list item", lambda name: name.endswith(", You"))
        change = {"recording_policy": "everyone"}
        assert daemon.request("PATCH", f"/api/v1/calls/{call['call']['id']}", change, host).status == 200
        app.wait("label", "Everyone may record this call.")
        app.press("ctrl+q")
        assert app.process.wait() == 0
        assert_quiet(app)


def test_link_of_another_server(open_app, daemon, speech):
    """confab LINK joins as a guest wherever the link leads; the window's end is a polite end."""
    link = daemon.create_call(daemon.sign_in("Grace"))["link"]

    with CliParticipant(link, "Ada", "--play", speech, "--loop") as ada, open_app(link) as app:
        app.wait("list item", "Ada, Speaking")
        app.click("push button", "Close")
        assert app.process.wait() == 0
        ada.wait_event("participant-left")
        assert_quiet(app)

    with sqlite3.connect(daemon.database) as database:
        reasons = database.execute("SELECT leave_reason FROM participants WHERE display_name != 'Ada'").fetchall()
    assert reasons == [("left",)]


def test_ended_by_host(open_app, daemon):
    host = daemon.sign_in("Grace")
    call = daemon.create_call(host)

    with open_app(call["link"]) as app:
        app.wait("list item", lambda name: name.endswith(", You"))
        assert daemon.request("POST", f"/api/v1/calls/{call['call']['id']}/end", {}, host).status == 200
        app.wait("label", "The Call Is Over")
        app.wait("label", "The host ended the call for everyone.")
        app.screenshot("app-over")
        assert_all_named(app)
        app.click("push button", "Back to Start")
        app.wait("push button", "Start a Call")

        app.press("ctrl+l")
        app.type(f"{call['link']}")
        app.press("Return")
        app.wait("alert", "This call is over.")
        assert_quiet(app)


def test_server_comes_back(open_app, daemon):
    link = daemon.create_call(daemon.sign_in("Grace"))["link"]

    with open_app("--server", daemon.url, link) as app:
        app.wait("list item", lambda name: name.endswith(", You"))
        daemon.stop()
        app.wait("alert", lambda name: "Reconnecting" in name)
        app.screenshot("app-reconnecting")
        daemon.start(f"127.0.0.1:{daemon.port}")
        app.wait_gone("alert", lambda name: "Reconnecting" in name)
        app.wait("list item", lambda name: name.endswith(", You"))
        assert_quiet(app)


def find_daemon(session_bus):
    """Process id of the daemon on the bus, None when there is none; does not start it."""
    asked = subprocess.run(
        ["gdbus", "call", "--session", "--dest", "org.freedesktop.DBus", "--object-path", "/org/freedesktop/DBus"]
        + ["--method", "org.freedesktop.DBus.GetConnectionUnixProcessID", "app.confab.Confab.Daemon"],
        env={**os.environ, **session_bus.env},
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    found = re.search(r"uint32 (\d+)", asked.stdout)
    return int(found[1]) if found else None


def count_stays(home):
    with sqlite3.connect(home / "data/confab/confab.db") as database:
        return database.execute("SELECT count(*) FROM participants").fetchone()[0]


def test_daemon_crashes(open_app, session_bus, home):
    """Nobody but the app can start it again, and the call goes on in it."""
    with open_app() as app:
        app.click("push button", "Start a Call")
        app.wait("list item", lambda name: name.endswith("You, host"))
        link = read_link(app)
        crashed = find_daemon(session_bus)
        os.kill(crashed, signal.SIGKILL)
        wait_until(lambda: find_daemon(session_bus) not in (None, crashed), "another daemon")
        wait_until(lambda: count_stays(home) == 2, "the second stay")
        app.wait_gone("alert", lambda name: "Reconnecting" in name)
        assert read_link(app) == link


def test_quit_with_a_dialog_in_front(open_app, daemon):
    link = daemon.create_call(daemon.sign_in("Grace"))["link"]

    with open_app(link) as app:
        app.wait("list item", lambda name: name.endswith(", You"))
        app.press("ctrl+F1")
        app.wait("label", "Show keyboard shortcuts")
        app.process.stop()
        assert app.process.wait() == 0
        assert_quiet(app)

    with sqlite3.connect(daemon.database) as database:
        assert database.execute("SELECT leave_reason FROM participants").fetchall() == [("left",)]


def test_without_a_sound_server(open_app, daemon):
    link = daemon.create_call(daemon.sign_in("Grace"))["link"]

    with open_app("--server", daemon.url, link, with_sound=False) as app:
        app.wait("alert", lambda name: "listening only" in name)
        app.wait("list item", lambda name: name.endswith(", You, Listening only"))
        app.screenshot("app-no-microphone")
        assert_quiet(app)


def test_server_that_is_not_there(open_app):
    with open_app("--server", "http://127.0.0.1:9") as app:
        app.click("push button", "Continue as Guest")
        app.wait("alert", lambda name: name.startswith("The server cannot be reached"))
        app.click("push button", "Start a Call")
        app.wait("push button", "Try Again")
        app.wait("push button", "Start a Call", sensitive=True)
        assert_quiet(app)
