# SPDX-License-Identifier: GPL-3.0-or-later
"""Letters through a real mail server: they arrive as they were meant, and what cannot go is not lost."""

import email
import email.policy
import json
import socket
import sqlite3
import subprocess
import time

import pytest

from confabtest.authority import Authority
from confabtest.daemon import Daemon
from confabtest.paths import BUILD, DEADLINE_S
from confabtest.post_office import PostOffice, settings

CONFABCTL = BUILD / "daemon/ctl/confabctl"


@pytest.fixture
def office():
    with PostOffice() as running:
        yield running


def post(home, **letter):
    """A letter among the jobs, as a daemon that has just ended left it."""
    path = home / "data/confab.db"
    with sqlite3.connect(path, timeout=30) as connection:
        connection.execute(
            "INSERT INTO jobs (id, kind, state, payload, created_at, updated_at, run_at)"
            " VALUES ('letter', 'mail', 'waiting', ?, 1, 1, 1)",
            (json.dumps(letter),),
        )
    connection.close()


def job(home):
    with sqlite3.connect(home / "data/confab.db", timeout=30) as connection:
        row = connection.execute("SELECT state, attempts, payload, last_error FROM jobs WHERE id = 'letter'").fetchone()
    connection.close()
    return row


def wait_for(condition):
    end = time.monotonic() + DEADLINE_S
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


LETTER = {"to": "ada@example.org", "name": 'Ada "Ä" Lovelace', "subject": "Zoë lädt dich ein " * 6, "text": "Hallo Ada,\n.\nüber 🎈\n"}


@pytest.fixture
def prepared(home):
    """A database that is there."""
    with Daemon(home):
        pass
    return home


def test_arrives(prepared, office):
    post(prepared, **LETTER)
    with Daemon(prepared, env=settings(office.url)):
        wait_for(lambda: office.letters)
        wait_for(lambda: job(prepared)[0] == "done")
    (sender, receivers, content), = office.letters
    assert sender == "confab@example.org" and receivers == ["ada@example.org"]
    letter = email.message_from_bytes(content, policy=email.policy.default)
    assert letter["Subject"] == LETTER["subject"].strip() or letter["Subject"] == LETTER["subject"]
    assert letter["To"].addresses[0].display_name == LETTER["name"]
    assert letter["From"].addresses[0].display_name == "Grüße vom Server"
    assert letter["Message-ID"] == "<letter@example.org>" and letter["Date"].datetime is not None
    assert letter.get_content().replace("\r\n", "\n") == LETTER["text"]
    assert all(len(line) <= 78 and line.isascii() for line in content.splitlines())
    assert job(prepared)[2] == "{}", "what a letter said is kept"


def test_refused_for_now(prepared, office):
    office.answers = ["451 Come back later"]
    post(prepared, **LETTER)
    with Daemon(prepared, env=settings(office.url)):
        wait_for(lambda: job(prepared)[:2] == ("waiting", 1))
        assert "451" in job(prepared)[3]


def test_refused_for_good(prepared, office):
    office.answers = ["554 Never"]
    post(prepared, **LETTER)
    with Daemon(prepared, env=settings(office.url)):
        wait_for(lambda: job(prepared)[0] == "dead")
    url = f"sqlite://{prepared}/data/confab.db"
    ctl = [CONFABCTL, "--database", url, "--json", "job"]
    dead = json.loads(subprocess.run([*ctl, "list"], capture_output=True, check=True).stdout)["jobs"]
    assert [(entry["id"], entry["attempts"]) for entry in dead] == [("letter", 1)] and "554" in dead[0]["last_error"]
    assert json.loads(subprocess.run([*ctl, "retry", "letter"], capture_output=True, check=True).stdout) == {"retried": 1}
    with Daemon(prepared, env=settings(office.url)):
        wait_for(lambda: office.letters)


def test_nobody_there(prepared):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        post(prepared, **LETTER)
        with Daemon(prepared, env=settings(f"smtp://127.0.0.1:{closed.getsockname()[1]}")):
            wait_for(lambda: job(prepared)[:2] == ("waiting", 1))


PASSWORD = "s3cret-of-the-post"


def secured(home, office, authority):
    """The environment of a daemon that has a name there, and believes that authority."""
    file = home / "password"
    file.write_text(PASSWORD)
    file.chmod(0o600)
    names = {"USER_NAME": "confab", "PASSWORD_FILE": str(file), "CA_FILE": str(authority.certificate)}
    return {**settings(office.url), **{f"CONFAB_MAIL_{name}": value for name, value in names.items()}}


WAYS = pytest.mark.parametrize("way", ["starttls", "implicit"])


@WAYS
def test_over_tls(prepared, way):
    """With a certificate of the one authority, and a password."""
    authority = Authority(prepared, "ours")
    with PostOffice(**{way: authority.make_context()}, password=PASSWORD) as office:
        post(prepared, **LETTER)
        with Daemon(prepared, env=secured(prepared, office, authority)):
            wait_for(lambda: office.letters)
            wait_for(lambda: job(prepared)[0] == "done")
    assert set(office.logins) == {("confab", PASSWORD)}


@WAYS
@pytest.mark.parametrize("mistake", ["authority", "host"])
def test_wrong_certificate(prepared, way, mistake):
    """Nobody is told the password, and the letter waits."""
    authority = Authority(prepared, "ours")
    signer = Authority(prepared, "theirs") if mistake == "authority" else authority
    context = signer.make_context("DNS:mail.example.org" if mistake == "host" else "IP:127.0.0.1")
    with PostOffice(**{way: context}, password=PASSWORD) as office:
        post(prepared, **LETTER)
        with Daemon(prepared, env=secured(prepared, office, authority)):
            wait_for(lambda: job(prepared)[:2] == ("waiting", 1))
    assert office.logins == [] and office.letters == []
    assert "certificate" in job(prepared)[3]


def test_no_tls_offered(prepared, office):
    """Where somebody is to be vouched for, nothing goes without."""
    post(prepared, **LETTER)
    with Daemon(prepared, env=secured(prepared, office, Authority(prepared, "ours"))):
        wait_for(lambda: job(prepared)[:2] == ("waiting", 1))
    assert office.letters == []


def test_server_of_the_distribution(prepared):
    """It is on this machine, and has a certificate that nobody vouches for: letters go all the same."""
    with PostOffice() as office:
        office.controller.SMTP_kwargs["tls_context"] = Authority(prepared, "snakeoil").make_context()
        post(prepared, **LETTER)
        with Daemon(prepared, env=settings(office.url)):
            wait_for(lambda: office.letters)


def test_wrong_password(prepared):
    """It may be put right, so the letter waits."""
    authority = Authority(prepared, "ours")
    with PostOffice(starttls=authority.make_context(), password="another one") as office:
        post(prepared, **LETTER)
        with Daemon(prepared, env=secured(prepared, office, authority)):
            wait_for(lambda: job(prepared)[:2] == ("waiting", 1))
    assert office.letters == [] and PASSWORD not in job(prepared)[3]


def test_injection(prepared, office):
    """Also who writes into the database cannot make a letter say more in its head."""
    post(prepared, **{**LETTER, "subject": "x\r\nBcc: eve@example.org"})
    with Daemon(prepared, env=settings(office.url)):
        wait_for(lambda: job(prepared)[0] == "dead")
    assert not office.letters
