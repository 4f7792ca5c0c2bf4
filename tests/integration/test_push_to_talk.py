# SPDX-License-Identifier: GPL-3.0-or-later
"""Talking by a key of the window, of the desktop and by the bus, in the real app with a real listener."""

import json
import os
import pathlib
import subprocess

import pytest

from confabtest import portal, sessions
from confabtest.app import App, write_settings
from confabtest.cli import CliParticipant
from confabtest.process import wait_until

pytestmark = pytest.mark.sound

TONE_HZ = 440
CALL = ("app.confab.Confab", "/app/confab/Confab/Call", "app.confab.Confab.Call")


def gdbus(app, method, *arguments):
    """As a script does it."""
    name, path, interface = CALL
    command = ["gdbus", "call", "--session", "--dest", name, "--object-path", path, "--method", f"{interface}.{method}"]
    return subprocess.run([*command, *arguments], env=app.env, capture_output=True, text=True, timeout=20, check=False)


def get_property(app, name):
    command = ["gdbus", "call", "--session", "--dest", CALL[0], "--object-path", CALL[1]]
    command += ["--method", "org.freedesktop.DBus.Properties.Get", CALL[2], name]
    return subprocess.run(command, env=app.env, capture_output=True, text=True, timeout=20, check=True).stdout.strip()


def start_call(app):
    app.click("push button", "Start a Call")
    app.wait("list item", lambda name: "You, host" in name)
    app.press("ctrl+i")
    link = app.wait("label", lambda name: "/j/" in name)["name"]
    app.press("Escape")
    app.wait_gone("label", lambda name: "/j/" in name)
    return link


def wait_level(participant, condition):
    def matches(event):
        return len(event["peers"]) == 1 and condition(event["peers"][0]["level_dbov"])

    wait_until(lambda: matches(participant.wait_event("stats")), "that level")


def is_loud(level):
    return level > -40


def is_silent(level):
    return level < -60


def test_key_of_the_window_and_scripts(display, session_bus, pulse, home, tone):
    write_settings(home, noise_suppression="false", talk_mode="'push-to-talk'")
    with App(display, session_bus, pulse_env=pulse.env) as app:
        app.wait("push button", "Start a Call")
        refused = gdbus(app, "StartTalking")
        assert refused.returncode != 0 and "app.confab.Confab.Error.Conflict" in refused.stderr
        link = start_call(app)
        microphone = pulse.play(tone(TONE_HZ, 60))
        with CliParticipant(link, "Ada") as ada:
            ada.wait_event("first-audio")
            app.wait("label", "Hold Right Ctrl to talk")
            wait_level(ada, is_silent)

            app.xdotool("keydown", "Control_R")
            app.wait("label", "You are heard")
            wait_level(ada, is_loud)
            assert get_property(app, "Talking") == "(<true>,)"
            app.xdotool("keyup", "Control_R")
            app.wait("label", "Hold Right Ctrl to talk")
            wait_level(ada, is_silent)

            assert gdbus(app, "StartTalking").returncode == 0
            wait_level(ada, is_loud)
            assert gdbus(app, "SetMuted", "true").returncode == 0
            app.wait("push button", "Mute Microphone", pressed=True)
            wait_level(ada, is_silent)
            assert get_property(app, "Muted") == "(<true>,)"
            assert gdbus(app, "SetMuted", "false").returncode == 0
            wait_level(ada, is_loud)
            assert gdbus(app, "StopTalking").returncode == 0
            wait_level(ada, is_silent)

            app.press("ctrl+w")
            ada.wait_event("participant-left")
            app.wait("push button", "Start a Call")
            assert get_property(app, "InCall") == "(<false>,)"
        microphone.stop()


@pytest.fixture
def desktop(home):
    """A session bus with a portal whose backend is the test's; (bus, send, lines)."""
    bus = sessions.SessionBus(home)
    services = home / "run/services"
    services.mkdir()
    bus.start(**portal.install(home, services))
    program = pathlib.Path(portal.__file__)
    backend = subprocess.Popen(
        ["/usr/bin/python3", str(program)],
        env={**os.environ, **bus.env},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert json.loads(backend.stdout.readline()) == ["ready"]
    yield bus, backend
    backend.stdin.close()
    backend.wait(20)
    bus.__exit__()


def test_key_of_the_desktop(desktop, display, pulse, home, tone):
    bus, backend = desktop
    write_settings(home, noise_suppression="false", talk_mode="'push-to-talk'", global_push_to_talk="true")
    with App(display, bus, pulse_env=pulse.env) as app:
        app.wait("push button", "Start a Call")
        assert json.loads(backend.stdout.readline())[0] == "CreateSession"
        method, _, _, shortcuts, *_ = json.loads(backend.stdout.readline())
        assert method == "BindShortcuts"
        assert [name for name, _ in shortcuts] == ["push-to-talk"]
        link = start_call(app)
        microphone = pulse.play(tone(TONE_HZ, 60))
        with CliParticipant(link, "Ada") as ada:
            ada.wait_event("first-audio")
            wait_level(ada, is_silent)
            backend.stdin.write("press push-to-talk\n")
            backend.stdin.flush()
            app.wait("label", "You are heard")
            wait_level(ada, is_loud)
            backend.stdin.write("release push-to-talk\n")
            backend.stdin.flush()
            wait_level(ada, is_silent)
            app.press("ctrl+q")
            assert app.process.wait() == 0
        assert json.loads(backend.stdout.readline())[0] == "Close"
        microphone.stop()
