# SPDX-License-Identifier: GPL-3.0-or-later
"""confabctl db on both databases: many at once, killed in the middle, damaged, of another version."""

import concurrent.futures
import json
import pathlib
import random
import sqlite3
import subprocess

import pytest

from confabtest.daemon import Daemon
from confabtest.paths import BUILD, CONFABD, DEADLINE_S

CONFABCTL = BUILD / "daemon/ctl/confabctl"


def ctl(url, *arguments, check=True):
    """The object that a command prints; with check=False the finished process."""
    done = subprocess.run(
        [CONFABCTL, "--database", url, "--json", *arguments], capture_output=True, text=True, timeout=180
    )
    if not check:
        return done
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def assert_refused(url, *arguments, words):
    done = ctl(url, *arguments, check=False)
    assert done.returncode == 1 and done.stdout == "", done
    assert done.stderr.count("\n") == 1 and words in done.stderr, done.stderr


@pytest.fixture(params=["sqlite", "postgres"])
def url(request, home):
    """The URL of an empty database."""
    if request.param == "sqlite":
        return f"sqlite://{home}/data/confab.db"
    return request.getfixturevalue("postgres").make_database()


@pytest.fixture
def run_sql(url, postgres):
    """Runs SQL behind everybody's back, and gives the first column of its rows."""

    def run(sql):
        if not url.startswith("sqlite"):
            return postgres.query(sql, url)
        with sqlite3.connect(url.removeprefix("sqlite://")) as connection:
            rows = [str(row[0]) for row in connection.execute(sql)]
        connection.close()
        return rows

    return run


def test_life(url, run_sql):
    """Up, down, up: with reports, a dry run and backups."""
    done = ctl(url, "db", "migrate", "--dry-run", check=False)
    if url.startswith("sqlite"):
        assert done.returncode == 1 and "There is no database" in done.stderr
    report = ctl(url, "db", "migrate")
    newest = report["to"]
    assert report["from"] == 0 and [step["number"] for step in report["steps"]] == list(range(1, newest + 1))
    assert all(step["direction"] == "up" and step["took_us"] > 0 for step in report["steps"])
    assert "backup" not in report

    status = ctl(url, "db", "status")
    assert status["schema"] == status["needed"] == newest
    assert [one["state"] for one in status["migrations"]] == ["applied"] * newest

    down = ctl(url, "db", "rollback")
    assert (down["from"], down["to"]) == (newest, newest - 1) and pathlib.Path(down["backup"]).stat().st_size > 0
    dry = ctl(url, "db", "migrate", "--dry-run")
    assert dry["dry_run"] and [step["took_us"] for step in dry["steps"]] == [0]
    assert ctl(url, "db", "status")["migrations"][-1]["state"] == "pending"
    assert ctl(url, "db", "migrate")["to"] == newest
    assert ctl(url, "db", "migrate")["steps"] == []
    assert ctl(url, "db", "check")["whole"]

    ctl(url, "db", "rollback", "--to", "0")
    assert run_sql("SELECT number FROM schema_migrations") == []
    ctl(url, "db", "migrate", "--to", "1")
    assert run_sql("SELECT number FROM schema_migrations") == ["1"]
    assert_refused(url, "db", "rollback", "--to", str(newest), words="confabctl db migrate")
    assert_refused(url, "db", "migrate", "--to", "0", words="confabctl db rollback")
    assert_refused(url, "db", "migrate", "--to", "999", words="There is no schema 999")


def test_twenty_at_once(url, run_sql):
    """All succeed, and exactly one of them did it."""
    with concurrent.futures.ThreadPoolExecutor(20) as pool:
        reports = list(pool.map(lambda _: ctl(url, "db", "migrate"), range(20)))
    busy = [report for report in reports if report["steps"]]
    assert len(busy) == 1 and busy[0]["from"] == 0
    assert len(run_sql("SELECT number FROM schema_migrations")) == busy[0]["to"]


