# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults that lose nothing: killed, cut off from its server, without room, not allowed to write, and with a clock set back."""

import concurrent.futures
import http.client
import json
import os
import pathlib
import random
import resource
import shutil
import signal
import sqlite3
import subprocess
import threading
import urllib.parse

import pytest

from confabtest.daemon import Daemon
from confabtest.disk import MOUNT, SmallDisk
from confabtest.paths import BUILD, DEADLINE_S
from confabtest.postgres import Postgres
from confabtest.process import wait_until

CONFABCTL = BUILD / "daemon/ctl/confabctl"
# A client here writes as fast as it can.
FREE = {"CONFAB_LIMITS_CREATE_PER_MINUTE": "0", "CONFAB_LIMITS_OPEN_CALLS_PER_USER": "10000", "CONFAB_LIMITS_GUEST_PER_MINUTE": "0"}
N_WRITERS = 4


class Writers:
    """Clients that make calls and end every other one, and remember what they were told."""

    def __init__(self, daemon, token):
        self.address = urllib.parse.urlsplit(daemon.url).netloc
        self.token = token
        self.made, self.ended, self.refused = set(), set(), []
        self.is_over = threading.Event()
        self.threads = [threading.Thread(target=self.run, daemon=True) for _ in range(N_WRITERS)]
        for thread in self.threads:
            thread.start()

    def ask(self, path, body):
        connection = http.client.HTTPConnection(self.address, timeout=60)
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        try:
            connection.request("POST", path, json.dumps(body), headers)
            reply = connection.getresponse()
            return reply.status, reply.headers, json.loads(reply.read() or b"{}")
        finally:
            connection.close()

    def run(self):
        while not self.is_over.is_set():
            try:
                self.write()
            except (OSError, http.client.HTTPException, ValueError):
                # Nobody said that it was done.
                if self.is_over.wait(0.01):
                    return

    def write(self):
        status, headers, body = self.ask("/api/v1/calls", {"title": "under load"})
        if status != 201:
            self.refused.append((status, headers.get("Retry-After"), body))
            self.is_over.wait(0.05)
            return
        call = body["call"]["id"]
        self.made.add(call)
        if len(self.made) % 2:
            status, headers, body = self.ask(f"/api/v1/calls/{call}/end", {})
            if status == 200:
                self.ended.add(call)
            else:
                self.refused.append((status, headers.get("Retry-After"), body))

    def stop(self):
        self.is_over.set()
        for thread in self.threads:
            thread.join(DEADLINE_S)
            assert not thread.is_alive(), "a request was never answered"


