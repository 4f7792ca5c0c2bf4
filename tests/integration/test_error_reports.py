# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes wrong in a daemon reaches a server of errors: redacted, with its stack, never too much of it."""

import re
import signal
import sqlite3

import pytest

from confabtest.error_server import ErrorServer
from confabtest.process import wait_until


@pytest.fixture
def error_server():
    with ErrorServer() as server:
        yield server


@pytest.fixture
def daemon(make_daemon, error_server, home):
    env = {"CONFAB_ERRORS_DSN": error_server.dsn, "CONFAB_ERRORS_PER_MINUTE": "3", "XDG_STATE_HOME": str(home / "state")}
    return make_daemon(env=env)


def break_database(daemon):
    """What no request can mend, so that each one is a warning in the log."""
    with sqlite3.connect(daemon.database) as connection:
        connection.execute("ALTER TABLE calls RENAME TO elsewhere")


def fail(daemon, token):
    reply = daemon.request("GET", "/api/v1/calls", token=token)
    assert reply.status == 500
    return reply.headers["X-Request-Id"]


def test_warning(daemon, error_server):
    token = daemon.sign_in()
    break_database(daemon)
    request_id = fail(daemon, token)
    wait_until(lambda: error_server.envelopes, "a report")
    envelope = error_server.envelopes[0]
    event = envelope["event"]
    assert envelope["path"] == "/prefix/api/7/envelope/"
    assert "sentry_key=0123456789abcdef" in envelope["auth"] and "sentry_version=7" in envelope["auth"]
    assert envelope["header"]["event_id"] == event["event_id"] and re.fullmatch("[0-9a-f]{32}", event["event_id"])
    assert event["level"] == "warning" and event["environment"] == "production"
    assert event["release"].startswith("confabd@")
    assert event["tags"]["request_id"] == request_id
    frames = event["threads"]["values"][0]["stacktrace"]["frames"]
    functions = [frame.get("function") for frame in frames]
    assert "main" in functions and "confabd_request_fail" in functions, functions
    assert functions.index("main") < functions.index("confabd_request_fail")
    assert all(re.fullmatch("0x[0-9a-f]+", frame["instruction_addr"]) for frame in frames)
    assert token not in str(event)


def metric(daemon, result):
    line = next(one for one in daemon.request("GET", "/metrics").body.decode().splitlines() if f'reports_total{{result="{result}"' in one)
    return float(line.split()[-1])


def test_rate(daemon, error_server):
    """A daemon with one mistake in a loop does not become two servers with one."""
    token = daemon.sign_in()
    break_database(daemon)
    for _ in range(20):
        fail(daemon, token)
    wait_until(lambda: metric(daemon, "sent") == 3, "three reports")
    assert metric(daemon, "dropped") >= 16
    assert len(error_server.events) <= 4  # one may have been earned meanwhile


def test_server_that_is_full(daemon, error_server):
    error_server.answers = [(429, {"Retry-After": "1"})]
    token = daemon.sign_in()
    break_database(daemon)
    fail(daemon, token)
    fail(daemon, token)
    wait_until(lambda: metric(daemon, "sent") == 1 and metric(daemon, "failed") == 1, "the second report after a pause")


def test_crash(daemon, error_server):
    """It cannot be told by who crashed; the next one finds it."""
    daemon.process.popen.send_signal(signal.SIGSEGV)
    assert daemon.process.popen.wait(20) == -signal.SIGSEGV
    assert not error_server.envelopes
    daemon.start()
    wait_until(lambda: error_server.events, "a report")
    event = error_server.events[0]
    assert event["level"] == "fatal" and event["message"]["formatted"] == "Crashed: SIGSEGV"
    functions = [frame.get("function") for frame in event["threads"]["values"][0]["stacktrace"]["frames"]]
    assert "main" in functions, functions
    daemon.restart()
    assert daemon.request("GET", "/health/live").status == 200
    assert len(error_server.events) == 1  # told once
