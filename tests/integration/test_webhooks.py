# SPDX-License-Identifier: GPL-3.0-or-later
"""Webhooks: a receiver that knows the secret sees that they are ours, and gets each until it says yes."""

import hashlib
import hmac
import http.server
import json
import os
import queue
import signal
import sqlite3
import subprocess
import threading
import time

import pytest

from confabtest.authority import Authority
from confabtest.daemon import Daemon
from confabtest.paths import BUILD, DEADLINE_S
from confabtest.process import wait_until
from confabtest.signaling import Session, run

SECRET = "s3cret-of-receivers"


class Server(http.server.ThreadingHTTPServer):
    """came: a queue of what came; answers: what to say to the next ones; gate: nobody is answered before it opens."""

    daemon_threads = True

    def handle_error(self, *_):
        """Some go as soon as they see the certificate."""


@pytest.fixture
def receiver():
    came = queue.Queue()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            server.waiting.add(self.headers["Confab-Delivery"])
            server.gate.wait(DEADLINE_S)
            status = server.answers.pop(0) if server.answers else 204
            self.send_response(status)
            if status == 302:
                self.send_header("Location", "/elsewhere")
            self.end_headers()
            came.put((self.path, dict(self.headers), body, status))

        def log_message(self, *_):
            pass

    server = Server(("127.0.0.1", 0), Handler)
    server.answers, server.came, server.waiting, server.gate = [], came, set(), threading.Event()
    server.gate.set()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def check(headers, body):
    parts = dict(part.split("=") for part in headers["Confab-Signature"].split(","))
    expected = hmac.new(SECRET.encode(), parts["t"].encode() + b"." + body, hashlib.sha256).hexdigest()
    assert hmac.compare_digest(expected, parts["v1"]) and abs(time.time() - int(parts["t"])) < 300


def settings(receiver, scheme="http", **more):
    return {
        "CONFAB_WEBHOOKS_URLS": f"{scheme}://127.0.0.1:{receiver.server_port}/events",
        "CONFAB_WEBHOOKS_SECRET": SECRET,
        **more,
    }


def test_webhooks(home, receiver):
    receiver.answers = [500, 302]
    with Daemon(home, env=settings(receiver)) as daemon:
        token = daemon.sign_in("Ada")
        call = daemon.create_call(token, title="Grüße")["call"]["id"]
        tries = [receiver.came.get(timeout=DEADLINE_S) for _ in range(3)]
        assert daemon.request("POST", f"/api/v1/calls/{call}/end", {}, token).status < 300
        path, headers, body, _ = receiver.came.get(timeout=DEADLINE_S)
    assert [status for *_, status in tries] == [500, 302, 204]
    assert len({headers["Confab-Delivery"] for _, headers, _, _ in tries}) == 1
    for where, fields, text, _ in [*tries, (path, headers, body, 204)]:
        assert where == "/events"
        check(fields, text)
    assert json.loads(tries[0][2])["call"]["title"] == "Grüße"
    assert json.loads(body)["event"] == headers["Confab-Event"] == "call-ended"
    assert json.loads(body)["call"]["end_reason"] == "ended-by-host"


def test_who_comes_and_goes(home, receiver):
    """For those who asked to be told of that, and nothing else."""
    with Daemon(home, env=settings(receiver, CONFAB_WEBHOOKS_EVENTS="participant-joined;participant-left")) as daemon:
        entered = []

        async def scenario():
            ada = await Session.enter(daemon, name="Ada")
            entered.append((ada.call["id"], ada.id))
            await ada.send({"type": "leave"})
            await ada.expect_close(1000)

        run(scenario())
        told = {}
        for _ in range(2):
            _, headers, body, _ = receiver.came.get(timeout=DEADLINE_S)
            check(headers, body)
            told[headers["Confab-Event"]] = json.loads(body)
    ((call, participant),) = entered
    assert set(told) == {"participant-joined", "participant-left"}
    assert {one["call"]["id"] for one in told.values()} == {call}
    assert told["participant-left"]["participant"] == {"id": participant}
    joined = told["participant-joined"]["participant"]
    assert (joined["id"], joined["display_name"], joined["role"]) == (participant, "Ada", "host")


def test_unknown_event(home, receiver):
    done = subprocess.run([BUILD / "daemon/ctl/confabctl", "config", "check"], capture_output=True, text=True, timeout=DEADLINE_S,
                          env={**os.environ, **settings(receiver, CONFAB_WEBHOOKS_EVENTS="call-created;call-sold")})  # fmt: skip
    assert done.returncode == 1 and "there is no event “call-sold”" in done.stdout + done.stderr


# --- over TLS


