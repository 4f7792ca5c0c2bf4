# SPDX-License-Identifier: GPL-3.0-or-later
"""API keys: what programs show instead of a person."""

import asyncio
import contextlib
import datetime
import json
import sqlite3
import subprocess

import pytest

from confabtest.accounts import Accounts
from confabtest.paths import BUILD, DEADLINE_S
from confabtest.process import wait_until
from confabtest.signaling import Session, run

KEYS = "/api/v1/api-keys"
CALLS = "/api/v1/calls"


@pytest.fixture
def accounts(daemon):
    return Accounts(daemon)


@pytest.fixture
def person(accounts):
    return accounts.sign_in()


def create(daemon, token, *scopes, **fields):
    reply = daemon.request("POST", KEYS, {"name": "Robot", "scopes": list(scopes), **fields}, token)
    assert reply.status == 201, reply.body
    return reply.json


def status_of(daemon, key, method="GET", path=CALLS, body=None):
    return daemon.request(method, path, body, key).status


def test_scopes(daemon, person):
    reader = create(daemon, person.token, "calls:read")["key"]
    writer = create(daemon, person.token, "calls:write", "calls:write")["key"]
    assert [status_of(daemon, key) for key in (reader, writer)] == [200, 403]
    assert [status_of(daemon, key, "POST", CALLS, {}) for key in (reader, writer)] == [403, 201]
    assert len(daemon.request("GET", CALLS, token=reader).json["items"]) == 1


def test_secret_is_shown_once_and_kept_nowhere(daemon, accounts, person):
    made = create(daemon, person.token, "calls:read")
    listed = daemon.request("GET", KEYS, token=person.token)
    assert made["key"] not in listed.body.decode() and made["key"].startswith(made["api_key"]["prefix"])
    assert [one["id"] for one in listed.json["items"]] == [made["api_key"]["id"]]
    with contextlib.closing(sqlite3.connect(daemon.database, timeout=DEADLINE_S)) as connection:
        assert made["key"] not in "".join(connection.iterdump())


def test_rotate_and_revoke(daemon, person):
    made = create(daemon, person.token, "calls:read")
    target = f"{KEYS}/{made['api_key']['id']}"
    rotated = daemon.request("POST", f"{target}/rotate", {}, person.token)
    assert rotated.status == 201 and rotated.json["api_key"]["prefix"] != made["api_key"]["prefix"]
    assert [status_of(daemon, key) for key in (made["key"], rotated.json["key"])] == [401, 200]
    assert daemon.request("DELETE", target, token=person.token).status == 204
    assert status_of(daemon, rotated.json["key"]) == 401
    assert daemon.request("DELETE", target, token=person.token).status == 404
    assert daemon.request("POST", f"{target}/rotate", {}, person.token).status == 404


def test_keys_of_others_are_not_there(daemon, accounts, person):
    made = create(daemon, person.token, "calls:read")
    eve = accounts.sign_in()
    target = f"{KEYS}/{made['api_key']['id']}"
    assert daemon.request("DELETE", target, token=eve.token).status == 404
    assert daemon.request("POST", f"{target}/rotate", {}, eve.token).status == 404
    assert daemon.request("GET", KEYS, token=eve.token).json["items"] == []
    assert status_of(daemon, made["key"]) == 200


def test_expiry_and_owner(daemon, accounts, person):
    made = create(daemon, person.token, "calls:read", expires_at="2099-01-01T00:00:00Z")
    assert status_of(daemon, made["key"]) == 200
    for change in ("disabled_at = 1", "disabled_at = NULL, deleted_at = 1"):
        accounts.run(f"UPDATE users SET {change} WHERE id = ?", person.user_id)
        assert status_of(daemon, made["key"]) == 401
    accounts.run("UPDATE users SET deleted_at = NULL WHERE id = ?", person.user_id)
    assert status_of(daemon, made["key"]) == 200
    accounts.run("UPDATE api_keys SET expires_at = 1")
    assert status_of(daemon, made["key"]) == 401


def test_role_of_now(daemon, accounts):
    admin = accounts.sign_in("admin")
    key = create(daemon, admin.token, "admin:read")["key"]
    accounts.run("UPDATE users SET role = 'member' WHERE id = ?", admin.user_id)
    reply = daemon.request("GET", "/metrics", token=key)
    assert reply.status == 403


@pytest.mark.parametrize(
    "fields",
    [
        {"name": "", "scopes": ["calls:read"]},
        {"name": "x" * 65, "scopes": ["calls:read"]},
        {"name": "x", "scopes": []},
        {"name": "x", "scopes": ["calls"]},
        {"name": "x", "scopes": ["admin:read"]},
        {"name": "x", "scopes": ["calls:read"] * 17},
        {"name": "x", "scopes": ["calls:read"], "expires_at": "2001-01-01T00:00:00Z"},
        {"name": "x", "scopes": ["calls:read"], "expires_at": "2099-01-01T00:00:00"},
    ],
)
def test_bad_wishes(daemon, person, fields):
    assert daemon.request("POST", KEYS, fields, person.token).status == 400


def test_too_many(daemon, person):
    for _ in range(20):
        create(daemon, person.token, "calls:read")
    assert daemon.request("POST", KEYS, {"name": "x", "scopes": ["calls:read"]}, person.token).status == 409


