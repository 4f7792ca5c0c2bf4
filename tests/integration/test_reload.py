# SPDX-License-Identifier: GPL-3.0-or-later
"""SIGHUP: what can change while people are connected does, what cannot is named, and a mistake changes nothing."""

import os
import shlex
import signal
import subprocess

import pytest

from confabtest.paths import BUILD
from confabtest.process import wait_until

DONE = "The configuration was read again"


class Reloaded:
    """A daemon on a file of settings that is written anew."""

    def __init__(self, home, make_daemon):
        self.path = home / "confabd.conf"
        self.path.write_text("")
        self.daemon = make_daemon("--config", str(self.path))

    def reload(self, text, told=DONE, how=None):
        """Writes the file and waits until the log has that once more."""
        self.path.write_text(text)
        before = self.daemon.process.error_text.count(told)
        if how is None:
            os.kill(self.daemon.pid, signal.SIGHUP)
        else:
            subprocess.run(how, check=True)
        wait_until(lambda: self.daemon.process.error_text.count(told) > before, told)


@pytest.fixture
def reloaded(home, make_daemon):
    return Reloaded(home, make_daemon)


def sign_in_status(daemon):
    return daemon.request("POST", "/api/v1/auth/guest", {"name": "Ada"}).status


def test_limits(reloaded):
    """Tighter, and then none at all."""
    reloaded.reload("[limits]\nguest-per-minute=2\n")
    assert [sign_in_status(reloaded.daemon) for _ in range(3)] == [201, 201, 429]
    reloaded.reload("[limits]\nguest-per-minute=0\n")
    assert [sign_in_status(reloaded.daemon) for _ in range(3)] == [201, 201, 201]


def test_limits_of_calls(reloaded):
    daemon = reloaded.daemon
    token = daemon.sign_in()
    daemon.create_call(token)
    reloaded.reload("[limits]\nopen-calls-per-user=1\n")
    assert daemon.request("POST", "/api/v1/calls", {}, token).status == 409
    reloaded.reload("")
    daemon.create_call(token)


def test_gate(reloaded):
    """Whoever comes from now on has to be brief."""
    long = {"X-Long": "x" * 3000}
    assert reloaded.daemon.request("GET", "/health/live", headers=long).status == 200
    reloaded.reload("[limits]\nhead-bytes=1024\n")
    assert reloaded.daemon.request("GET", "/health/live", headers=long).status == 431


def test_log(reloaded):
    daemon = reloaded.daemon
    daemon.request("GET", "/health/live")
    assert "GET /health/live" not in daemon.process.error_text
    reloaded.reload("[log]\nlevel=debug\nformat=json\n")
    daemon.request("GET", "/health/live")
    wait_until(lambda: "GET /health/live: 200" in daemon.process.error_text, "a line of the request")
    assert daemon.process.errors[-1].startswith("{")


def test_origins(reloaded):
    page = {"Origin": "https://intranet.example.org"}
    assert reloaded.daemon.request("GET", "/health/live", headers=page).headers["Access-Control-Allow-Origin"] is None
    reloaded.reload("[server]\nallowed-origins=https://intranet.example.org\n")
    reply = reloaded.daemon.request("GET", "/health/live", headers=page)
    assert reply.headers["Access-Control-Allow-Origin"] == page["Origin"]


def test_keys(home, reloaded):
    """A new key signs at once; with the old one beside it nobody is signed out, without it everybody is who had it."""
    daemon = reloaded.daemon
    old = daemon.sign_in()
    previous = home / "data/previous.key"
    daemon.key_file.rename(previous)
    daemon.key_file.touch(0o600)
    daemon.key_file.write_bytes(os.urandom(32))
    reloaded.reload(f"[auth]\nprevious-key-file={previous}\n")
    new = daemon.sign_in()
    assert [daemon.request("GET", "/api/v1/calls", token=token).status for token in (old, new)] == [200, 200]
    reloaded.reload("")
    assert [daemon.request("GET", "/api/v1/calls", token=token).status for token in (old, new)] == [401, 200]


def test_mistakes(home, reloaded):
    """One mistake, and all stays as it was."""
    daemon = reloaded.daemon
    reloaded.reload("[limits]\nguest-per-minute=many\nhead-bytes=1024\n", "The configuration stays as it is")
    assert "many" in daemon.process.error_text
    reloaded.reload(f"[auth]\nprevious-key-file={home}/none.key\n", "The configuration stays as it is")
    assert daemon.request("GET", "/health/live", headers={"X-Long": "x" * 3000}).status == 200
    daemon.sign_in()


def test_what_waits(reloaded):
    """A setting that needs the next start is named, without its value."""
    reloaded.reload("[server]\nbase-url=https://call.example.org\n", "[server] base-url changes at the next start")
    assert "call.example.org" not in reloaded.daemon.process.error_text
    assert reloaded.daemon.create_call(reloaded.daemon.sign_in())["link"].startswith("http://127.0.0.1")


def test_service(reloaded):
    """As “systemctl reload” does it."""
    unit = (BUILD / "data/systemd/confabd.service").read_text()
    command = next(line for line in unit.splitlines() if line.startswith("ExecReload=")).removeprefix("ExecReload=")
    reloaded.reload("", how=shlex.split(command.replace("$MAINPID", str(reloaded.daemon.pid))))
    assert reloaded.daemon.stop() == 0
