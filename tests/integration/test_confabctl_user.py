# SPDX-License-Identifier: GPL-3.0-or-later
"""confabctl user: accounts from outside, beside a daemon that runs, on both databases."""

import json
import subprocess

import pytest

from confabtest.accounts import Accounts
from confabtest.daemon import Daemon
from confabtest.paths import BUILD, DEADLINE_S
from confabtest.process import wait_until
from test_accounts import PASSWORD, log_in, own, register
from test_confabctl import assert_one_line
from test_rest import assert_problem

CONFABCTL = BUILD / "daemon/ctl/confabctl"
BASE_URL = "https://call.example.org"
OTHER_PASSWORD = "another one here"


ON_BOTH = pytest.mark.parametrize("server", ["sqlite", "postgres"], indirect=True)


@pytest.fixture
def server(request, home):
    """By invitation only, as by default."""
    on_postgres = getattr(request, "param", "sqlite") == "postgres"
    database = request.getfixturevalue("postgres").make_database() if on_postgres else None
    with Daemon(home, database=database) as running:
        yield running


class Ctl:
    """confabctl user, beside a daemon."""

    def __init__(self, daemon):
        self.url = daemon.database_url
        self.env = {**daemon.env, "CONFAB_SERVER_BASE_URL": BASE_URL}

    def run(self, *arguments, group="user", typed=None, options=("--json",)):
        command = [CONFABCTL, "--database", self.url, *options, group, *map(str, arguments)]
        return subprocess.run(command, input=typed, capture_output=True, text=True, timeout=DEADLINE_S, env=self.env)

    def __call__(self, *arguments, **keywords):
        """The object that it prints."""
        done = self.run(*arguments, **keywords)
        assert done.returncode == 0 and done.stderr == "" and done.stdout.count("\n") == 1, done
        return json.loads(done.stdout)

    def add(self, name, role="member", password=PASSWORD):
        """The id of somebody with a password, typed."""
        made = self("add", name, "--role", role, "--password-file", "-", typed=f"{password}\n")
        assert made["login_name"] == name
        return made["id"]

    def written(self, user_id):
        """What the audit says was done to somebody, in order, here and not by a request."""
        entries = self("list", "--limit", 200, group="audit")["entries"]
        return [one["action"] for one in entries[::-1] if one.get("target") == user_id and one.get("detail", "").startswith("confabctl user")]


@pytest.fixture
def ctl(server):
    return Ctl(server)


def signed_in(server, name):
    reply = log_in(server, name)
    assert reply.status == 200, reply.body
    return reply.json


def wait_signed_out(server, grant):
    """Within the poll of the daemon; no session goes on."""
    wait_until(lambda: own(server, grant["token"]).status == 401, "the end of a session")
    assert_problem(server.request("POST", "/api/v1/auth/refresh", {"refresh_token": grant["refresh_token"]}), 401, "not-authenticated")


def make_key(server, grant):
    wish = {"name": "Robot", "scopes": ["calls:read"]}
    reply = server.request("POST", "/api/v1/api-keys", wish, grant["token"])
    assert reply.status == 201, reply.body
    return reply.json["key"]


def test_owner_with_a_password(server, ctl, home):
    """From the standard input or a file; whoever has it is in."""
    ctl.add("Ada.L", "owner")
    assert signed_in(server, "ada.l")["user"]["role"] == "owner"
    file = home / "password"
    file.write_text(f"{OTHER_PASSWORD}\r\nnot this\n")
    bob = ctl("add", "bob", "--display-name", " Bob  Ross ", "--password-file", file)
    assert log_in(server, "bob", OTHER_PASSWORD).json["user"]["display_name"] == "Bob Ross"
    assert ctl.written(bob["id"]) == ["registered"]
    for wrong in (
        ["add", "ADA.L", "--password-file", file],
        ["add", "eve", "--role", "owner", "--password-file", file],
        ["add", "e v", "--password-file", file],
        ["add", "eve", "--display-name", "x\ny", "--password-file", file],
        ["add", "eve", "--password-file", home / "nothing"],
        ["add", "eve", "--password-file", home],
        ["add", "correct-horse", "--password-file", "-"],
    ):
        assert_one_line(ctl.run(*wrong, typed="correct-horse\n"), 1)
    for typed in ("", "x" * 1025, "x" * 100_000, "iloveyou"):
        assert_one_line(ctl.run("add", "eve", "--password-file", "-", typed=typed), 1)
    assert [one["login_name"] for one in ctl("list")["users"]] == ["Ada.L", "bob"]