def test_changed_and_newer(url, run_sql):
    newest = ctl(url, "db", "migrate")["to"]
    run_sql("UPDATE schema_migrations SET checksum = 'x' WHERE number = 1")
    assert_refused(url, "db", "check", words="Schema 1")
    assert_refused(url, "db", "rollback", words="Schema 1")
    assert ctl(url, "db", "status")["migrations"][0]["state"] == "changed"
    run_sql(f"UPDATE schema_migrations SET number = 999, name = 'future' WHERE number = {newest}")
    assert_refused(url, "db", "migrate", words="has schema 999")
    assert ctl(url, "db", "status")["migrations"][-1]["state"] == "unknown"


def start_refused(url):
    done = subprocess.run(
        [CONFABD, "--listen", "127.0.0.1:0", "--database", url], capture_output=True, text=True, timeout=DEADLINE_S
    )
    assert done.returncode == 1, done
    return done.stderr


def test_server_refuses_another_schema(url, home):
    """An empty database it fills; an older one it leaves to who looks after it."""
    with Daemon(home, database=url):
        pass
    ctl(url, "db", "rollback", "--to", "1")
    assert "run “confabctl db migrate”" in start_refused(url)
    assert ctl(url, "db", "status")["schema"] == 1
    ctl(url, "db", "migrate")
    with Daemon(home, database=url) as daemon:
        assert daemon.request("GET", "/health/ready").status == 200


def test_backup_and_restore(url, home):
    """A copy of a running server is whole, and back in place it is what was."""
    copy = home / "copy"
    with Daemon(home, database=url) as daemon:
        token = daemon.sign_in("Ada")
        kept = daemon.create_call(token, title="kept")["call"]["id"]
        assert ctl(url, "db", "backup", str(copy)) == {"backup": str(copy)}
        assert_refused(url, "db", "backup", str(copy), words="File exists")
        lost = daemon.create_call(token, title="lost")["call"]["id"]
        assert_refused(url, "db", "restore", str(copy), words="in use by")
    before = ctl(url, "db", "restore", str(copy))["kept"]
    assert pathlib.Path(before).stat().st_size > 0
    assert find_calls(url, home) == {kept}
    ctl(url, "db", "restore", before)
    assert find_calls(url, home) == {kept, lost}


def test_restore_of_an_older_schema(url, run_sql):
    """The backup that a migration made brings back what was before it; a damaged one changes nothing."""
    ctl(url, "db", "migrate", "--to", "3")
    now = "1" if url.startswith("sqlite") else "now()"
    run_sql(f"INSERT INTO users (id, display_name, role, created_at) VALUES ('old', 'x', 'member', {now})")
    report = ctl(url, "db", "migrate")
    run_sql(f"INSERT INTO users (id, display_name, role, created_at) VALUES ('new', 'x', 'member', {now})")
    cut = pathlib.Path(report["backup"] + ".cut")
    cut.write_bytes(pathlib.Path(report["backup"]).read_bytes()[:-1000])
    assert ctl(url, "db", "restore", str(cut), check=False).returncode == 1
    assert run_sql("SELECT id FROM users ORDER BY id") == ["new", "old"]
    kept = ctl(url, "db", "restore", report["backup"])["kept"]
    assert ctl(url, "db", "status")["schema"] == 3
    assert run_sql("SELECT id FROM users") == ["old"]
    assert ctl(url, "db", "migrate")["from"] == 3
    ctl(url, "db", "restore", kept)
    assert run_sql("SELECT id FROM users ORDER BY id") == ["new", "old"]
    assert not list(cut.parent.glob("*.restoring"))


