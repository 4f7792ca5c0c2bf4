# SPDX-License-Identifier: GPL-3.0-or-later
"""confabctl import tel-call: old, new, nasty and damaged databases into both of ours."""

import contextlib
import json
import random
import re
import resource
import sqlite3
import subprocess

import pytest

from confabtest.daemon import Daemon
from confabtest.paths import BUILD
from confabtest.tel_call import MOMENT_US, TIMES, TelCall

CONFABCTL = BUILD / "daemon/ctl/confabctl"
COUNTED = ("users", "calls", "participants", "quality", "contacts")
OUR_TABLES = ("users", "calls", "memberships", "participants", "quality_samples", "contacts", "imports")


def run(url, *arguments, **keywords):
    return subprocess.run(
        [CONFABCTL, "--database", url, "--json", *arguments], capture_output=True, text=True, timeout=180, **keywords
    )


def bring(url, path, *options):
    """The report, whose sums are right."""
    done = run(url, "import", "tel-call", str(path), *options)
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    for name in COUNTED:
        one = report[name]
        assert one["read"] == one["imported"] + one["unchanged"] + one["broken"], (name, one)
    assert len(report["problems"]) == sum(report[name]["broken"] for name in COUNTED)
    assert all(problem["why"] for problem in report["problems"])
    return report


def figures(report, name):
    return tuple(report[name][what] for what in ("read", "imported", "unchanged", "broken"))


def problems(report, table):
    return {str(one["id"]): one["why"] for one in report["problems"] if one["table"] == table}


@pytest.fixture(params=["sqlite", "postgres"])
def url(request, home):
    if request.param == "sqlite":
        return f"sqlite://{home}/data/confab.db"
    return request.getfixturevalue("postgres").make_database()


@pytest.fixture
def rows(url, request):
    """The rows of a query on what was imported, each a tuple of strings; NULL is empty."""

    def query(sql):
        if not url.startswith("sqlite"):
            return [tuple(line.split("|")) for line in request.getfixturevalue("postgres").query(sql, url)]
        connection = sqlite3.connect(url.removeprefix("sqlite://"))
        found = [tuple("" if value is None else str(value) for value in row) for row in connection.execute(sql)]
        connection.close()
        return found

    return query


def us(url, column):
    """SQL for a moment in microseconds, on either."""
    return column if url.startswith("sqlite") else f"CAST (extract (epoch FROM {column}) * 1000000 AS BIGINT)"


def everything(rows):
    return {table: sorted(rows(f"SELECT * FROM {table}")) for table in OUR_TABLES}


def test_sane(url, rows, home):
    """All of it comes, once; what it says is what it said there; the source is not touched."""
    source = TelCall(home / "tel.db").fill().done()
    before = source.read_bytes()
    first = bring(url, source)
    assert [figures(first, name) for name in COUNTED] == [(5, 5, 0, 0), (8, 8, 0, 0), (40, 40, 0, 0), (40, 40, 0, 0), (8, 8, 0, 0)]
    assert first["problems"] == []

    assert rows("SELECT login_name, display_name, role, telegram_id FROM users ORDER BY telegram_id") == [
        (f"user{n}", f"First {n}", "member", str(1000 + n)) for n in range(1, 6)
    ]
    assert set(rows(f"SELECT {us(url, 'created_at')} FROM users")) == {(str(MOMENT_US),)}
    assert rows("SELECT state, count(*), count(DISTINCT code) FROM calls GROUP BY state") == [("ended", "8", "8")]
    hour = str(MOMENT_US + 3600 * 1000000)
    assert set(rows(f"SELECT {us(url, 'started_at')}, {us(url, 'ended_at')} FROM calls")) == {(str(MOMENT_US), hour)}
    assert set(rows(f"SELECT {us(url, 'joined_at')}, {us(url, 'left_at')} FROM participants")) == {(str(MOMENT_US), hour)}
    assert rows("SELECT role, count(*) FROM memberships GROUP BY role ORDER BY role") == [("host", "8"), ("speaker", "32")]
    assert set(rows("SELECT rtt_us, jitter_us, lost_ppm, bitrate_bps FROM quality_samples")) == {("40500", "3250", "10000", "32500")}
    assert set(rows("SELECT n_quality_samples FROM calls")) == {("5",)}
    assert rows("SELECT state, count(*) FROM contacts GROUP BY state") == [("agreed", "8")]

    kept = everything(rows)
    again = bring(url, source)
    assert [figures(again, name) for name in COUNTED] == [(5, 0, 5, 0), (8, 0, 8, 0), (40, 0, 40, 0), (40, 0, 40, 0), (8, 0, 8, 0)]
    assert everything(rows) == kept
    assert source.read_bytes() == before


