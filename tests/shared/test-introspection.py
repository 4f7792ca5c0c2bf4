# SPDX-License-Identifier: LGPL-2.1-or-later
"""Drives libconfab from another language, out of the build tree."""

import http.server
import json
import threading
import unittest

import gi

gi.require_version("Confab", "1")
from gi.repository import Confab, Gio, GLib  # noqa: E402

USER = {
    "id": "u1",
    "display_name": "Ada",
    "role": "guest",
    "created_at": "2024-05-01T10:00:00+02:00",
}


class Server(http.server.BaseHTTPRequestHandler):
    """Signs everybody in, and knows no call."""

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/api/v1/auth/guest":
            self.answer(201, "application/json", {"token": "t", "user": USER})
        else:
            self.answer(
                404,
                "application/problem+json",
                {"code": "no-such-call", "detail": "No such call."},
            )

    def answer(self, status, content_type, body):
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *args):
        pass


def wait_for(start, finish):
    """Calls an asynchronous function and returns its result."""
    loop = GLib.MainLoop()
    results = []

    def on_done(_source, result):
        results.append(result)
        loop.quit()

    start(on_done)
    loop.run()
    return finish(results[0])


class Values(unittest.TestCase):
    def test_ids(self):
        self.assertTrue(Confab.id_is_valid(Confab.id_new()))
        self.assertEqual(Confab.code_normalize("7H3K 9MZQ CoDE"), "7h3k-9mzq-c0de")
        self.assertIsNone(Confab.code_normalize("no"))

    def test_join_link(self):
        link = Confab.JoinLink.parse("<https://calls.example.org/j/7h3k-9mzq-c0de>")
        self.assertEqual(link.get_server(), "https://calls.example.org")
        self.assertEqual(link.get_code(), "7h3k-9mzq-c0de")
        self.assertIsNone(link.get_secret())

    def test_error(self):
        with self.assertRaises(GLib.Error) as caught:
            Confab.time_parse("2024-05-01T10:00:00")
        self.assertTrue(
            caught.exception.matches(Confab.error_quark(), Confab.Error.BAD_MESSAGE)
        )

    def test_message(self):
        message = Confab.Message.new("ping")
        message.set_integer("id", 7)
        data = Confab.codec_encode(message)
        self.assertEqual(json.loads(data.get_data()), {"type": "ping", "id": 7})
        decoded = Confab.codec_decode(data)
        self.assertEqual(decoded.get_kind(), "ping")
        required = Confab.FieldPresence.REQUIRED
        self.assertEqual(decoded.get_integer("id", required, 0, 9), (True, 7))

    def test_state_table(self):
        live = Confab.CallState.LIVE
        self.assertEqual(
            Confab.call_state_next(live, Confab.CallEvent.END),
            (True, Confab.CallState.ENDED),
        )
        self.assertFalse(Confab.call_state_next(live, Confab.CallEvent.START)[0])


class Client(unittest.TestCase):
    def setUp(self):
        self.server = http.server.HTTPServer(("127.0.0.1", 0), Server)
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()
        self.client = Confab.Client.new(
            "http://127.0.0.1:%d" % self.server.server_address[1]
        )
        self.session = Confab.Session.new(self.client, None)

    def tearDown(self):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    def test_sign_in(self):
        user = wait_for(
            lambda done: self.session.sign_in_guest_async("Ada", None, done),
            self.session.sign_in_guest_finish,
        )
        self.assertEqual(user.get_display_name(), "Ada")
        self.assertEqual(user.get_created_at().get_hour(), 8)
        self.assertEqual(self.session.get_user().get_id(), "u1")

    def test_refusal(self):
        with self.assertRaises(GLib.Error) as caught:
            wait_for(
                lambda done: self.client.join_call_async(
                    "7h3k-9mzq-c0de", None, None, done
                ),
                self.client.join_call_finish,
            )
        self.assertTrue(
            caught.exception.matches(Confab.error_quark(), Confab.Error.NO_SUCH_CALL)
        )

    def test_live_call(self):
        now = GLib.DateTime.new_now_utc()
        call = Confab.Call.new("c1", "7h3k-9mzq-c0de", "u1", now, now)
        live = Confab.LiveCall.new(self.session, call, None, "test")
        loop = GLib.MainLoop()
        errors = []

        def on_failed(_live, error):
            errors.append(error)
            loop.quit()

        self.assertIsInstance(live, Gio.ListModel)
        live.connect("failed", on_failed)
        live.join()
        self.assertEqual(live.get_property("state"), Confab.LinkState.CONNECTING)
        loop.run()
        self.assertEqual(errors[0].message, "No such call.")
        self.assertEqual(live.get_property("state"), Confab.LinkState.LEFT)


if __name__ == "__main__":
    unittest.main()
