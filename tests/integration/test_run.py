# SPDX-License-Identifier: GPL-3.0-or-later
"""./run: the app as a desktop opens it, or a link with an echo behind it; nothing is left behind after Ctrl-C."""

import os
import shutil
import signal
import subprocess

import pytest

from confabtest import audio
from confabtest.app import App
from confabtest.cli import CliParticipant
from confabtest.paths import SOURCE
from confabtest.process import Process, wait_until

pytestmark = pytest.mark.sound

BUILD_DEADLINE_S = 300


def members(process_group):
    """Pids of the living processes of the group."""
    listing = subprocess.run(["ps", "-eo", "pid=,pgid=,stat="], capture_output=True, text=True, check=True).stdout
    rows = [line.split() for line in listing.splitlines()]
    return [int(pid) for pid, group, state in rows if int(group) == process_group and not state.startswith("Z")]


def start(*options, **more):
    env = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")} | more
    return Process([SOURCE / "run", *options], env=env)


def test_the_link_leads_to_an_echo_and_ctrl_c_leaves_nothing(home, tone):
    with start("--headless") as run:
        link = run.wait_line(lambda line: line if "/j/" in line else False, "a join link", BUILD_DEADLINE_S)
        wait_until(lambda: len(members(run.pid)) >= 3, "the echo beside the daemon")
        record = home / "records/heard.wav"
        with CliParticipant(link, "Visitor", "--play", tone(700), "--record", record, "--duration", "8") as visitor:
            visitor.wait_event("first-audio")
            assert visitor.wait() == 0
        assert audio.tone_db(audio.read(record), 700) > -40

        os.killpg(run.pid, signal.SIGINT)
        assert run.wait() == 0
        wait_until(lambda: not members(run.pid), "the end of every process of ./run")


def test_the_app_opens_where_one_starts_a_call(display, session_bus, pulse):
    with App(display, session_bus, pulse_env=pulse.env, command=SOURCE / "run") as app:
        app.click("push button", "Start a Call")
        app.wait("list item", lambda name: name.endswith("You, host"))

        os.killpg(app.process.pid, signal.SIGINT)
        assert app.process.wait() == 0
        wait_until(lambda: not members(app.process.pid), "the end of every process of ./run")


def test_an_unknown_option_is_refused_with_the_usage():
    with start("--bogus") as run:
        assert run.wait() == 2
        assert "--bogus" in run.error_text and "Usage" in run.error_text


def test_build_only_stops_after_the_build():
    with start("--build-only") as run:
        assert run.wait(BUILD_DEADLINE_S) == 0
        assert not [line for line in run.lines if "/j/" in line]


def test_no_test_is_built_for_a_first_start(home):
    """What a fresh clone compiles is what ./run asks ninja for."""
    asked = home / "asked"
    (home / "ninja").write_text(f'#!/bin/sh\necho "$@" >>{asked}\nexec {shutil.which("ninja")} "$@"\n')
    (home / "ninja").chmod(0o755)
    with start("--build-only", PATH=f"{home}:{os.environ['PATH']}") as run:
        assert run.wait(BUILD_DEADLINE_S) == 0

    (line,) = asked.read_text().splitlines()
    _, folder, *targets = line.split()
    listed = subprocess.run(
        ["ninja", "-C", SOURCE / folder, "-t", "commands", *targets], capture_output=True, text=True, timeout=60, check=True
    )
    assert "client-gtk/confab" in listed.stdout
    assert "tests/" not in listed.stdout