def test_daemon_serves_what_came(home):
    """A server with imported data starts, ends what has expired, and finds nothing wrong."""
    source = TelCall(home / "tel.db").fill()
    source.call(100, status="ACTIVE", expires_at=None)
    source.call(101, status="ACTIVE", expires_at="2026-03-29 01:45:00")
    url = f"sqlite://{home}/data/confab.db"
    bring(url, source.done())
    with Daemon(home, database=url) as daemon:
        assert daemon.request("GET", "/health/ready").status == 200
    connection = sqlite3.connect(home / "data/confab.db")
    assert connection.execute("SELECT count(*) FROM participants WHERE leave_reason = 'restarted'").fetchone() == (0,)
    connection.close()
    assert run(url, "db", "check").returncode == 0


@pytest.mark.parametrize(
    "without",
    [
        ("users.photo_url",),
        ("friend_links",),
        ("call_stats", "friend_links", "users.photo_url"),
        ("call_stats", "friend_links", "participants", "users.updated_at", "calls.is_video_enabled", "calls.title"),
    ],
)
def test_older_servers(home, without):
    """What a server did not have yet is not missed."""
    source = TelCall(home / "tel.db", without=without)
    source.add("users", id=1, telegram_user_id=11, username="ada", first_name="Ada", created_at=TIMES[0])
    source.add("calls", id=1, call_id="x", creator_user_id=1, status="ACTIVE", created_at=TIMES[1], expires_at=None)
    report = bring(f"sqlite://{home}/data/confab.db", source.done())
    assert figures(report, "users") == figures(report, "calls") == (1, 1, 0, 0)
    assert report["problems"] == [] and figures(report, "quality") == (0, 0, 0, 0)


def test_names(url, rows, home):
    """Empty, twice the same, of any script: everybody gets a valid name of their own and keeps theirs to be seen."""
    names = [
        ("ada", "Ada", "Lovelace"), ("ADA", "Ада", "Лавлейс"), ("ada", "", None), (None, None, None), ("", "", ""),
        (None, "张", "伟"), (None, "張", "偉"), ("  ", " Zoë\t", " Ñ "), (None, "عمر", None), ("x", "😀", "😀"),
        ("a" * 255, "b" * 255, "c" * 255), ("user-4", "Mallory", None), ("o'brien; DROP TABLE users", "%s", "\\"),
        ("with space", "\u202eevil", "\x00\x01"), (b"\xff\xfe", 12, 1.5),
    ]  # fmt: skip
    source = TelCall(home / "tel.db")
    for number, (username, first, last) in enumerate(names, 1):
        source.user(number, username=username, first_name=first, last_name=last)
    report = bring(url, source.done())
    assert figures(report, "users") == (len(names), len(names), 0, 0), report["problems"]
    found = rows("SELECT login_name, display_name FROM users ORDER BY telegram_id")
    logins = [login for login, _ in found]
    assert all(re.fullmatch(r"[A-Za-z0-9_.-]{3,32}", login) for login in logins), logins
    assert len({login.lower() for login in logins}) == len(names)
    displays = [display for _, display in found]
    assert displays[:3] == ["Ada Lovelace", "Ада Лавлейс", "ada"] and displays[5] == "张 伟" and displays[7] == "Zoë Ñ"
    assert all(0 < len(display) <= 64 for display in displays)
    assert logins[0] == "ada" and logins[1] == "ADA-2"


