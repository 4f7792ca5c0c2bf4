# SPDX-License-Identifier: GPL-3.0-or-later
"""What requests ask of the database: slow statements are named, and no list asks more for being longer."""

import json
import re
import sqlite3
import statistics
import subprocess

from confabtest.daemon import Daemon
from confabtest.process import wait_until

SAMPLE_US = 1774747800000000


def read_count(daemon, name):
    text = daemon.request("GET", "/metrics").body.decode()
    return float(re.search(rf"^{name}_total (\S+)$", text, re.MULTILINE)[1])


def test_slow_statement_is_named(home, postgres):
    """With the id of the request that it was for, the statement, and no value of it; and it is counted."""
    url = postgres.make_database()
    with Daemon(home, database=url, env={"CONFAB_LOG_FORMAT": "json"}) as daemon:
        token = daemon.sign_in()
        call = daemon.create_call(token)["call"]["id"]
        before = read_count(daemon, "confab_database_slow_statements")
        holder = subprocess.Popen(
            ["psql", "-Xqc", "BEGIN; LOCK TABLE memberships IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep (1); COMMIT", url],
            stdout=subprocess.DEVNULL,
        )
        held = "SELECT count(*) FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND relation = 'memberships'::regclass AND granted"
        wait_until(lambda: postgres.query(held, url) == ["1"], "the lock")
        reply = daemon.request("GET", f"/api/v1/calls/{call}", token=token)
        assert reply.status == 200 and holder.wait(30) == 0
        lines = [json.loads(line) for line in daemon.process.report().splitlines() if line.startswith("{") and "A statement took" in line]
        mine = [line for line in lines if reply.headers["X-Request-Id"] in line.values()]
        assert len(mine) == 1, lines
        text = json.dumps(mine[0])
        assert " memberships " in text and "$1" in text and call not in text
        assert read_count(daemon, "confab_database_slow_statements") > before


def fill(home, call, user):
    """What lists list, straight into the file."""
    connection = sqlite3.connect(home / "data/confab.db", timeout=30)
    for number in range(150):
        name = f"{number:026d}"
        connection.execute(
            "INSERT INTO calls (id, code, kind, state, creator_id, created_at, expires_at, max_participants)"
            " VALUES (?, ?, 'now', 'open', ?, ?, 9000000000000000, 6)", (name, f"{number:04d}-0000-0000", user, SAMPLE_US + number)
        )  # fmt: skip
        connection.execute("INSERT INTO memberships (call_id, user_id, role, made_at) VALUES (?, ?, 'host', 1)", (name, user))
        connection.execute(
            "INSERT INTO quality_samples (call_id, at, participant_id, peer_id, jitter_us, lost_ppm, bitrate_bps, level_millidbov,"
            " mos_millis) VALUES (?, ?, ?, ?, 1, 0, 1, -1, 4000)", (call, SAMPLE_US + number, name, name)
        )  # fmt: skip
    connection.commit()
    connection.close()


def count_statements(daemon, token, path):
    """Of one request, and its answer; the middle of several tries: the daemon has work of its own in between."""
    found = []
    for _ in range(5):
        start = read_count(daemon, "confab_database_statements")
        before = read_count(daemon, "confab_database_statements")
        reply = daemon.request("GET", path, token=token)
        # Looking asks the database, too.
        found.append(read_count(daemon, "confab_database_statements") - before - (before - start))
        assert reply.status == 200, (path, reply.body)
    return statistics.median_low(found), next(value for value in reply.json.values() if isinstance(value, list))


def test_no_list_asks_more_for_being_longer(home):
    """A statement for each kind of object on a page, however many of them there are."""
    with Daemon(home) as daemon:
        token = daemon.sign_in()
        call = daemon.create_call(token)["call"]
        lists = ["/api/v1/calls", f"/api/v1/calls/{call['id']}/quality?limit=100"]
        few = {path: count_statements(daemon, token, path) for path in lists}
        fill(home, call["id"], call["creator_id"])
        for path in lists:
            n_statements, rows = count_statements(daemon, token, path)
            assert len(rows) == 100 and len(few[path][1]) <= 1
            assert n_statements == few[path][0] <= 2, path
