# SPDX-License-Identifier: GPL-3.0-or-later
"""What a server has against those who ask too much: how often, from where, how slowly."""

import http.client
import json
import re
import socket

import pytest

from confabtest.process import wait_until

LIVE = "/health/live"
UNKNOWN = "/api/v1/nothing"  # costs an anonymous visitor one of a hundred
DEFAULTS = {"CONFAB_LIMITS_ANONYMOUS_PER_MINUTE": "100", "CONFAB_LIMITS_SIGNED_IN_PER_HOUR": "1000"}


def ask(daemon, n, source="127.0.0.1", path=UNKNOWN, fields=None):
    """The answers to n requests from an address of loopback: (status, fields)."""
    answers = []
    for _ in range(n):
        connection = http.client.HTTPConnection("127.0.0.1", daemon.port, timeout=30, source_address=(source, 0))
        connection.request("GET", path, headers=fields or {})
        reply = connection.getresponse()
        reply.read()
        answers.append((reply.status, reply.headers))
        connection.close()
    return answers


def test_strangers_are_counted_by_address(make_daemon):
    daemon = make_daemon(env=DEFAULTS)
    token = daemon.sign_in()
    answers = ask(daemon, 120, "127.0.0.2")
    assert [status for status, _ in answers[:100]] == [404] * 100
    assert [fields["RateLimit-Remaining"] for _, fields in answers[:3]] == ["99", "98", "97"]
    refused = [fields for status, fields in answers if status == 429]
    assert len(refused) >= 15  # some come back meanwhile
    assert all(1 <= int(fields["Retry-After"]) <= 60 for fields in refused)
    assert refused[0]["RateLimit-Policy"] == "100;w=60" and refused[0]["RateLimit-Remaining"] == "0"
    # Neither a neighbour nor whoever is signed in at that address feels it.
    assert ask(daemon, 1, "127.0.0.3")[0][0] == 404
    signed_in = ask(daemon, 3, "127.0.0.2", "/api/v1/calls", {"Authorization": f"Bearer {token}"})
    assert [status for status, _ in signed_in] == [200] * 3
    assert signed_in[0][1]["RateLimit-Policy"] == "1000;w=3600"
    # Bad credentials are no way around it.
    assert ask(daemon, 1, "127.0.0.2", "/api/v1/calls", {"Authorization": "Bearer made-up"})[0][0] == 429


@pytest.mark.parametrize(
    "source, field",
    [("x-forwarded-for", "X-Forwarded-For: {}"), ("forwarded", "Forwarded: for={};proto=https")],
)
def test_behind_a_proxy_clients_are_counted(make_daemon, source, field):
    env = {**DEFAULTS, "CONFAB_SERVER_TRUSTED_PROXIES": "127.0.0.2", "CONFAB_SERVER_PROXY_SOURCE": source}
    env["CONFAB_LIMITS_ANONYMOUS_PER_MINUTE"] = "5"
    daemon = make_daemon(env=env)

    def count(proxy, client, n=8):
        name, value = field.format(client).split(": ")
        return sum(status == 404 for status, _ in ask(daemon, n, proxy, fields={name: value}))

    assert count("127.0.0.2", "192.0.2.1") in (5, 6)
    assert count("127.0.0.2", "192.0.2.1") <= 1
    assert count("127.0.0.2", "192.0.2.2") in (5, 6)
    # What others say is nothing: this is one address, whoever it claims to speak for.
    assert sum(count("127.0.0.3", f"192.0.2.{i}", 2) for i in range(10, 20)) in (5, 6)