def secure(receiver, context):
    receiver.socket = context.wrap_socket(receiver.socket, server_side=True)


def last_error(home):
    with sqlite3.connect(home / "data/confab.db", timeout=30) as connection:
        row = connection.execute("SELECT last_error FROM jobs WHERE kind = 'webhook' AND attempts > 0").fetchone()
    connection.close()
    return row and row[0]


def test_over_tls(home, receiver):
    authority = Authority(home, "ours")
    secure(receiver, authority.make_context())
    with Daemon(home, env=settings(receiver, "https", CONFAB_WEBHOOKS_CA_FILE=str(authority.certificate))) as daemon:
        daemon.create_call(daemon.sign_in("Ada"))
        _, headers, body, _ = receiver.came.get(timeout=DEADLINE_S)
    check(headers, body)


@pytest.mark.parametrize("mistake", ["authority", "host", "nobody"])
def test_wrong_certificate(home, receiver, mistake):
    """Of another authority, of another host, of one whom only the test knows: nothing is told, and it is tried again."""
    authority = Authority(home, "ours")
    signer = Authority(home, "theirs") if mistake == "authority" else authority
    secure(receiver, signer.make_context("DNS:hooks.example.org" if mistake == "host" else "IP:127.0.0.1"))
    known = {} if mistake == "nobody" else {"CONFAB_WEBHOOKS_CA_FILE": str(authority.certificate)}
    with Daemon(home, env=settings(receiver, "https", **known)) as daemon:
        daemon.create_call(daemon.sign_in("Ada"))
        wait_until(lambda: last_error(home), "the refusal")
    assert "certificate" in last_error(home).lower() and not receiver.waiting and receiver.came.empty()


# --- two daemons on one database


AT_ONCE = 4  # of one daemon


def add_jobs(postgres, url, receiver, n):
    payload = json.dumps({"url": f"http://127.0.0.1:{receiver.server_port}/events", "event": "call-ended", "body": "{}"})
    postgres.query(
        "INSERT INTO jobs (id, kind, state, payload, created_at, updated_at, run_at)"
        f" SELECT 'job-' || n, 'webhook', 'waiting', '{payload}', now(), now(), now() FROM generate_series(1, {n}) n",
        url,
    )


@pytest.fixture
def shared(home, postgres):
    """The URL of a database, and the home of a second daemon."""
    url = postgres.make_database()
    (home / "other").mkdir()
    with Daemon(home, database=url):
        pass
    return url, home / "other"


def test_two_daemons(home, shared, postgres, receiver):
    """They share the work, and no message comes twice."""
    url, other = shared
    add_jobs(postgres, url, receiver, 40)
    receiver.gate.clear()
    env = settings(receiver)
    with Daemon(home, database=url, env=env), Daemon(other, database=url, env=env):
        wait_until(lambda: len(receiver.waiting) == 2 * AT_ONCE, "messages of both")
        receiver.gate.set()
        ids = [receiver.came.get(timeout=DEADLINE_S)[1]["Confab-Delivery"] for _ in range(40)]
        wait_until(lambda: postgres.query("SELECT count(*) FROM jobs WHERE state <> 'done'", url) == ["0"], "the end of all")
    assert sorted(ids) == sorted({f"job-{n}" for n in range(1, 41)}) and receiver.came.empty()


def test_killed_with_messages_on_their_way(home, shared, postgres, receiver):
    """Whose daemon was killed comes again from the other, when the lease is over; three minutes are told, not waited for."""
    url, other = shared
    add_jobs(postgres, url, receiver, AT_ONCE)
    receiver.gate.clear()
    env = settings(receiver)
    with Daemon(home, database=url, env=env) as one:
        wait_until(lambda: len(receiver.waiting) == AT_ONCE, "messages on their way")
        one.stop(signal.SIGKILL)
    receiver.gate.set()
    for _ in range(AT_ONCE):
        receiver.came.get(timeout=DEADLINE_S)
    with Daemon(other, database=url, env=env) as two:
        two.create_call(two.sign_in("Ada"))
        assert receiver.came.get(timeout=DEADLINE_S)[1]["Confab-Event"] == "call-created"
        assert postgres.query("SELECT count(*) FROM jobs WHERE state = 'running' AND attempts = 1", url) == [str(AT_ONCE)]
        postgres.query("UPDATE jobs SET lease_until = now() WHERE state = 'running'", url)
        two.create_call(two.sign_in("Ada"))
        ids = {receiver.came.get(timeout=DEADLINE_S)[1]["Confab-Delivery"] for _ in range(AT_ONCE + 1)}
    assert ids >= {f"job-{n}" for n in range(1, AT_ONCE + 1)}