def test_broken_and_orphaned(url, rows, home):
    """Each bad row is named with its reason; what is good around it comes over."""
    source = TelCall(home / "tel.db").fill(users=2, calls=2)
    source.user(10, created_at="the day before yesterday")
    source.user(11, telegram_user_id="not a number")
    source.user(12, created_at=None)
    source.call(10, creator=99)
    source.call(11, creator=10)
    source.call(12, status="DREAMT")
    source.call(13, created_at="2026-02-30 00:00:00")
    source.call(14, expires_at="2020-01-01 00:00:00")
    source.participant(100, call=1, user=99)
    source.participant(101, call=99, user=1)
    source.participant(102, call=10, user=1)
    source.participant(103, call=1, user=1, left_at="2020-01-01 00:00:00")
    source.participant(104, call=1, user=None)
    source.stats(100, call=99, user=1)
    source.stats(101, call=1, user=99)
    source.stats(102, call=1, user=1, audio_jitter_ms=-1)
    source.stats(103, call=1, user=1, rtt_ms="fast")
    source.stats(104, call=1, user=1, audio_packets_lost=None, audio_packets_sent=None, rtt_ms=None)
    source.friends(1, 99)
    source.add("friend_links", user_id=1, friend_id=1, created_at=TIMES[0])
    report = bring(url, source.done())
    assert figures(report, "users") == (5, 2, 0, 3)
    assert figures(report, "calls") == (7, 2, 0, 5)
    assert figures(report, "participants") == (9, 4, 0, 5)
    assert figures(report, "quality") == (9, 5, 0, 4)
    assert figures(report, "contacts") == (5, 2, 0, 3)
    assert problems(report, "users").keys() == {"10", "11", "12"}
    assert problems(report, "calls").keys() == {"10", "11", "12", "13", "14"}
    assert "“99” of users" in problems(report, "calls")["10"] and "DREAMT" not in problems(report, "calls")["12"]
    assert problems(report, "participants").keys() == {"100", "101", "102", "103", "104"}
    assert problems(report, "call_stats").keys() == {"100", "101", "102", "103"}
    assert problems(report, "friend_links").keys() == {"1:99", "99:1", "1:1"}
    kept = everything(rows)
    again = bring(url, source.path)
    assert all(again[name]["imported"] == 0 and again[name]["broken"] == report[name]["broken"] for name in COUNTED)
    assert everything(rows) == kept


def test_twice_the_same_row(home):
    """Where a server's tables had no keys, the first of two rows is the row, each time."""
    source = TelCall(home / "tel.db").fill(users=2, calls=1)
    source.connection.executescript(
        "ALTER TABLE users RENAME TO old; CREATE TABLE users AS SELECT * FROM old; DROP TABLE old;"
        "INSERT INTO users SELECT * FROM users;"
        "UPDATE users SET first_name = 'Other' WHERE rowid > 2; INSERT INTO friend_links SELECT * FROM friend_links"
    )
    url = f"sqlite://{home}/data/confab.db"
    report = bring(url, source.done())
    assert figures(report, "users") == (4, 2, 0, 2) and figures(report, "contacts") == (4, 2, 0, 2)
    assert problems(report, "users").keys() == {"1", "2"}
    again = bring(url, source.path)
    assert figures(again, "users") == (4, 0, 2, 2)


def test_what_has_no_place_is_said(home):
    source = TelCall(home / "tel.db").fill(users=2, calls=3)
    source.call(20, is_video_enabled=1, title="t" * 5000)
    source.user(20, photo_url="javascript:alert(1)")
    report = bring(f"sqlite://{home}/data/confab.db", source.done())
    said = {one["what"].split(" ")[1]: one["rows"] for one in report["remarks"]}
    assert said["is_video_enabled"] == 1 and said["titles"] == 1 and said["pictures"] == 1
    assert report["problems"] == []


def test_changes_come_and_ours_stay(url, rows, home):
    """A second import brings what changed there, and leaves what was changed here."""
    source = TelCall(home / "tel.db").fill(users=3, calls=2)
    source.call(50, status="ACTIVE", expires_at=None)
    source.participant(500, call=50, user=1, left_at=None)
    bring(url, source.done())
    later = "9000000000000000" if url.startswith("sqlite") else "now () + interval '1 day'"
    statement = f"UPDATE users SET display_name = 'Changed here', updated_at = {later} WHERE telegram_id = 1002"
    if url.startswith("sqlite"):
        connection = sqlite3.connect(url.removeprefix("sqlite://"))
        connection.execute(statement)
        connection.commit()
        connection.close()
    else:
        rows(statement)
    connection = sqlite3.connect(source.path)
    connection.executescript(
        "UPDATE users SET first_name = 'Changed there' WHERE id IN (1, 2);"
        "UPDATE calls SET status = 'ENDED' WHERE id = 50;"
        "UPDATE participants SET left_at = '2026-03-29 05:30:00' WHERE id = 500"
    )
    connection.close()
    report = bring(url, source.path)
    assert figures(report, "users") == (3, 2, 1, 0) and figures(report, "calls") == (3, 1, 2, 0)
    assert figures(report, "participants") == (7, 1, 6, 0)
    assert rows("SELECT display_name FROM users ORDER BY telegram_id") == [("Changed there",), ("Changed here",), ("First 3",)]
    assert rows(f"SELECT state, {us(url, 'ended_at')} FROM calls WHERE title = 'Call 50'") == [
        ("ended", str(MOMENT_US + 4 * 3600 * 1000000))
    ]


