# SPDX-License-Identifier: GPL-3.0-or-later
"""confabd as a process: its beginning, its end, and what it keeps; each mistake is one clear line."""

import asyncio
import contextlib
import os
import resource
import signal
import socket
import sqlite3
import subprocess
import time

import pytest

from confabtest.daemon import Daemon, make_key
from confabtest.paths import BUILD, CONFABD, DEADLINE_S
from confabtest.process import Process, wait_until
from confabtest.signaling import Session, run

#: Small enough that no database fits, large enough for a line of log.
CONFABCTL = BUILD / "daemon/ctl/confabctl"
TINY_FILE_BYTES = 4096


def environment(home, **extra):
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CONFAB_", "DBUS_"))}
    key = {"CONFAB_AUTH_KEY_FILE": str(make_key(home / "data/secret.key"))}
    return {**kept, "HOME": str(home), "XDG_DATA_HOME": str(home / "data"), **key, **extra}


def run_confabd(home, *options, preexec_fn=None, **extra):
    """confabd that is expected to end by itself."""
    return subprocess.run(
        [CONFABD, *options],
        capture_output=True,
        text=True,
        timeout=DEADLINE_S,
        check=False,
        env=environment(home, **extra),
        preexec_fn=preexec_fn,
    )


def complaints(done):
    """Its lines on standard error, without the log."""
    return [line.removeprefix("confabd: ") for line in done.stderr.splitlines() if line.startswith("confabd: ")]


def assert_refused(done, *words, lines=1):
    assert done.returncode == 1, done
    assert done.stdout == ""
    assert len(complaints(done)) == lines, done.stderr
    for word in words:
        assert word in done.stderr, done.stderr


def execute(path, statement):
    """One statement on a database that no daemon has open."""
    with contextlib.closing(sqlite3.connect(path)) as database, database:
        return database.execute(statement).fetchall()


def database_option(home, name="confab.db"):
    return f"--database=sqlite://{home}/data/{name}"


# --- command line and configuration


def test_version_and_help(home):
    version = run_confabd(home, "--version")
    assert (version.returncode, version.stderr) == (0, "")
    assert version.stdout.startswith("confabd ") and version.stdout.count("\n") == 1
    usage = run_confabd(home, "--help")
    assert usage.returncode == 0
    for option in ("config", "listen", "database", "base-url", "session-bus", "idle-timeout", "check-config", "verbose", "version"):
        assert f"--{option}" in usage.stdout


