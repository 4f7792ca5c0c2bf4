# SPDX-License-Identifier: GPL-3.0-or-later
"""A real confabd and a small REST client that knows nothing of ours but the contract."""

import json
import os
import pathlib
import signal
import urllib.error
import urllib.request

from . import answers
from .paths import CONFABD, DEADLINE_S
from .process import Process


# A test asks more often than a person does; those about limits set them.
NO_LIMITS = {
    "CONFAB_LIMITS_ANONYMOUS_PER_MINUTE": "0",
    "CONFAB_LIMITS_SIGNED_IN_PER_HOUR": "0",
    "CONFAB_LIMITS_LETTERS_PER_HOUR": "0",
    "CONFAB_LIMITS_LOG_IN_PER_MINUTE": "0",
    "CONFAB_LIMITS_REGISTER_PER_HOUR": "0",
}


class Reply:
    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers
        self.body = body

    @property
    def json(self):
        return json.loads(self.body)


class Server:
    """Somebody's server as it is seen from outside."""

    def __init__(self, url):
        self.url = url

    @property
    def ws_url(self):
        return self.url.replace("http", "ws", 1) + "/api/v1/signaling"

    def request(self, method, path, body=None, token=None, headers=None):
        """One request; any answer that the contract has is one. body: dict -> JSON, bytes as they are."""
        data = json.dumps(body).encode() if isinstance(body, dict) else body
        request = urllib.request.Request(self.url + path, data=data, method=method, headers=dict(headers or {}))
        if isinstance(body, dict):
            request.add_header("Content-Type", "application/json")
        if token:
            request.add_header("Authorization", f"Bearer {token}")
        try:
            with urllib.request.urlopen(request, timeout=DEADLINE_S) as reply:
                answer = Reply(reply.status, reply.headers, reply.read())
        except urllib.error.HTTPError as error:
            answer = Reply(error.code, error.headers, error.read())
        answers.check(method, path, answer)
        return answer

    def sign_in(self, name="Ada"):
        """A guest's token."""
        reply = self.request("POST", "/api/v1/auth/guest", {"name": name})
        assert reply.status == 201, reply.body
        return reply.json["token"]

    def create_call(self, token, **fields):
        """The whole reply: call, link, invite."""
        reply = self.request("POST", "/api/v1/calls", fields, token)
        assert reply.status == 201, reply.body
        return reply.json

    def ticket(self, token):
        reply = self.request("POST", "/api/v1/auth/ws-ticket", {}, token)
        assert reply.status == 201, reply.body
        return reply.json["ticket"]


def make_key(path):
    """A server does not make one by itself."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(0o600)
        path.write_bytes(os.urandom(32))
    return path


class Daemon(Server):
    """confabd on a free port of loopback with SQLite in the test's home."""

    def __init__(self, home, *options, env=None, preexec_fn=None, database=None, prefix=(), listen="127.0.0.1:0"):
        self.home = pathlib.Path(home)
        self.database = pathlib.Path(database) if database else self.home / "data/confab.db"
        self.database_url = database if "://" in str(database) else f"sqlite://{self.database}"
        self.options = options
        self.env = {
            **os.environ,
            **NO_LIMITS,
            "CONFAB_AUTH_GUESTS": "create",
            "HOME": str(home),
            "XDG_DATA_HOME": str(self.home / "data"),
            "CONFAB_AUTH_KEY_FILE": str(self.home / "data/secret.key"),
            **(env or {}),
        }
        self.env.pop("DBUS_SESSION_BUS_ADDRESS", None)
        self.preexec_fn = preexec_fn
        self.prefix = list(prefix)
        self.listen = listen
        self.process = None
        super().__init__(None)

    def start(self, listen=None):
        make_key(self.key_file)
        arguments = [*self.prefix, CONFABD, "--listen", listen or self.listen, "--database", self.database_url, *self.options]
        self.process = Process(arguments, env=self.env, preexec_fn=self.preexec_fn)
        line = self.process.wait_line(lambda text: text.startswith("Listening on "), "“Listening on”")
        self.url = line.removeprefix("Listening on ").strip()
        return self

    @property
    def key_file(self):
        """What signs its tokens."""
        return pathlib.Path(self.env["CONFAB_AUTH_KEY_FILE"])

    @property
    def pid(self):
        return self.process.pid

    @property
    def proc(self):
        """The folder of the process in /proc."""
        return pathlib.Path(f"/proc/{self.pid}")

    @property
    def port(self):
        return int(self.url.rsplit(":", 1)[1])

    def stop(self, number=signal.SIGTERM):
        return self.process.stop(number) if self.process else None

    def restart(self):
        """Ends and starts again on the same port and database."""
        port = self.port
        self.stop()
        return self.start(f"127.0.0.1:{port}")

    def open_descriptors(self):
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    def resident_bytes(self):
        fields = pathlib.Path(f"/proc/{self.pid}/statm").read_text().split()
        return int(fields[1]) * os.sysconf("SC_PAGE_SIZE")

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()
