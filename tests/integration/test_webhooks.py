# SPDX-License-Identifier: GPL-3.0-or-later
"""Webhooks: a receiver that knows the secret sees that they are ours, and gets each until it says yes."""

import hashlib
import hmac
import http.server
import json
import queue
import threading
import time

import pytest

from confabtest.daemon import Daemon
from confabtest.paths import DEADLINE_S

SECRET = "s3cret-of-receivers"


@pytest.fixture
def receiver():
    """Its url, and a queue of what came; answers says what to say to the next ones."""
    came = queue.Queue()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status = server.answers.pop(0) if server.answers else 204
            self.send_response(status)
            if status == 302:
                self.send_header("Location", "/elsewhere")
            self.end_headers()
            came.put((self.path, dict(self.headers), body, status))

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.answers, server.came = [], came
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def check(headers, body):
    parts = dict(part.split("=") for part in headers["Confab-Signature"].split(","))
    expected = hmac.new(SECRET.encode(), parts["t"].encode() + b"." + body, hashlib.sha256).hexdigest()
    assert hmac.compare_digest(expected, parts["v1"]) and abs(time.time() - int(parts["t"])) < 300


def test_webhooks(home, receiver):
    receiver.answers = [500, 302]
    env = {
        "CONFAB_WEBHOOKS_URLS": f"http://127.0.0.1:{receiver.server_port}/events",
        "CONFAB_WEBHOOKS_SECRET": SECRET,
    }
    with Daemon(home, env=env) as daemon:
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
