# SPDX-License-Identifier: GPL-3.0-or-later
"""Ways into somebody's account, or past the end of it, that lead nowhere."""

import asyncio
import subprocess

import pytest

from confabtest.accounts import Accounts
from confabtest.paths import BUILD, DEADLINE_S
from confabtest.post_office import PostOffice, settings
from confabtest.process import wait_until
from confabtest.signaling import Session, run
from test_accounts import PASSWORD, joined, log_in, own
from test_rest import assert_problem

ME = "/api/v1/users/me"


@pytest.fixture
def server(make_daemon):
    return make_daemon(env={"CONFAB_AUTH_REGISTRATION": "open"})


@pytest.fixture
def accounts(server):
    return Accounts(server)


def test_a_key_moves_no_account(server):
    """Whoever gets the letters gets the account: a program may change the name of its owner, not where letters go."""
    token = joined(server)
    wish = {"name": "Robot", "scopes": ["profile:write"]}
    key = server.request("POST", "/api/v1/api-keys", wish, token).json["key"]
    assert server.request("PATCH", ME, {"display_name": "Countess"}, key).json["display_name"] == "Countess"
    for email in ("eve@example.org", None):
        assert_problem(server.request("PATCH", ME, {"email": email}, key), 403, "not-allowed")
    assert server.request("PATCH", ME, {"email": "ada@example.org"}, token).json["email"] == "ada@example.org"


def test_nobody_disabled_owns_a_server(server, accounts):
    owner = accounts.sign_in("owner")
    ada = own(server, joined(server)).json["id"]

    def change(**fields):
        return server.request("PATCH", f"/api/v1/admin/users/{ada}", fields, owner.token)

    assert_problem(change(role="owner", disabled=True), 409, "conflict")
    assert change(disabled=True).status == 200
    assert_problem(change(role="owner"), 409, "conflict")
    assert accounts.run("SELECT id FROM users WHERE role = 'owner' AND disabled_at IS NULL") == [(owner.user_id,)]
    assert change(role="owner", disabled=False).json["role"] == "owner"


@pytest.mark.parametrize("what", ["address", "password"])
def test_a_link_ends_with_what_it_is_about(server, accounts, what):
    """Somebody who reads the old letters has no use for a link in them once its owner acted."""
    token = joined(server)
    link = accounts.add_letter(own(server, token).json["id"], "reset")
    if what == "address":
        assert server.request("PATCH", ME, {"email": "new@example.org"}, token).status == 200
    else:
        body = {"old_password": PASSWORD, "password": "an entirely other one"}
        assert server.request("POST", f"{ME}/password", body, token).status == 204
    reply = server.request("POST", "/api/v1/auth/password/reset", {"token": link, "password": "the one of a thief"})
    assert_problem(reply, 403, "not-allowed")
    assert log_in(server, password="the one of a thief").status == 401


def test_nobody_floods_strangers_with_letters(make_daemon):
    """However often somebody says that an address is theirs, five letters an hour are what comes of it."""
    with PostOffice() as office:
        daemon = make_daemon(env={"CONFAB_AUTH_REGISTRATION": "open", **settings(office.url)})
        token = joined(daemon)
        for number in range(12):
            assert daemon.request("PATCH", ME, {"email": f"victim{number}@example.org"}, token).status == 200
        wait_until(lambda: sum("A letter was not written" in line for line in daemon.process.errors) == 7, "the refusals")
        wait_until(lambda: len(office.letters) == 5, "the letters")


@pytest.mark.parametrize("how", ["disable", "confabctl disable", "confabctl revoke"])
def test_a_program_leaves_with_its_key(server, accounts, how):
    """What is open in the name of a key is closed when it is worth nothing any more, whoever did that."""
    owner, person = accounts.sign_in("owner"), accounts.sign_in()
    ((login_name,),) = accounts.run("SELECT login_name FROM users WHERE id = ?", person.user_id)
    made = server.request("POST", "/api/v1/api-keys", {"name": "Robot", "scopes": ["calls:write"]}, person.token).json
    actions = {
        "confabctl disable": ["user", "disable", login_name],
        "confabctl revoke": ["key", "revoke", made["api_key"]["id"]],
    }

    def shut_out():
        if how in actions:
            command = [BUILD / "daemon/ctl/confabctl", "--database", server.database_url, *actions[how]]
            subprocess.run(command, check=True, timeout=DEADLINE_S, capture_output=True)
        else:
            path = f"/api/v1/admin/users/{person.user_id}"
            assert server.request("PATCH", path, {"disabled": True}, owner.token).status == 200

    async def scenario():
        session = await Session.greet(server, token=made["key"])
        await asyncio.to_thread(shut_out)
        assert (await session.expect("error"))["code"] == "not-authenticated"
        await session.expect_close(4401)

    run(scenario())
