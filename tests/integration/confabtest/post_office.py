# SPDX-License-Identifier: GPL-3.0-or-later
"""A real mail server that keeps what it gets."""

import email
import email.policy
import re
import socket
import ssl

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from .process import wait_until


def settings(url):
    """The environment of a daemon that sends its letters there."""
    return {"CONFAB_MAIL_URL": url, "CONFAB_MAIL_FROM": "confab@example.org", "CONFAB_MAIL_FROM_NAME": "Grüße vom Server"}


class OfficeController(Controller):
    def _trigger_server(self):
        """It begins with the first connection; the context of a server is none of a client."""
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        with socket.create_connection((self.hostname, self.port), 10) as plain:
            with context.wrap_socket(plain) if self.ssl_context else plain as stream:
                stream.recv(1024)


class PostOffice:
    """Takes letters, but says what it is told to about the next ones.

    starttls, implicit: what it shows, after it was asked or at once; password: takes nothing without it."""

    def __init__(self, starttls=None, implicit=None, password=None):
        self.letters = []
        self.answers = []
        self.logins = []  # (name, password)
        self.password = password
        options = {"tls_context": starttls, "require_starttls": True} if starttls else {}
        if password:
            options |= {"auth_required": True, "auth_require_tls": not implicit, "authenticator": self.check}
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.controller = OfficeController(self, hostname="127.0.0.1", port=port, ssl_context=implicit, **options)
        self.url = f"smtp{'s' if implicit else ''}://127.0.0.1:{port}"

    def check(self, server, session, envelope, mechanism, data):
        self.logins.append((data.login.decode(), data.password.decode()))
        return AuthResult(success=self.logins[-1][1] == self.password, handled=False)

    async def handle_DATA(self, server, session, envelope):
        if self.answers:
            return self.answers.pop(0)
        self.letters.append((envelope.mail_from, envelope.rcpt_tos, envelope.content))
        return "250 Thanks"

    def take_link(self):
        """The link in the one letter that has come, or comes now."""
        wait_until(lambda: self.letters, "a letter")
        ((_, _, content),) = self.letters
        self.letters.clear()
        text = email.message_from_bytes(content, policy=email.policy.default).get_content()
        (link,) = re.findall(r"http\S+", text)
        return link

    def __enter__(self):
        self.controller.start()
        return self

    def __exit__(self, *_):
        self.controller.stop()
