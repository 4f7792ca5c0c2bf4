# SPDX-License-Identifier: GPL-3.0-or-later
"""The audit log of real daemons: what is in it, and that nobody changes it unnoticed."""

import json
import pathlib
import re
import sqlite3
import subprocess

import pytest

from confabtest.daemon import Daemon
from confabtest.paths import BUILD

CONFABCTL = BUILD / "daemon/ctl/confabctl"
DOCS = pathlib.Path(__file__).parents[2] / "docs"


def ctl(database, *arguments):
    return subprocess.run(
        [CONFABCTL, "--database", database, "--json", *arguments], capture_output=True, text=True, timeout=60
    )


def entries(database, *filters):
    done = ctl(database, "audit", "list", *filters)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)["entries"]


@pytest.fixture(params=["sqlite", "postgres"])
def url(request, home):
    if request.param == "sqlite":
        return f"sqlite://{home}/data/confab.db"
    return request.getfixturevalue("postgres").make_database()


def make_calls(server, n):
    """By Ada, each ended at once. Returns: their ids."""
    token = server.sign_in("Ada")
    ids = []
    for _ in range(n):
        ids.append(server.create_call(token)["call"]["id"])
        assert server.request("PATCH", f"/api/v1/calls/{ids[-1]}", {"recording_policy": "never"}, token).status == 200
        assert server.request("POST", f"/api/v1/calls/{ids[-1]}/end", {}, token).status < 300
    return ids


def test_life(home, url):
    """Calls and the schema are written down; the export proves itself by the program of its documentation."""
    with Daemon(home, database=url) as server:
        calls = make_calls(server, 3)
    found = entries(url)
    assert [entry["seq"] for entry in found] == list(range(len(found), 0, -1))
    assert found[-1]["action"] == "migrated" and "to " in found[-1]["detail"]
    made = [entry for entry in found if entry["action"] == "call-created"]
    ended = [entry for entry in found if entry["action"] == "call-ended"]
    assert [entry["target"] for entry in made] == [entry["target"] for entry in ended] == calls[::-1]
    changed = [entry for entry in found if entry["action"] == "call-changed"]
    assert [(entry["target"], entry["detail"]) for entry in changed] == [(one, "recording_policy=never") for one in calls[::-1]]
    assert {entry["actor"] for entry in made + changed + ended} == {"Ada"}
    assert {entry["detail"] for entry in ended} == {"ended-by-host"}
    assert entries(url, "--action", "call-ended", "--limit", "1") == ended[:1]
    assert entries(url, "--actor", made[0]["actor_id"], "--action", "call-created") == made

    path = home / "audit.jsonl"
    assert json.loads(ctl(url, "audit", "export", path).stdout)["entries"] == len(found) + 1
    program = {}
    exec(re.search(r"```python\n(.*?)```", (DOCS / "audit.md").read_text(), re.S)[1], program)
    last_hash = program["check"](path.read_text().splitlines())
    verdict = json.loads(ctl(url, "audit", "verify", "--expect", f"{len(found) + 1}:{last_hash}").stdout)
    assert verdict["whole"] and verdict["entries"] == len(found) + 1 and verdict["last_hash"] == last_hash
    assert entries(url, "--limit", "1")[0]["action"] == "exported"
    refused = ctl(url, "audit", "verify", "--expect", f"1:{last_hash}")
    assert refused.returncode == 1 and "Entry 1" in refused.stderr


def test_changed(home):
    """Somebody's own hand in the file, while the daemon runs."""
    path = home / "data/confab.db"
    with Daemon(home) as server:
        make_calls(server, 3)
        with sqlite3.connect(path, timeout=30) as connection:
            connection.execute("UPDATE audit_entries SET actor = 'Eva' WHERE seq = 4")
        connection.close()
        done = ctl(f"sqlite://{path}", "audit", "verify")
        assert done.returncode == 1 and "Entry 4 is not what was written" in done.stderr
        assert json.loads(done.stdout)["broken"] == 4
        make_calls(server, 1)
    assert len(entries(f"sqlite://{path}", "--action", "call-created")) == 4


def test_several_daemons(home, postgres):
    """Two daemons on one PostgreSQL write one chain."""
    url = postgres.make_database()
    (home / "other").mkdir()
    with Daemon(home, database=url) as one, Daemon(home / "other", database=url) as two:
        for _ in range(3):
            make_calls(one, 2)
            make_calls(two, 2)
    verdict = json.loads(ctl(url, "audit", "verify").stdout)
    assert verdict["whole"] and verdict["entries"] >= 24


def test_not_for_everybody(daemon):
    token = daemon.sign_in("Ada")
    assert daemon.request("GET", "/api/v1/admin/audit").status == 401
    assert daemon.request("GET", "/api/v1/admin/audit", token=token).status == 403