@ON_BOTH
def test_sessions_end(server, ctl):
    """Of whoever got another role, was disabled or deleted, within the poll of the daemon; of nobody else."""
    ids = {name: ctl.add(name) for name in ("ada", "bob", "carl", "dora")}
    grants = {name: signed_in(server, name) for name in ids}
    assert ctl("role", "BOB", "admin")["role"] == "admin"
    assert ctl("disable", "carl")["disabled"] is True
    assert ctl("delete", "dora") == {"deleted": ids["dora"]}
    assert ctl("role", "ada", "member")["role"] == "member"
    for name in ("bob", "carl", "dora"):
        wait_signed_out(server, grants[name])
    assert own(server, grants["ada"]["token"]).status == 200
    assert signed_in(server, "bob")["user"]["role"] == "admin"
    assert log_in(server, "carl").status in (401, 403)
    assert_problem(log_in(server, "dora"), 401, "not-authenticated")
    assert ctl("enable", "carl")["disabled"] is False
    assert own(server, grants["carl"]["token"]).status == 401
    assert signed_in(server, "carl")["user"]["id"] == ids["carl"]
    assert ctl.written(ids["bob"]) == ["registered", "role-changed"]
    assert ctl.written(ids["carl"]) == ["registered", "user-disabled", "user-enabled"]
    assert ctl.written(ids["dora"]) == ["registered", "user-deleted"]
    assert ctl.written(ids["ada"]) == ["registered"]


@ON_BOTH
def test_another_owner(server, ctl):
    """There is one, always; the one before signs in anew as an administrator."""
    ids = {name: ctl.add(name, role) for name, role in (("ada", "owner"), ("bob", "admin"))}
    grants = {name: signed_in(server, name) for name in ids}
    for wrong in (["role", "ada", "admin"], ["disable", "ada"], ["delete", "ada"]):
        assert_one_line(ctl.run(*wrong), 1)
    assert ctl("show", "ada")["role"] == "owner" and own(server, grants["ada"]["token"]).status == 200
    assert ctl("role", "bob", "owner")["role"] == "owner"
    for name in ids:
        refresh = {"refresh_token": grants[name]["refresh_token"]}
        assert_problem(server.request("POST", "/api/v1/auth/refresh", refresh), 401, "not-authenticated")
    assert signed_in(server, "ada")["user"]["role"] == "admin" and signed_in(server, "bob")["user"]["role"] == "owner"
    assert [ctl.written(one) for one in ids.values()] == [["registered", "role-changed"]] * 2
    looked = json.loads(ctl.run(group="doctor").stdout)["findings"]
    assert any(one["subject"] == "password" and "2 passwords" in one["what"] for one in looked), looked


def test_keys_end(server, ctl):
    """At once: for a while, or for good."""
    ctl.add("bob")
    key = make_key(server, signed_in(server, "bob"))

    def status():
        return server.request("GET", "/api/v1/calls", token=key).status

    assert status() == 200
    ctl("disable", "bob")
    assert status() == 401 and "(disabled)" in ctl.run("show", "bob", options=()).stdout
    ctl("enable", "bob")
    assert status() == 200
    ctl("delete", "bob")
    assert status() == 401


def test_calls_of_others_stay(server, ctl):
    """With nobody in the place of whoever was deleted; their name is free."""
    old = ctl.add("bob")
    ada, bob = server.sign_in("Ada"), signed_in(server, "bob")["token"]
    made = server.create_call(ada, title="stand-up")
    call = made["call"]["id"]
    joined = server.request("POST", "/api/v1/calls/join", {"secret": made["invite"]["secret"]}, bob)
    assert joined.status == 200, joined.body
    ctl("delete", "bob")
    kept = server.request("GET", f"/api/v1/calls/{call}", token=ada)
    assert kept.status == 200 and kept.json["call"]["title"] == "stand-up" and kept.json["call"]["state"] == made["call"]["state"]
    for gone in ("show", "delete"):
        assert_one_line(ctl.run(gone, "bob"), 1)
    new = ctl.add("bob")
    assert new != old and signed_in(server, "bob")["user"]["id"] == new
    assert [one["id"] for one in ctl("list")["users"]] == [new]


def reset(server, link, password):
    start = f"{BASE_URL}/account#reset="
    assert link.startswith(start)
    body = {"token": link.removeprefix(start), "password": password}
    return server.request("POST", "/api/v1/auth/password/reset", body)