def test_who_left_stays_away(home):
    """Whatever the clock said when somebody deleted their account here, their name does not come back."""
    source = TelCall(home / "tel.db").fill(users=1)
    url = f"sqlite://{home}/data/confab.db"
    bring(url, source.done())
    for path, statement in (
        (home / "data/confab.db", "UPDATE users SET display_name = 'Deleted user', deleted_at = 1, updated_at = 1"),
        (source.path, "UPDATE users SET first_name = 'Changed there'"),
    ):
        with contextlib.closing(sqlite3.connect(path)) as connection, connection:
            connection.execute(statement)
    bring(url, source.path)
    with contextlib.closing(sqlite3.connect(home / "data/confab.db")) as connection:
        assert connection.execute("SELECT display_name FROM users").fetchall() == [("Deleted user",)]
        assert connection.execute("SELECT name FROM user_names WHERE name LIKE 'changed%'").fetchall() == []


def test_who_is_here_already(url, rows, home):
    """Somebody who signed in by Telegram before is the same person, and keeps their name."""
    run(url, "db", "migrate")
    moment = "1, 1" if url.startswith("sqlite") else "now (), now ()"
    insert = (
        "INSERT INTO users (id, display_name, role, login_name, telegram_id, created_at, updated_at)"
        f" VALUES ('here', 'Here', 'admin', 'user2', 1001, {moment})"
    )
    if url.startswith("sqlite"):
        connection = sqlite3.connect(url.removeprefix("sqlite://"))
        connection.execute(insert)
        connection.commit()
        connection.close()
    else:
        rows(insert)
    report = bring(url, TelCall(home / "tel.db").fill(users=2, calls=1).done())
    assert report["problems"] == []
    assert rows("SELECT display_name, login_name, role FROM users ORDER BY telegram_id") == [
        ("Here", "user2", "admin"), ("First 2", "user2-2", "member")
    ]  # fmt: skip
    assert len(rows("SELECT 1 FROM participants WHERE user_id = 'here'")) == 1


def test_dry_run_writes_nothing(url, rows, home):
    """It says what the real one then does; nothing is there that was not there before."""
    source = TelCall(home / "tel.db").fill()
    source.call(10, creator=99)
    source.done()
    dry = bring(url, source.path, "--dry-run")
    assert not (home / "data/confab.db").exists()
    run(url, "db", "migrate")
    before = everything(rows)
    over_empty = bring(url, source.path, "--dry-run")
    assert everything(rows) == before
    real = bring(url, source.path)
    assert dry.pop("dry_run") and over_empty.pop("dry_run") and not real.pop("dry_run")
    assert dry == over_empty == real
    kept = everything(rows)
    assert figures(bring(url, source.path, "--dry-run"), "participants") == (40, 0, 40, 0)
    assert everything(rows) == kept


