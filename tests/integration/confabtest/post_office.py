# SPDX-License-Identifier: GPL-3.0-or-later
"""A real mail server that keeps what it gets."""

import email
import email.policy
import re
import socket

from aiosmtpd.controller import Controller

from .process import wait_until


def settings(url):
    """The environment of a daemon that sends its letters there."""
    return {"CONFAB_MAIL_URL": url, "CONFAB_MAIL_FROM": "confab@example.org", "CONFAB_MAIL_FROM_NAME": "Grüße vom Server"}


class PostOffice:
    """Takes letters, but says what it is told to about the next ones."""

    def __init__(self):
        self.letters = []
        self.answers = []
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.controller = Controller(self, hostname="127.0.0.1", port=port)
        self.url = f"smtp://127.0.0.1:{port}"

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