def test_links(server, ctl):
    """One link for who is new, one for who forgot: each good once, and only the newest."""
    first = ctl("add", "ada", "--role", "owner")["link"]
    assert_problem(log_in(server), 401, "not-authenticated")
    assert reset(server, first, PASSWORD).status == 204
    grant = signed_in(server, "ada")
    older, newer = (ctl("reset-link", "ada")["link"] for _ in range(2))
    assert own(server, grant["token"]).status == 200
    for bad in (first, older):
        assert_problem(reset(server, bad, OTHER_PASSWORD), 403, "not-allowed")
    assert reset(server, newer, OTHER_PASSWORD).status == 204
    assert_problem(reset(server, newer, PASSWORD), 403, "not-allowed")
    assert own(server, grant["token"]).status == 401
    assert log_in(server).status == 401 and log_in(server, password=OTHER_PASSWORD).status == 200
    plain = ctl.run("reset-link", "ada", options=())
    assert plain.stdout.startswith(f"{BASE_URL}/account#reset=") and plain.stdout.count("\n") == 1
    assert ctl.written(grant["user"]["id"]) == ["registered"] + ["password-reset"] * 4


def test_links_need_an_address(server, ctl):
    """What to set is said, and nothing is done by halves."""
    ctl.add("ada", "owner")
    del ctl.env["CONFAB_SERVER_BASE_URL"]
    for arguments in (["reset-link", "ada"], ["add", "bob"]):
        done = ctl.run(*arguments)
        assert_one_line(done, 1)
        assert "set [server] base-url" in done.stderr and done.stdout == ""
    assert [one["login_name"] for one in ctl("list")["users"]] == ["ada"]
    assert ctl.written(ctl("show", "ada")["id"]) == ["registered"]


def test_invite(server, ctl):
    """Whoever has the secret registers, as often and as what it says."""
    assert_problem(register(server, "ada"), 403, "not-allowed")
    secret = ctl("invite", "--role", "admin", "--uses", "2", "--days", "1")["invite"]
    assert register(server, "ada", invite=secret).json["user"]["role"] == "admin"
    assert register(server, "bob", invite=secret).status == 201
    assert_problem(register(server, "eve", invite=secret), 403, "not-allowed")
    plain = ctl.run("invite", options=()).stdout.strip()
    assert register(server, "eve", invite=plain).json["user"]["role"] == "member"


@pytest.mark.parametrize(
    "arguments",
    [
        ["add"], ["add", "ada", "--role", "guest"], ["add", "ada", "--password", PASSWORD], ["role", "ada"], ["role", "ada", "king"], ["delete"],
        ["invite", "--role", "owner"], ["invite", "--uses", "0"], ["invite", "--uses", "100001"], ["invite", "--days", "0"], ["invite", "--days", "3651"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_wrong_usage(arguments, home):
    """Found before the database is looked for."""
    command = [CONFABCTL, "--database", f"sqlite://{home}/none.db", "user", *arguments]
    assert_one_line(subprocess.run(command, capture_output=True, text=True, timeout=DEADLINE_S), 2)


def test_refusals(server, ctl):
    for arguments in (["show"], ["disable"], ["enable"], ["delete"], ["reset-link"]):
        assert_one_line(ctl.run(*arguments, "nobody"), 1)
    assert_one_line(ctl.run("role", "nobody", "admin"), 1)
    ctl.url = "sqlite:///nowhere/confab.db"
    assert_one_line(ctl.run("list"), 1)


def test_list_goes_on(daemon):
    """More than any page holds, each once."""
    accounts = Accounts(daemon)
    accounts.run(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1234) INSERT INTO users"
        " (id, display_name, role, created_at, updated_at, login_name) SELECT printf('%026d', i), 'User', 'member', 1, 1, 'user' || i FROM n"
    )
    accounts.run("INSERT INTO user_names (user_id, name) SELECT id, 'user' FROM users UNION SELECT id, login_name FROM users")
    ctl = Ctl(daemon)
    listed = [one["login_name"] for one in ctl("list")["users"]]
    assert len(listed) == 1234 and set(listed) == {f"user{i + 1}" for i in range(1234)}
    assert len(ctl.run("list", options=()).stdout.splitlines()) == 1234


def test_somebody_without_a_name(server, ctl):
    """Who came from Telegram, where their name was taken, has an id alone; nobody gets at it by calling themself so."""
    accounts = Accounts(server)
    nameless = accounts.add_user()
    accounts.run("UPDATE users SET login_name = NULL WHERE id = ?", nameless)
    double = ctl.add(nameless)
    assert ctl("show", nameless)["id"] == nameless
    assert ctl("disable", nameless)["disabled"] and not ctl("show", double)["disabled"]
    ctl("delete", nameless)
    assert ctl("show", nameless)["id"] == double