@pytest.mark.parametrize(
    "options, word",
    [
        (["--dance"], "--dance"),
        (["stray"], "stray"),
        (["--idle-timeout=x"], "x"),
        (["--idle-timeout=-1"], "-1"),
        (["--listen=localhost:1"], "localhost:1"),
        (["--listen=127.0.0.1"], "127.0.0.1"),
        (["--listen=127.0.0.1:70000"], "70000"),
        (["--database=mysql://x"], "mysql://x"),
        (["--database=/tmp/confab.db"], "/tmp/confab.db"),
        (["--base-url=call.example.org"], "call.example.org"),
        (["--config=/nonexistent.conf"], "/nonexistent.conf"),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else None,
)
def test_bad_options(home, options, word):
    assert_refused(run_confabd(home, *options), word)


def write_config(home, text):
    path = home / "config/confabd.conf"
    path.write_text(text)
    return f"--config={path}"


def test_check_config(home):
    good = write_config(home, "[server]\nlisten=127.0.0.1:0;[::1]:0\n[limits]\nmax-participants=7\n")
    done = run_confabd(home, good, "--check-config")
    assert (done.returncode, done.stderr) == (0, "") and done.stdout.count("\n") == 1
    assert [path.name for path in (home / "data").iterdir()] == ["secret.key"], "checking leaves nothing behind"


def test_every_mistake_is_named_at_once(home):
    bad = write_config(home, "[server]\nlisten=nowhere\ncolour=red\n[limits]\nmax-participants=1\n[dance]\nstep=2\n")
    done = run_confabd(home, bad, "--check-config", CONFAB_LIMITS_EMPTY_ROOM_S="soon")
    assert_refused(done, "nowhere", "colour", "max-participants", "dance", "soon", lines=5)
    started = run_confabd(home, bad, database_option(home))
    assert started.returncode == 1 and len(complaints(started)) == 4
    assert not (home / "data/confab.db").exists()


def test_any_foreign_origin_is_refused(home):
    assert_refused(run_confabd(home, "--check-config", CONFAB_SERVER_ALLOWED_ORIGINS="*"), "*")


def test_file_environment_and_option_win_in_that_order(home, make_daemon):
    config = write_config(home, "[server]\nbase-url=https://file.example\n[limits]\nopen-calls-per-user=1\n")
    daemon = make_daemon(config, env={"CONFAB_SERVER_BASE_URL": "https://environment.example"})
    assert daemon.create_call(daemon.sign_in())["link"].startswith("https://environment.example/j/")
    daemon.stop()
    daemon = make_daemon(config, "--base-url=https://option.example/", env={"CONFAB_SERVER_BASE_URL": "https://environment.example"})
    token = daemon.sign_in()
    assert daemon.create_call(token)["link"].startswith("https://option.example/j/")
    assert daemon.request("POST", "/api/v1/calls", {}, token).status == 409


def test_several_addresses(make_daemon):
    with socket.socket() as probe:
        probe.bind(("127.0.0.2", 0))
        port = probe.getsockname()[1]
    daemon = make_daemon("--listen", f"127.0.0.2:{port}")
    with socket.create_connection(("127.0.0.2", port), timeout=DEADLINE_S) as connection:
        connection.sendall(b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n")
        assert connection.recv(100).startswith(b"HTTP/1.1 200")
    assert daemon.request("GET", "/health/live").status == 200


# --- what cannot be


def test_port_in_use(daemon, home):
    done = run_confabd(home, f"--listen=127.0.0.1:{daemon.port}", database_option(home, "other.db"))
    assert_refused(done, str(daemon.port), "in use")
    assert daemon.request("GET", "/health/live").status == 200


def test_port_of_somebody_privileged(home):
    """An address that is not ours to listen at."""
    assert_refused(run_confabd(home, "--listen=192.0.2.1:8080", database_option(home)), "192.0.2.1")


def test_database_in_use(daemon, home):
    done = run_confabd(home, "--listen=127.0.0.1:0", f"--database=sqlite://{daemon.database}")
    assert_refused(done, "another confabd")
    assert daemon.request("GET", "/health/ready").status == 200


def test_database_of_a_newer_version(daemon):
    token = daemon.sign_in()
    call = daemon.create_call(token)["call"]
    daemon.stop()
    execute(daemon.database, "INSERT INTO schema_migrations (number, name, checksum, applied_at) VALUES (9999, 'later', 'x', 0)")
    before = daemon.database.read_bytes()
    done = run_confabd(daemon.home, f"--database=sqlite://{daemon.database}")
    assert_refused(done, "schema 9999")
    assert daemon.database.read_bytes() == before
    execute(daemon.database, "DELETE FROM schema_migrations WHERE number = 9999")
    daemon.start()
    assert daemon.request("GET", f"/api/v1/calls/{call['id']}", token=token).status == 200


def test_file_that_is_no_database(home):
    (home / "data/confab.db").write_bytes(b"This is a letter to my aunt.\n" * 100)
    before = (home / "data/confab.db").read_bytes()
    assert_refused(run_confabd(home, database_option(home)), "confab.db")
    assert (home / "data/confab.db").read_bytes() == before


@pytest.mark.parametrize("path", ["/proc/confab/confab.db", "/dev/null/confab.db", "/proc/version"])
def test_folder_that_cannot_be_written(home, path):
    assert_refused(run_confabd(home, f"--database=sqlite://{path}"), path)


@pytest.mark.parametrize(
    ("size", "mode", "words"),
    [(31, 0o600, ["32 to 1024 bytes"]), (32, 0o644, ["read by others"]), (None, None, ["is not there", "generate-key"])],
)
def test_bad_signing_key(home, size, mode, words):
    """A server has no default: it says in one line what is wrong, and makes none."""
    key = home / "data/bad.key"
    if size:
        key.write_bytes(bytes(size))
        key.chmod(mode)
    assert_refused(run_confabd(home, database_option(home), CONFAB_AUTH_KEY_FILE=str(key)), "bad.key", *words)
    assert key.exists() == bool(size)
    assert_refused(run_confabd(home, database_option(home), CONFAB_AUTH_PREVIOUS_KEY_FILE=str(key)), "bad.key", *words)


def test_no_signing_key(home):
    env = environment(home)
    del env["CONFAB_AUTH_KEY_FILE"]
    done = subprocess.run([CONFABD, database_option(home)], capture_output=True, text=True, timeout=DEADLINE_S, check=False, env=env)
    assert_refused(done, "There is no key", "generate-key", "key-file")


def generate_key(path):
    return subprocess.run([CONFABCTL, "generate-key", path], capture_output=True, text=True, timeout=DEADLINE_S, check=False)


def test_change_of_the_signing_key(home):
    """Nobody is signed out by it; a while later the old key is worth nothing."""
    first, second = home / "first.key", home / "second.key"
    assert [generate_key(path).returncode for path in (first, second, second)] == [0, 0, 1]
    assert first.stat().st_mode & 0o777 == 0o600 and first.read_bytes() != second.read_bytes()
    with Daemon(home, env={"CONFAB_AUTH_KEY_FILE": str(first)}) as daemon:
        old = daemon.sign_in()
    both = {"CONFAB_AUTH_KEY_FILE": str(second), "CONFAB_AUTH_PREVIOUS_KEY_FILE": str(first)}
    with Daemon(home, env=both) as daemon:
        new = daemon.sign_in()
        assert [daemon.request("GET", "/api/v1/calls", token=token).status for token in (old, new)] == [200, 200]
    with Daemon(home, env={"CONFAB_AUTH_KEY_FILE": str(second)}) as daemon:
        assert [daemon.request("GET", "/api/v1/calls", token=token).status for token in (old, new)] == [401, 200]


def limit_file_size():
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (TINY_FILE_BYTES, resource.RLIM_INFINITY))


def test_full_disk_at_the_start(home):
    assert_refused(run_confabd(home, database_option(home), preexec_fn=limit_file_size), "confab.db")
    with Daemon(home) as daemon:
        assert daemon.request("GET", "/health/ready").status == 200


def test_disk_that_fills_up(daemon):
    """What cannot be kept is refused, what was kept stays, and with new room everything works again."""
    token = daemon.sign_in()
    call = daemon.create_call(token)["call"]
    resource.prlimit(daemon.pid, resource.RLIMIT_FSIZE, (TINY_FILE_BYTES, resource.RLIM_INFINITY))
    reply = daemon.request("POST", "/api/v1/calls", {}, token)
    assert reply.status == 507 and reply.json["code"] == "no-space" and int(reply.headers["Retry-After"]) > 0
    assert str(daemon.home) not in reply.body.decode()
    assert daemon.request("GET", f"/api/v1/calls/{call['id']}", token=token).status == 200
    assert daemon.request("GET", "/health/live").status == 200
    resource.prlimit(daemon.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    daemon.create_call(token)
    daemon.restart()
    assert len(daemon.request("GET", "/api/v1/calls", token=token).json["items"]) == 2


# --- the end, and what is kept


def participants_left_open(daemon):
    return execute(daemon.database, "SELECT count(*) FROM participants WHERE left_at IS NULL")[0][0]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_clean_end(daemon, number):
    async def scenario():
        sessions = [await Session.enter(daemon)]
        sessions.append(await Session.enter(daemon, sessions[0].call, "Bob"))
        await sessions[0].expect("participant-joined")
        daemon.process.popen.send_signal(number)
        for session in sessions:
            await session.expect("draining")
            await session.expect_close(4503)

    run(scenario())
    assert daemon.process.wait() == 0
    assert daemon.process.lines == [f"Listening on {daemon.url}"]
    assert not list(daemon.database.parent.glob("confab.db-wal")), "everything is in the one file"
    assert participants_left_open(daemon) == 0


def test_end_in_the_middle_of_everything(daemon):
    """A hundred requests and joins under way: it still ends soon and well."""

    async def scenario():
        token = daemon.sign_in()
        sessions = [await Session.greet(daemon, token=token) for _ in range(4)]
        call = daemon.create_call(token)["call"]
        for session in sessions:
            await session.send({"type": "join", "call": call["id"]})
        daemon.process.popen.send_signal(signal.SIGTERM)
        for session in sessions:
            kinds = []
            while "draining" not in kinds:
                kinds.append((await session.receive())["type"])
            await session.expect_close(4503)

    half_open = [socket.create_connection(("127.0.0.1", daemon.port)) for _ in range(20)]
    for connection in half_open[:10]:
        connection.sendall(b"POST /api/v1/auth/guest HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n")
    start = time.monotonic()
    run(scenario())
    assert daemon.process.wait() == 0
    assert time.monotonic() - start < DEADLINE_S / 2
    assert participants_left_open(daemon) == 0
    for connection in half_open:
        connection.close()


def test_client_that_ignores_the_end(daemon):
    """Whoever does not answer the close frame does not keep the daemon."""

    async def scenario():
        session = await Session.enter(daemon)
        session.socket.transport.pause_reading()
        daemon.process.popen.send_signal(signal.SIGTERM)
        assert await asyncio.to_thread(daemon.process.wait) == 0

    run(scenario())


def test_restart_keeps_calls(daemon):
    token = daemon.sign_in("Host")
    made = daemon.create_call(token, title="Stand-up")
    guest = daemon.sign_in("Bob")

    async def before():
        host = await Session.enter(daemon, made["call"], token=token)
        await Session.enter(daemon, made["call"], token=guest)
        await host.expect("participant-joined")

    async def after():
        host = await Session.enter(daemon, made["call"], token=token)
        assert [one["display_name"] for one in host.joined["participants"]] == ["Host"]
        assert host.joined["participants"][0]["role"] == "host"
        await Session.enter(daemon, made["call"], token=guest)
        await host.expect("participant-joined")

    run(before())
    daemon.restart()
    run(after())
    items = daemon.request("GET", "/api/v1/calls", token=token).json["items"]
    assert [one["link"] for one in items] == [made["link"]]


def test_killed(daemon):
    """After SIGKILL nobody is thought to be in a call."""

    token = daemon.sign_in("Host")
    call = daemon.create_call(token)["call"]
    run(Session.enter(daemon, call, token=token))
    port = daemon.port
    daemon.stop(signal.SIGKILL)
    daemon.start(f"127.0.0.1:{port}")
    reply = daemon.request("GET", f"/api/v1/calls/{call['id']}", token=token)
    assert reply.status == 200 and reply.json["participants"] == []
    run(Session.enter(daemon, call, token=token))


def test_empty_call_ends(make_daemon):
    daemon = make_daemon(env={"CONFAB_LIMITS_EMPTY_ROOM_S": "1"})

    async def scenario():
        session = await Session.enter(daemon)
        await session.send({"type": "leave"})
        await session.expect_close(1000)

        def end_reason():
            reply = daemon.request("GET", f"/api/v1/calls/{session.call['id']}", token=session.token)
            return reply.json["call"].get("end_reason")

        assert await asyncio.to_thread(wait_until, end_reason, "the end of the empty call") == "empty"

    run(scenario())


def test_long_call_is_warned_and_ended(make_daemon):
    """The shortest call that can be configured is over after 3.6 s: the last warning comes at once."""
    daemon = make_daemon(env={"CONFAB_LIMITS_CALL_HOURS": "0.001"})

    async def scenario():
        session = await Session.enter(daemon)
        await session.expect("call-ending", call=session.call["id"], in_s=60)
        await session.expect("call-ended", call=session.call["id"], reason="too-long")
        await session.expect_close(4410)

    run(scenario())


def test_files_are_private(daemon):
    for name in ("confab.db", "secret.key"):
        assert (daemon.home / "data" / name).stat().st_mode & 0o077 == 0


def test_server_needs_no_bus(home):
    """A server connects to no bus, not even to one that is there."""
    path = home / "run/bus"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()
        listener.setblocking(False)
        daemon = Daemon(home, env={"XDG_RUNTIME_DIR": str(home / "run")})
        daemon.env["DBUS_SESSION_BUS_ADDRESS"] = f"unix:path={path}"
        with daemon:
            daemon.sign_in()
            with pytest.raises(BlockingIOError):
                listener.accept()


# --- on a desktop


def start_on_bus(home, session_bus, *options, **extra):
    env = environment(home, **session_bus.env, **extra)
    process = Process([CONFABD, "--session-bus", *options], env=env)
    line = process.wait_line(lambda text: text.startswith("Listening on "), "“Listening on”")
    return process, line.removeprefix("Listening on ").strip()


def call_bus(session_bus, method, *arguments):
    command = ["gdbus", "call", "--session", "--dest=app.confab.Confab.Daemon", "--object-path=/app/confab/Confab/Daemon"]
    command += [f"--method=app.confab.Confab.Daemon.{method}", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=DEADLINE_S, check=True, env={**os.environ, **session_bus.env})
    return done.stdout


def test_idle_exit_and_same_address_again(home, session_bus):
    process, url = start_on_bus(home, session_bus, "--idle-timeout=1")
    assert process.wait() == 0
    process, again = start_on_bus(home, session_bus, "--idle-timeout=1")
    assert again == url
    assert process.wait() == 0


def test_address_is_taken(home, session_bus):
    """Somebody else has the port meanwhile: another one is taken, and remembered from then on."""
    process, url = start_on_bus(home, session_bus, "--idle-timeout=0")
    assert process.wait() == 0
    with socket.socket() as squatter:
        squatter.bind(("127.0.0.1", int(url.rsplit(":", 1)[1])))
        squatter.listen()
        process, other = start_on_bus(home, session_bus, "--idle-timeout=0")
        assert other != url
        assert process.wait() == 0
    process, third = start_on_bus(home, session_bus, "--idle-timeout=0")
    assert third == other
    assert process.wait() == 0


def test_link_keeps_the_daemon(home, session_bus):
    """A call was made and nobody is in it yet: its link works for the time that an empty room is kept."""
    process, url = start_on_bus(home, session_bus, "--idle-timeout=1", CONFAB_LIMITS_EMPTY_ROOM_S="6")
    start = time.monotonic()
    link = call_bus(session_bus, "CreateCall", "{}").split("'")[1]
    assert link.startswith(f"{url}/j/")
    assert process.wait() == 0
    assert time.monotonic() - start >= 6
    listed = call_bus(session_bus, "ListCalls")  # activates it again
    assert link in listed
    assert call_bus(session_bus, "GetAddress") == f"('{url}',)\n"


def test_somebody_in_a_call_keeps_the_daemon(home, session_bus):
    process, url = start_on_bus(home, session_bus, "--idle-timeout=1", CONFAB_LIMITS_EMPTY_ROOM_S="1", CONFAB_AUTH_GUESTS="create")
    daemon = Daemon(home)
    daemon.url, daemon.process = url, process

    async def scenario():
        session = await Session.enter(daemon)
        await asyncio.sleep(5)
        await session.sync()
        assert process.is_running()
        await session.send({"type": "leave"})
        await session.expect_close(1000)

    run(scenario())
    assert process.wait() == 0


def test_one_on_a_bus(home, session_bus):
    process, _ = start_on_bus(home, session_bus, "--idle-timeout=30")
    done = run_confabd(home, "--session-bus", **session_bus.env)
    assert_refused(done, "already")
    assert process.is_running()
    assert process.stop() == 0


def test_no_session_bus(home):
    done = run_confabd(home, "--session-bus", DBUS_SESSION_BUS_ADDRESS=f"unix:path={home}/run/none")
    assert_refused(done, "bus")


def test_bus_that_goes(home, session_bus):
    """The desktop session ends: so does its daemon, and its calls are kept."""
    process, _ = start_on_bus(home, session_bus, "--idle-timeout=30")
    call_bus(session_bus, "CreateCall", "{}")
    session_bus.process.stop()
    process.wait()
    assert execute(home / "data/confab/confab.db", "SELECT count(*) FROM calls") == [(1,)]


def test_key_file_with_postgres(home, postgres):
    """A server without a folder of its own keeps who is signed in, by a key file."""
    url = postgres.make_database()
    key = home / "data/token.key"
    with Daemon(home, database=url, env={"CONFAB_AUTH_KEY_FILE": str(key)}) as daemon:
        token = daemon.sign_in("Ada")
        call = daemon.create_call(token, title="stand-up")["call"]["id"]
        daemon.restart()
        assert daemon.request("GET", f"/api/v1/calls/{call}", token=token).json["call"]["title"] == "stand-up"
    assert key.stat().st_size == 32 and key.stat().st_mode & 0o777 == 0o600


def test_postgres_goes_away(home, postgres):
    """Who asks meanwhile gets a clean 503 that names nothing of ours, and all is well afterwards."""
    with Daemon(home, database=postgres.make_database()) as daemon:
        token = daemon.sign_in("Ada")
        postgres.control("-m", "immediate", "stop")
        try:
            reply = daemon.request("POST", "/api/v1/calls", {"title": "lost"}, token)
        finally:
            postgres.control("start")
        assert reply.status == 503 and reply.headers["Retry-After"] == "2"
        assert reply.json["code"] == "unavailable" and "postgres" not in reply.body.decode() and "/" not in reply.json["detail"]
        assert daemon.create_call(token, title="found")["call"]["title"] == "found"