class Database:
    """One that a daemon serves, seen from behind."""

    #: What goes in front of a command that shall see it.
    prefix = ()

    def __init__(self, url, server):
        self.url = url
        self.server = server

    def find_file(self):
        return self.url.removeprefix("sqlite://")

    def query(self, sql):
        if self.server is not None:
            return [tuple(line.split("|")) for line in self.server.query(sql, self.url)]
        connection = sqlite3.connect(self.find_file())
        rows = [tuple(str(value) for value in row) for row in connection.execute(sql)]
        connection.close()
        return rows

    def assert_kept(self, writers):
        states = dict(self.query("SELECT id, state FROM calls"))
        assert writers.made <= states.keys()
        assert {states[call] for call in writers.ended} <= {"ended"}

    def assert_written(self):
        """The audit log says of each call that it was made, and ended, once; and of no other."""
        for action, condition in (("call-created", ""), ("call-ended", " WHERE ended_at IS NOT NULL")):
            there = self.query(f"SELECT id FROM calls{condition}")
            written = self.query(f"SELECT target FROM audit_entries WHERE action = '{action}'")
            assert sorted(written) == sorted(there), action

    def assert_whole(self):
        done = subprocess.run([*self.prefix, CONFABCTL, "-d", self.url, "db", "check"], capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr


@pytest.fixture(params=["sqlite", "postgres"])
def database(request, home):
    if request.param == "sqlite":
        return Database(f"sqlite://{home}/data/confab.db", None)
    server = request.getfixturevalue("postgres")
    return Database(server.make_database(), server)


@pytest.fixture
def served(database, home):
    """A daemon on it that keeps its key, so that a token outlives it."""
    with Daemon(home, database=database.url, env={**FREE, "CONFAB_AUTH_KEY_FILE": str(home / "data/secret.key")}) as daemon:
        yield daemon


def test_killed_under_load(database, served):
    """Whenever kill -9 comes, what was acknowledged is there afterwards, and nothing is broken."""
    token = served.sign_in()
    dice = random.Random(11)
    n_made = 0
    for _ in range(8):
        writers = Writers(served, token)
        wait_until(lambda: len(writers.made) > dice.randrange(1, 40), "writes")
        threading.Event().wait(dice.uniform(0, 0.05))
        port = served.port
        served.stop(signal.SIGKILL)
        writers.stop()
        assert writers.refused == []
        served.start(f"127.0.0.1:{port}")
        database.assert_kept(writers)
        database.assert_written()
        n_made += len(writers.made)
        served.create_call(token)
    database.assert_whole()
    assert n_made >= 16  # two in each round at least


@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_postgres_restarted_under_load(home, postgres, mode):
    """Requests wait, or are told when to come again; then all is well, and nothing is lost."""
    database = Database(postgres.make_database(), postgres)
    with Daemon(home, database=database.url, env=FREE) as daemon:
        token = daemon.sign_in()
        writers = Writers(daemon, token)
        for _ in range(2):
            before = len(writers.made)
            wait_until(lambda: len(writers.made) > before + 10, "writes before")
            postgres.control("restart", "-m", mode)
            after = len(writers.made)
            wait_until(lambda: len(writers.made) > after + 10, "writes after")
        writers.stop()
        assert all(status == 503 and int(again) > 0 for status, again, _ in writers.refused), writers.refused
        assert all(str(home) not in str(body) and "postgres" not in str(body) for *_, body in writers.refused)
        database.assert_kept(writers)
        assert daemon.request("GET", "/health/ready").status == 200


def test_postgres_away(home, postgres):
    """Gone for longer than anybody waits: a clean refusal, signs of life, and back by itself."""
    database = Database(postgres.make_database(), postgres)
    with Daemon(home, database=database.url, env=FREE) as daemon:
        token = daemon.sign_in()
        call = daemon.create_call(token)["call"]
        postgres.control("stop", "-m", "fast")
        try:
            with concurrent.futures.ThreadPoolExecutor(2) as pool:
                ready = pool.submit(daemon.request, "GET", "/health/ready")
                made = pool.submit(daemon.request, "POST", "/api/v1/calls", {}, token)
                assert daemon.request("GET", "/health/live").status == 200
            reply = made.result()
            assert reply.status == 503 and int(reply.headers["Retry-After"]) > 0 and reply.json["code"] == "unavailable"
            assert ready.result().status == 503
        finally:
            postgres.control("start")
        assert daemon.request("GET", f"/api/v1/calls/{call['id']}", token=token).status == 200
        daemon.create_call(token)
        assert len(daemon.request("GET", "/api/v1/calls", token=token).json["items"]) == 2


def assert_no_space(writers):
    """Typed, with a hint when to come again, and without a word of where the disk is."""
    assert {(status, body["code"]) for status, _, body in writers.refused} == {(507, "no-space")}, writers.refused[0]
    assert all(int(again) > 0 and "/" not in body["detail"] for _, again, body in writers.refused)


def test_quota_under_load(home):
    """A file that may not grow is a full disk: refused, and what was said to be kept is."""
    database = Database(f"sqlite://{home}/data/confab.db", None)
    with Daemon(home, database=database.url, env=FREE) as daemon:
        token = daemon.sign_in()
        writers = Writers(daemon, token)
        wait_until(lambda: len(writers.made) > 20, "writes")
        size = (home / "data/confab.db-wal").stat().st_size
        resource.prlimit(daemon.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
        wait_until(lambda: len(writers.refused) > 10, "refusals")
        assert_no_space(writers)
        assert daemon.request("GET", "/api/v1/calls", token=token).status == 200
        before = len(writers.made)
        resource.prlimit(daemon.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        wait_until(lambda: len(writers.made) > before + 10, "writes again")
        writers.stop()
        database.assert_kept(writers)
    database.assert_whole()


@pytest.fixture
def disk():
    with SmallDisk(size_mb=96) as disk:
        yield disk


class SmallFile(Database):
    """One of SQLite, which follows links itself and so does not find it below /proc."""

    def __init__(self, disk, home):
        super().__init__(f"sqlite://{MOUNT}/confab.db", None)
        self.disk, self.home, self.prefix = disk, home, disk.prefix

    def find_file(self):
        for file in self.disk.folder.glob("confab.db*"):
            shutil.copy(file, self.home)
        return self.home / "confab.db"


@pytest.fixture(params=["sqlite", "postgres"])
def small_database(request, disk, home):
    """One on a disk without much room."""
    if request.param == "sqlite":
        yield SmallFile(disk, home)
        return
    with Postgres(disk.prefix, disk.root) as server:
        yield Database(server.make_database(), server)


def test_full_disk_under_load(home, disk, small_database):
    """What finds no room is refused; reads go on; with room again all goes on by itself, and nothing is half there."""
    with Daemon(home, database=small_database.url, env=FREE, prefix=small_database.prefix) as daemon:
        token = daemon.sign_in()
        writers = Writers(daemon, token)
        wait_until(lambda: len(writers.made) > 20, "writes")
        disk.fill()
        wait_until(lambda: len(writers.refused) > 10, "refusals")
        assert_no_space(writers)
        assert len(list_calls(daemon, token)) > 0
        disk.make_room()
        before = len(writers.made)
        wait_until(lambda: len(writers.made) > before + 10, "writes again")
        writers.stop()
        assert_no_space(writers)
    small_database.assert_kept(writers)
    small_database.assert_whole()


def list_calls(daemon, token):
    return daemon.request("GET", "/api/v1/calls", token=token).json["items"]


def test_read_only_server(home, postgres):
    """A database that takes no writes refuses them cleanly and still answers; later it takes them again."""
    database = Database(postgres.make_database(), postgres)
    name = urllib.parse.urlsplit(database.url).path[1:]
    end_sessions = f"SELECT count(pg_terminate_backend (pid)) FROM pg_stat_activity WHERE datname = '{name}'"
    with Daemon(home, database=database.url, env=FREE) as daemon:
        token = daemon.sign_in()
        call = daemon.create_call(token)["call"]
        postgres.query(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
        postgres.query(end_sessions)
        reply = daemon.request("POST", "/api/v1/calls", {}, token)
        assert reply.status in (500, 503) and name not in reply.body.decode()
        assert daemon.request("GET", f"/api/v1/calls/{call['id']}", token=token).status == 200
        postgres.query(f"ALTER DATABASE {name} SET default_transaction_read_only = off")
        postgres.query(end_sessions)
        daemon.create_call(token)
        assert len(list_calls(daemon, token)) == 2


def test_read_only_file(home):
    """A file that somebody else owns is refused at the start in one sentence, and untouched."""
    with Daemon(home) as daemon:
        daemon.create_call(daemon.sign_in())
    path = home / "data/confab.db"
    before = path.read_bytes()
    for one in (home, home / "data"):
        one.chmod(0o755)
    for one in (home / "data").iterdir():
        one.chmod(0o444)
    done = subprocess.run(
        [*as_nobody(), BUILD / "daemon/confabd", "--listen", "127.0.0.1:0", "--database", f"sqlite://{path}"],
        capture_output=True, text=True, timeout=DEADLINE_S,
    )  # fmt: skip
    assert done.returncode == 1 and "cannot be" in done.stderr and str(path) in done.stderr, done.stderr
    assert path.read_bytes() == before


def as_nobody():
    """Root may write everywhere; everybody else is somebody for whom 0444 means what it says."""
    return ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "--"] if os.getuid() == 0 else []


def find_faketime():
    return str(next(pathlib.Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1")))


def test_clock_set_back(home):
    """A clock that falls back by half an hour, under the daemon and between two of them, loses and ends nothing."""
    clock = home / "clock"
    clock.write_text("+0")
    env = {**FREE, "LD_PRELOAD": find_faketime(), "FAKETIME_TIMESTAMP_FILE": str(clock), "FAKETIME_NO_CACHE": "1",
           "FAKETIME_DONT_FAKE_MONOTONIC": "1"}  # fmt: skip
    database = Database(f"sqlite://{home}/data/confab.db", None)
    with Daemon(home, database=database.url, env=env) as daemon:
        token = daemon.sign_in()
        first = daemon.create_call(token)["call"]
        clock.write_text("-30m")
        second = daemon.create_call(token)["call"]
        assert second["created_at"] < first["created_at"]
        other = daemon.sign_in("Other")
        third = daemon.create_call(other)["call"]
        assert {one["id"] for one in list_calls(daemon, token)} == {first["id"], second["id"]}
        daemon.restart()
        assert {one["id"] for one in list_calls(daemon, token)} == {first["id"], second["id"]}
        assert daemon.request("POST", f"/api/v1/calls/{first['id']}/end", {}, token).status == 200
        clock.write_text("+0")
        assert {one["id"] for one in list_calls(daemon, token)} == {second["id"]}
        assert {one["id"] for one in list_calls(daemon, other)} == {third["id"]}
        fourth = daemon.create_call(token)["call"]
        assert [one["id"] for one in list_calls(daemon, token)] == [fourth["id"], second["id"]]
    database.assert_whole()