def find_calls(url, home):
    if url.startswith("sqlite"):
        with sqlite3.connect(url.removeprefix("sqlite://")) as connection:
            found = {row[0] for row in connection.execute("SELECT id FROM calls")}
        connection.close()
        return found
    done = subprocess.run(["psql", "-XqAt", "-c", "SELECT id FROM calls", url], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_restore_refuses_what_is_no_backup(url, home):
    ctl(url, "db", "migrate")
    nonsense = home / "nonsense"
    nonsense.write_text("not a backup")
    for path in (nonsense, home / "missing"):
        done = ctl(url, "db", "restore", str(path), check=False)
        assert done.returncode == 1 and done.stderr.strip(), done
    assert ctl(url, "db", "check")["whole"]


def test_damaged(home):
    url = f"sqlite://{home}/data/confab.db"
    ctl(url, "db", "migrate")
    path = home / "data/confab.db"
    with sqlite3.connect(path) as connection:
        for number in range(2000):
            connection.execute("INSERT INTO users (id, display_name, role, created_at) VALUES (?, 'x', 'member', 1)", (f"user-{number}",))
    connection.close()
    whole = path.read_bytes()
    path.write_bytes(whole[:20000] + bytes(4096) + whole[24096:])
    assert_refused(url, "db", "check", words="damaged")
    assert_refused(url, "db", "rollback", words="damaged")


def test_killed_in_the_middle(url, run_sql):
    """Wherever kill -9 hits, the schema is a whole one, and no row is lost."""
    newest = ctl(url, "db", "migrate", "--to", "1")["to"]
    times = "1, 2" if url.startswith("sqlite") else "now (), now () + interval '1 day'"
    run_sql("INSERT INTO users (id, display_name, role, created_at) VALUES ('ada', 'Ada', 'member', " + times.split(",")[0] + ")")
    for number in range(200):
        run_sql(
            "INSERT INTO calls (id, code, kind, state, creator_id, created_at, expires_at, max_participants)"
            f" VALUES ('call-{number}', 'code-{number}', 'now', 'ended', 'ada', {times}, 2)"
        )
    dice = random.Random(7)
    for _ in range(25):
        process = subprocess.Popen(
            [CONFABCTL, "--database", url, "db", "migrate"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            process.wait(dice.uniform(0.005, 0.15))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(DEADLINE_S)
        assert run_sql("SELECT count(*) FROM calls") == ["200"]
        found = [int(number) for number in run_sql("SELECT number FROM schema_migrations ORDER BY number")]
        assert found == list(range(1, len(found) + 1))
        if len(found) > newest:
            ctl(url, "db", "rollback", "--to", str(newest))
    assert ctl(url, "db", "migrate")["from"] == newest
    assert ctl(url, "db", "check")["whole"]


@pytest.mark.parametrize(
    "arguments, words",
    [
        ((), "What shall I do?"),
        (("dance",), "There is no command “dance”"),
        (("db",), "There is no command “db”"),
        (("db", "dance"), "There is no command “db dance”"),
        (("db", "backup"), "Something is missing"),
        (("db", "status", "now"), "“now” is too much"),
        (("db", "migrate", "--too", "3"), "--too"),
        (("db", "migrate", "--to", "three"), "three"),
    ],
)
def test_wrong_usage(home, arguments, words):
    done = ctl(f"sqlite://{home}/data/confab.db", *arguments, check=False)
    assert done.returncode == 2 and done.stdout == "", done
    assert done.stderr.count("\n") == 1 and words in done.stderr and "--help" in done.stderr


def test_help(home):
    done = subprocess.run([CONFABCTL, "--help"], capture_output=True, text=True, timeout=DEADLINE_S)
    assert done.returncode == 0 and "Usage: confabctl" in done.stdout
    for command in ("status", "migrate", "rollback", "backup", "restore", "check"):
        one = subprocess.run([CONFABCTL, "db", command, "--help"], capture_output=True, text=True, timeout=DEADLINE_S)
        assert one.returncode == 0 and f"confabctl db {command}" in one.stdout
        assert f"confabctl db {command}" in done.stdout
