# SPDX-License-Identifier: GPL-3.0-or-later
"""A server that takes reports of errors as Sentry does, and keeps them."""

import http.server
import json
import threading


class ErrorServer:
    """Envelopes posted to it: dictionaries of path, credentials, header, event. Answers with status, or says when to come again."""

    def __init__(self):
        self.envelopes = []
        self.answers = []  # (status, fields) to give before 200
        owner = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                owner.take(self.path, self.headers, body)
                status, fields = owner.answers.pop(0) if owner.answers else (200, {})
                self.send_response(status)
                for name, value in {**fields, "Content-Length": "2"}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(b"{}")

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def dsn(self):
        return f"http://0123456789abcdef@127.0.0.1:{self._server.server_port}/prefix/7"

    def take(self, path, headers, body):
        header, item, event = body.split(b"\n", 2)
        length = json.loads(item)["length"]
        assert json.loads(item)["type"] == "event" and event[length:] == b"\n"
        assert headers["Content-Type"] == "application/x-sentry-envelope"
        one = {"path": path, "auth": headers["X-Sentry-Auth"], "header": json.loads(header), "event": json.loads(event[:length])}
        self.envelopes.append(one)

    @property
    def events(self):
        return [one["event"] for one in self.envelopes]

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()