def test_proxy_protocol(make_daemon):
    env = {"CONFAB_SERVER_TRUSTED_PROXIES": "127.0.0.1", "CONFAB_SERVER_PROXY_SOURCE": "proxy-protocol"}
    daemon = make_daemon(env={**env, "CONFAB_LIMITS_ANONYMOUS_PER_MINUTE": "1"})

    def ask_as(client):
        header = b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c" + socket.inet_aton(client) + socket.inet_aton("192.0.2.99") + b"\x30\x39\x01\xbb"
        with socket.create_connection(("127.0.0.1", daemon.port), timeout=30) as raw:
            raw.sendall(header + f"GET {UNKNOWN} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
            return int(raw.makefile("rb").read().split()[1])

    assert [ask_as("192.0.2.1"), ask_as("192.0.2.1"), ask_as("192.0.2.2")] == [404, 429, 404]
    assert daemon.request("GET", LIVE).status == 400  # without the header of the protocol


def slow_connections(daemon, n, first, source="127.0.0.2"):
    connections = []
    for _ in range(n):
        connections.append(socket.create_connection(("127.0.0.1", daemon.port), timeout=30, source_address=(source, 0)))
        connections[-1].sendall(first)
    return connections


def test_slow_bodies_hold_nobody(make_daemon):
    """They drip a byte now and then, from as many connections as an address may have. Others are served, and the time of
    the slow ones ends. (Slow heads: test_gate.py.)"""
    limits = {"MAX_CONNECTIONS_PER_ADDRESS": 100, "REQUEST_TIMEOUT_S": 3}
    daemon = make_daemon(env={f"CONFAB_LIMITS_{key}": str(value) for key, value in limits.items()})
    idle = daemon.open_descriptors()
    slow = slow_connections(daemon, 100, b"POST /api/v1/auth/guest HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n{")
    assert ask(daemon, 1, "127.0.0.2", LIVE)[0][0] == 429
    served = 0
    while daemon.open_descriptors() > idle + 1:
        assert daemon.request("GET", LIVE).status == 200
        served += 1
        for connection in slow:
            try:
                connection.send(b"x")
            except OSError:
                pass  # cut off
    assert served >= 3
    for connection in slow:
        connection.close()
    wait_until(lambda: ask(daemon, 1, "127.0.0.2", LIVE)[0][0] == 200, "the address to be welcome again")


def test_sizes_are_the_administrators(make_daemon):
    daemon = make_daemon(env={"CONFAB_LIMITS_BODY_BYTES": "2000", "CONFAB_LIMITS_HEAD_BYTES": "2000"})
    assert daemon.request("POST", "/api/v1/auth/guest", {"name": "x" * 2000}).status == 413
    assert daemon.request("GET", LIVE, headers={"X": "x" * 2000}).status == 431
    assert daemon.request("GET", LIVE, headers={"X": "x" * 1000}).status == 200


def test_page_of_another_origin(make_daemon):
    daemon = make_daemon(env={"CONFAB_SERVER_ALLOWED_ORIGINS": "https://friend.example"})
    friend = {"Origin": "https://friend.example", "Access-Control-Request-Method": "DELETE"}
    allowed = daemon.request("OPTIONS", "/api/v1/calls", headers=friend).headers
    assert allowed["Access-Control-Allow-Origin"] == "https://friend.example"
    assert "DELETE" in allowed["Access-Control-Allow-Methods"] and allowed["Access-Control-Max-Age"] == "600"
    assert allowed["Access-Control-Allow-Credentials"] is None and allowed["Vary"] == "Origin"
    stranger = daemon.request("OPTIONS", "/api/v1/calls", headers={"Origin": "https://evil.example"}).headers
    assert not [name for name in stranger if name.startswith("Access-Control-")]


def test_security_fields(make_daemon):
    plain = make_daemon()
    secure = make_daemon("--base-url", "https://call.example.org", database=plain.home / "other.db")
    for daemon in (plain, secure):
        fields = daemon.request("GET", "/j/x").headers
        assert "unsafe" not in fields["Content-Security-Policy"] and "frame-ancestors 'none'" in fields["Content-Security-Policy"]
        assert fields["X-Content-Type-Options"] == "nosniff" and fields["Referrer-Policy"] == "no-referrer"
        assert re.fullmatch(r"total;dur=\d+\.\d{3}(, .*)?", fields["Server-Timing"])
    assert plain.request("GET", LIVE).headers["Strict-Transport-Security"] is None
    assert secure.request("GET", LIVE).headers["Strict-Transport-Security"] == "max-age=31536000"


def log_in(daemon, source, login_name, password="correct horse battery"):
    """(status, fields) of an attempt from an address of loopback."""
    connection = http.client.HTTPConnection("127.0.0.1", daemon.port, timeout=30, source_address=(source, 0))
    body = json.dumps({"login_name": login_name, "password": password})
    connection.request("POST", "/api/v1/auth/login", body, {"Content-Type": "application/json"})
    reply = connection.getresponse()
    reply.read()
    connection.close()
    return reply.status, reply.headers


def register(daemon, login_name):
    body = {"login_name": login_name, "password": "correct horse battery"}
    assert daemon.request("POST", "/api/v1/auth/register", body).status == 201


def test_guessing_slows_down(make_daemon):
    """For who guesses from there, not for who knows the password elsewhere."""
    daemon = make_daemon(env={"CONFAB_AUTH_REGISTRATION": "open", "CONFAB_LIMITS_LOG_IN_PER_MINUTE": "0"})
    register(daemon, "ada")
    assert [log_in(daemon, "127.0.0.2", "ada", f"wrong horse {i}")[0] for i in range(4)] == [401] * 4
    status, fields = log_in(daemon, "127.0.0.2", "ada")
    assert status == 429 and 1 <= int(fields["Retry-After"]) <= 2
    assert log_in(daemon, "127.0.0.3", "ada")[0] == 200
    wait_until(lambda: log_in(daemon, "127.0.0.2", "ada")[0] == 200, "the pause to end")


def test_log_ins_are_counted_by_address(make_daemon):
    """Whatever names they try, and however long each attempt takes."""
    daemon = make_daemon(env={"CONFAB_AUTH_REGISTRATION": "open", "CONFAB_LIMITS_LOG_IN_PER_MINUTE": "1"})
    register(daemon, "ada")
    answers = [log_in(daemon, "127.0.0.2", f"name{i}") for i in range(3)]
    assert answers[0][0] == 401 and 429 in (status for status, _ in answers[1:])
    assert answers[0][1]["RateLimit-Policy"] == "1;w=60"
    assert log_in(daemon, "127.0.0.3", "ada")[0] == 200