def test_use_is_noted_and_written_down(daemon, accounts, person):
    made = create(daemon, person.token, "calls:read")
    for _ in range(3):
        assert status_of(daemon, made["key"]) == 200
    wait_until(lambda: "last_used_at" in daemon.request("GET", KEYS, token=person.token).json["items"][0], "the use")
    used = daemon.request("GET", KEYS, token=person.token).json["items"][0]["last_used_at"]
    age = datetime.datetime.now(datetime.timezone.utc) - datetime.datetime.fromisoformat(used.replace("Z", "+00:00"))
    assert age < datetime.timedelta(minutes=5)
    entries = "SELECT action FROM audit_entries WHERE target = ? ORDER BY seq"
    wait_until(lambda: len(accounts.run(entries, made["api_key"]["id"])) >= 2, "the audit")
    actions = [action for (action,) in accounts.run(entries, made["api_key"]["id"])]
    assert actions[:2] == ["key-created", "key-used"] and set(actions) == {"key-created", "key-used"}


def test_no_key_does_what_takes_a_person(daemon, accounts):
    admin = accounts.sign_in("admin")
    key = create(daemon, admin.token, "calls:read", "calls:write", "profile:read", "profile:write", "users:read", "admin:read", "admin:write")["key"]
    for method, path in (("GET", KEYS), ("GET", "/api/v1/sessions"), ("POST", "/api/v1/auth/logout")):
        assert status_of(daemon, key, method, path, {} if method == "POST" else None) == 403


def test_sockets_of_a_revoked_key_are_closed(daemon, person):
    made = create(daemon, person.token, "calls:write")

    async def scenario():
        session = await Session.greet(daemon, token=made["key"])
        await asyncio.to_thread(daemon.request, "DELETE", f"{KEYS}/{made['api_key']['id']}", None, person.token)
        assert (await session.expect("error"))["code"] == "not-authenticated"
        await session.expect_close(4401)

    run(scenario())


@pytest.mark.parametrize("end", ["expires", "revoked by another program", "owner disabled", "owner deleted"])
def test_sockets_of_a_key_that_ends_are_closed(daemon, accounts, person, end):
    """A request looks its key up each time; a socket showed it once. Those of others stay."""
    made, other = create(daemon, person.token, "calls:write"), create(daemon, accounts.sign_in().token, "calls:write")
    admin = accounts.sign_in("admin")

    def finish():
        if end == "expires":
            accounts.run("UPDATE api_keys SET expires_at = 1 WHERE id = ?", made["api_key"]["id"])
        elif end == "revoked by another program":
            accounts.run("UPDATE api_keys SET revoked_at = 1 WHERE id = ?", made["api_key"]["id"])
        elif end == "owner disabled":
            reply = daemon.request("PATCH", f"/api/v1/admin/users/{person.user_id}", {"disabled": True}, admin.token)
            assert reply.status == 200
        else:
            assert daemon.request("DELETE", "/api/v1/users/me", {}, person.token).status == 204

    async def scenario():
        session, stays = [await Session.greet(daemon, token=one["key"]) for one in (made, other)]
        second = await Session.greet(daemon, token=made["key"])
        await asyncio.to_thread(finish)
        for closed in (session, second):
            assert (await closed.expect("error"))["code"] == "not-authenticated"
            await closed.expect_close(4401)
        await stays.send({"type": "ping", "id": 1})
        await stays.expect("pong")

    run(scenario())


def confabctl(daemon, *arguments):
    command = [BUILD / "daemon/ctl/confabctl", "--database", daemon.database_url, "--json", "key", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=DEADLINE_S, check=False)
    return done.returncode, json.loads(done.stdout) if done.stdout else done.stderr


def test_confabctl(daemon, accounts, person):
    """Beside a daemon that runs, which knows at once."""
    ((login_name,),) = accounts.run("SELECT login_name FROM users WHERE id = ?", person.user_id)
    status, made = confabctl(daemon, "create", login_name, "--scope", "calls:read", "--name", "Robot", "--days", "30")
    assert status == 0 and status_of(daemon, made["key"]) == 200
    assert [one["id"] for one in confabctl(daemon, "list", login_name)[1]["keys"]] == [made["id"]]
    rotated = confabctl(daemon, "rotate", made["id"])[1]
    assert [status_of(daemon, key) for key in (made["key"], rotated["key"])] == [401, 200]
    assert confabctl(daemon, "revoke", made["id"])[0] == 0
    assert status_of(daemon, rotated["key"]) == 401
    actions = accounts.run("SELECT action FROM audit_entries WHERE target = ? AND action <> 'key-used' ORDER BY seq", made["id"])
    assert [action for (action,) in actions] == ["key-created", "key-rotated", "key-revoked"]
    for wrong in (["create", "nobody", "--scope", "calls:read"], ["create", login_name], ["create", login_name, "--scope", "admin:read"], ["revoke", made["id"]]):
        status, complaint = confabctl(daemon, *wrong)
        assert status == 1 and complaint.startswith("confabctl: ") and complaint.count("\n") == 1
    assert confabctl(daemon, "rotate")[0] == 2
