# SPDX-License-Identifier: GPL-3.0-or-later
"""confab-cli with an account: where the password comes from, and that nothing of it stays."""

import os
import pty
import select
import subprocess

import pytest

from confabtest.account_server import AccountServer
from confabtest.cli import run_cli
from confabtest.paths import CONFAB_CLI, DEADLINE_S

PASSWORD = "correct horse battery"


@pytest.fixture
def server():
    with AccountServer(password=PASSWORD) as running:
        yield running


def create(server, *options, **keywords):
    arguments = [str(CONFAB_CLI), "create", "--server", server.url, "--login", "ada", *map(str, options)]
    return subprocess.run(arguments, capture_output=True, text=True, timeout=DEADLINE_S, check=False, **keywords)


def assert_created(server, done):
    assert (done.returncode, done.stdout) == (0, f"{server.url}/j/7h3k-9mzq-c0de\n"), done.stderr
    assert server.logins[-1] == {"login_name": "ada", "password": PASSWORD, "device_name": "confab-cli", "trusted": False}
    assert [path for _, path, _ in server.requests][-2:] == ["/calls", "/auth/logout"]
    assert server.sessions == {}


def test_password_of_a_file(server, home):
    (home / "password").write_text(f"{PASSWORD}\nand more\n")
    assert_created(server, create(server, "--password-file", home / "password"))


@pytest.mark.parametrize("options", [(), ("--password-file", "-")])
def test_password_of_standard_input(server, options):
    assert_created(server, create(server, *options, input=f"{PASSWORD}\n"))


def test_password_of_the_terminal(server):
    """It is asked for, and not shown."""
    ours, theirs = pty.openpty()
    arguments = [str(CONFAB_CLI), "create", "--server", server.url, "--login", "ada"]
    with subprocess.Popen(arguments, stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr.read(len("Password of ada: ")) == "Password of ada: "
        os.write(ours, f"{PASSWORD}\n".encode())
        stdout, stderr = process.communicate(timeout=DEADLINE_S)
    shown, _, _ = select.select([ours], [], [], 0)
    os.close(ours)
    os.close(theirs)
    assert_created(server, subprocess.CompletedProcess(arguments, process.returncode, stdout, stderr))
    assert shown == [] and PASSWORD not in stderr


def test_with_a_real_server(make_daemon):
    """Whoever signs in to join bears the account's name, and leaves no session behind."""
    daemon = make_daemon(env={"CONFAB_AUTH_REGISTRATION": "open"})
    account = {"login_name": "ada", "password": PASSWORD, "display_name": "Ada Lovelace"}
    token = daemon.request("POST", "/api/v1/auth/register", account).json["token"]
    made = daemon.create_call(daemon.sign_in("Host"))
    with subprocess.Popen(
        [str(CONFAB_CLI), "join", made["link"], "--login", "ada", "--json", "--duration", "1"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        stdout, _ = process.communicate(f"{PASSWORD}\n", timeout=DEADLINE_S)
    assert process.returncode == 0
    assert '"Ada Lovelace"' in stdout
    sessions = daemon.request("GET", "/api/v1/sessions", token=token).json["sessions"]
    assert [one["current"] for one in sessions] == [True]


def test_wrong_password(server):
    done = create(server, input="wrong\n")
    assert (done.returncode, done.stdout, done.stderr) == (1, "", "confab-cli: Who are you?\n")


def test_no_password(server, home):
    for options, words in [
        (("--password-file", home / "nowhere"), "cannot be read"),
        (("--password-file", "/dev/null"), "There is no password to read"),
    ]:
        done = create(server, *options, stdin=subprocess.DEVNULL)
        assert done.returncode == 1 and words in done.stderr
    assert server.requests == []


@pytest.mark.parametrize(
    "options, words",
    [
        (["--login", "ada", "--name", "Ada"], "leave --name out"),
        (["--name", "Ada", "--password-file", "x"], "means nothing without --login"),
        ([], "--login NAME"),
    ],
)
def test_wrong_options(options, words):
    done = run_cli("create", "--server", "http://127.0.0.1:9", *options)
    assert done.returncode == 2 and words in done.stderr
