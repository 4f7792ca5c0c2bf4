# SPDX-License-Identifier: GPL-3.0-or-later
"""A server with accounts that does as the test says: for answers that a real one gives only when something is wrong."""

import datetime
import http.server
import json
import threading

USER = {"id": "7q0zn4x2m5v8c1b3k6j9h2g5f8", "display_name": "Ada Lovelace", "role": "member", "created_at": "2026-03-01T09:15:00Z"}

CALL = {
    "id": "2b9k6j4h1g8f5d3c7x0z9v2n5m",
    "code": "7h3k-9mzq-c0de",
    "kind": "now",
    "state": "open",
    "creator_id": USER["id"],
    "max_participants": 6,
    "created_at": "2026-03-01T09:15:00Z",
    "expires_at": "2026-03-02T09:15:00Z",
}


def instant(hours):
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=hours)).isoformat()


class AccountServer:
    """Knows one person, by name and password, and any number of sessions of theirs."""

    def __init__(self, login="ada", password="correct horse battery"):
        self.login = login
        self.password = password
        self.sessions = {}  # id -> device name
        self.access = {}  # token -> session id
        self.refresh = {}  # token -> session id
        self.count = 0
        self.requests = []  # (method, path, body)
        self.refuses_refresh = False
        self.offer = {"registration": "invite", "guests": "create", "telegram": False, "mail": True}
        server = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do(self):
                length = int(self.headers.get("Content-Length") or 0)
                body = json.loads(self.rfile.read(length) or b"{}")
                path = self.path.removeprefix("/api/v1")
                token = (self.headers.get("Authorization") or "").removeprefix("Bearer ")
                server.requests.append((self.command, path, body))
                status, reply = server.answer(self.command, path, body, token)
                data = b"" if reply is None else json.dumps(reply).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json" if status < 400 else "application/problem+json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_POST = do_DELETE = do

            def log_message(self, *_):
                pass

        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_address[1]}"
        self.thread = threading.Thread(target=self.http.serve_forever)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.http.shutdown()
        self.thread.join()
        self.http.server_close()

    @property
    def logins(self):
        return [body for _, path, body in self.requests if path == "/auth/login"]

    def grant(self, session):
        self.count += 1
        self.access = {f"access-{self.count}": session, **{k: v for k, v in self.access.items() if v != session}}
        self.refresh = {f"refresh-{self.count}": session, **{k: v for k, v in self.refresh.items() if v != session}}
        return {
            "user": USER,
            "session": session,
            "token": f"access-{self.count}",
            "token_type": "Bearer",
            "expires_at": instant(1),
            "refresh_token": f"refresh-{self.count}",
            "refresh_expires_at": instant(700),
        }

    def open_session(self, device_name):
        session = f"s{len(self.sessions) + 1}"
        self.sessions[session] = device_name
        return self.grant(session)

    def forget_access(self):
        """As if every access token were too old."""
        self.access = {}

    def answer(self, method, path, body, token):
        refused = (401, {"code": "not-authenticated", "detail": "Who are you?"})
        if path == "/server":
            return 200, self.offer
        if path == "/auth/login":
            is_right = (body["login_name"], body["password"]) == (self.login, self.password)
            return (200, self.open_session(body.get("device_name"))) if is_right else refused
        if path == "/auth/register":
            if body.get("invite") != "let-me-in":
                return 403, {"code": "not-allowed", "detail": "By invitation only"}
            return 201, self.open_session(body.get("device_name"))
        if path == "/auth/password/forgot":
            return 202, None
        if path == "/auth/refresh":
            session = self.refresh.get(body["refresh_token"])
            return (200, self.grant(session)) if session in self.sessions and not self.refuses_refresh else refused
        session = self.access.get(token)
        if session not in self.sessions:
            return refused
        return self.answer_member(method, path, body, session)

    def answer_member(self, method, path, body, session):
        if path == "/auth/logout":
            del self.sessions[session]
            return 204, None
        if path == "/calls":
            return (201, {"call": CALL, "link": f"{self.url}/j/{CALL['code']}"}) if method == "POST" else (200, {"items": []})
        if path == "/sessions":
            return 200, {"sessions": [self.describe(one, session) for one in self.sessions]}
        if method == "DELETE" and path.startswith("/sessions/"):
            self.sessions.pop(path.rsplit("/", 1)[1], None)
            return 204, None
        if path == "/users/me/password":
            if body["old_password"] != self.password:
                return 403, {"code": "not-allowed", "detail": "Another password"}
            self.password = body["password"]
            return 204, None
        return 404, {"code": "not-found", "detail": path}

    def describe(self, one, session):
        times = {"created_at": instant(-48), "last_seen_at": instant(-1), "expires_at": instant(100)}
        return {"id": one, "device_name": self.sessions[one], "kind": "session", "trusted": True, "current": one == session, **times}