def test_killed_in_the_middle(url, rows, home):
    """Wherever kill -9 hits: the next import goes on from there, and nothing is there twice."""
    source = TelCall(home / "tel.db").fill(users=40, calls=25)
    source.done()
    run(url, "db", "migrate")
    dice = random.Random(3)
    for _ in range(6):
        process = subprocess.Popen(
            [CONFABCTL, "--database", url, "import", "tel-call", source.path],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            process.wait(dice.uniform(0.01, 0.3))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    report = bring(url, source.path)
    assert report["problems"] == []
    assert [report[name]["read"] for name in COUNTED] == [40, 25, 1000, 1000, 78]
    counts = "SELECT count(*) FROM users UNION ALL SELECT count(*) FROM calls UNION ALL SELECT count(*) FROM participants"
    assert rows(counts) == [("40",), ("25",), ("1000",)]
    assert rows("SELECT sum(n_quality_samples), (SELECT count(*) FROM quality_samples) FROM calls") == [("1000", "1000")]


def test_a_server_that_writes(home):
    """The source in WAL mode, while its server goes on: one moment of it comes, and neither disturbs the other."""
    path = TelCall(home / "tel.db").fill().done()
    writer = sqlite3.connect(path, isolation_level=None)
    assert writer.execute("PRAGMA journal_mode=WAL").fetchone() == ("wal",)
    writer.execute("INSERT INTO users (id, username, created_at) VALUES (50, 'in-the-log', '2026-03-29 01:30:00')")
    writer.execute("BEGIN IMMEDIATE")
    writer.execute("INSERT INTO users (id, username, created_at) VALUES (51, 'not-yet', '2026-03-29 01:30:00')")
    url = f"sqlite://{home}/data/confab.db"
    assert figures(bring(url, path), "users") == (6, 6, 0, 0)
    writer.execute("COMMIT")
    assert figures(bring(url, path), "users") == (7, 1, 6, 0)
    writer.close()


def test_refused(home):
    """What is no database of such a server is refused in one sentence, and nothing is kept of it."""
    nonsense = home / "nonsense.db"
    nonsense.write_text("not a database, by no means " * 100)
    empty = home / "empty.db"
    empty.touch()
    other = home / "other.db"
    connection = sqlite3.connect(other)
    connection.executescript("CREATE TABLE users (id, name); CREATE TABLE calls (id)")
    connection.close()
    headless = TelCall(home / "headless.db").fill().done()
    headless.write_bytes(headless.read_bytes()[:50] + bytes(300) + headless.read_bytes()[350:])
    url = f"sqlite://{home}/data/confab.db"
    for path in (nonsense, empty, other, headless, home / "missing.db", home):
        done = run(url, "import", "tel-call", str(path))
        assert done.returncode == 1 and done.stdout == "", (path, done)
        assert done.stderr.strip().splitlines()[-1].startswith("confabctl: The file “"), done.stderr
    for arguments in (("import",), ("import", "tel-call"), ("import", "zoom", "x"), ("import", "tel-call", "a", "b")):
        assert run(url, *arguments).returncode == 2


def test_older_schema_of_ours(home):
    url = f"sqlite://{home}/data/confab.db"
    run(url, "db", "migrate", "--to", "3")
    done = run(url, "import", "tel-call", str(TelCall(home / "tel.db").fill().done()))
    assert done.returncode == 1 and "confabctl db migrate" in done.stderr


def damage(dice, path, whole):
    """Bytes, runs or pages of it are others now; the header stays, or all would be refused."""
    data = bytearray(whole)
    for _ in range(dice.choice((1, 1, 2, 5, 20))):
        at = dice.randrange(100, len(data))
        match dice.randrange(4):
            case 0:
                data[at] = dice.randrange(256)
            case 1:
                length = dice.randrange(1, 300)
                data[at : at + length] = dice.randbytes(length)[: len(data) - at]
            case 2:
                page = at // 4096 * 4096
                data[max(page, 100) : page + 4096] = bytes(page + 4096 - max(page, 100))
            case _:
                one, other = at // 4096 * 4096, dice.randrange(len(data)) // 4096 * 4096
                if one > 0 and other > 0:
                    data[one : one + 4096], data[other : other + 4096] = data[other : other + 4096], data[one : one + 4096]
    path.write_bytes(data)


def test_random_damage(home):
    """However a file is damaged: a report with right sums or one sentence, the same twice, no crash, our data whole."""
    whole = TelCall(home / "tel.db").fill(users=40, calls=12).done().read_bytes()
    dice = random.Random(29)
    outcomes = {"whole": 0, "partly": 0, "refused": 0}
    for number in range(24):
        path, url = home / f"damaged-{number}.db", f"sqlite://{home}/data/confab-{number}.db"
        damage(dice, path, whole)
        damaged = path.read_bytes()
        done = run(url, "import", "tel-call", str(path))
        assert done.returncode in (0, 1), (number, done)
        assert path.read_bytes() == damaged
        if done.returncode == 1:
            assert done.stdout == "" and "cannot be imported" in done.stderr, (number, done)
            outcomes["refused"] += 1
            continue
        report = bring(url, path)
        assert all(report[name]["imported"] == 0 for name in COUNTED), (number, report)
        outcomes["partly" if report["problems"] else "whole"] += 1
        assert run(url, "db", "check").returncode == 0
    assert outcomes["partly"] >= 8, outcomes


def test_memory_is_bounded(home):
    """A file of 60,000 users, half of them broken, and a name of 30 MB needs no more than a small one."""
    source = TelCall(home / "tel.db")
    source.connection.execute(
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60000)"
        " INSERT INTO users SELECT i, i, 'user' || i, NULL, NULL, NULL,"
        " CASE i % 2 WHEN 0 THEN '2026-03-29 01:30:00' ELSE 'never' END, NULL FROM n"
    )
    source.user(100000, username="x" * 30_000_000)
    source.done()
    limit = 220 * 1024 * 1024
    with open(home / "report.json", "w") as report:
        subprocess.run(
            [CONFABCTL, "--database", f"sqlite://{home}/data/confab.db", "--json", "import", "tel-call", source.path],
            stdout=report, check=True, timeout=180,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_DATA, (limit, limit)),
        )  # fmt: skip
    done = json.loads((home / "report.json").read_text())
    assert figures(done, "users") == (60001, 30000, 0, 30001)
    assert done["problems"][-1]["id"] == 100000 and len(done["problems"]) == 30001
