# SPDX-License-Identifier: GPL-3.0-or-later
"""How people stay signed in, and how that ends: refresh tokens, sessions, cookies."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest

from confabtest.accounts import Accounts, now_us
from confabtest.process import wait_until
from confabtest.signaling import Session, run

CALLS = "/api/v1/calls"
REFRESH = "/api/v1/auth/refresh"
LOGOUT = "/api/v1/auth/logout"
SESSIONS = "/api/v1/sessions"


@pytest.fixture
def accounts(daemon):
    return Accounts(daemon)


def refresh(daemon, token):
    return daemon.request("POST", REFRESH, {"refresh_token": token})


def reuse(daemon, accounts, token):
    """Shows a token of which another may have been the first to make use: a minute after it was used."""
    accounts.run("UPDATE refresh_tokens SET used_at = used_at - 61000000 WHERE used_at IS NOT NULL")
    reply = refresh(daemon, token)
    assert reply.status == 401 and reply.json["code"] == "token-reused"


def is_known(daemon, token):
    status = daemon.request("GET", CALLS, token=token).status
    assert status in (200, 401)
    return status == 200


def test_refresh(daemon, accounts):
    person = accounts.sign_in("admin")
    first = refresh(daemon, person.refresh_token)
    assert first.status == 200
    assert first.json["user"]["id"] == person.user_id and first.json["user"]["role"] == "admin"
    assert first.json["session"]["id"] == person.session_id
    assert is_known(daemon, first.json["token"]) and is_known(daemon, person.token)
    assert refresh(daemon, first.json["refresh_token"]).status == 200


def test_reuse_ends_the_session(daemon, accounts):
    person, other = accounts.sign_in(), accounts.sign_in()
    first = refresh(daemon, person.refresh_token).json
    second = refresh(daemon, first["refresh_token"]).json
    assert refresh(daemon, person.refresh_token).json["code"] == "token-reused"
    assert refresh(daemon, second["refresh_token"]).json["code"] == "token-reused"
    assert not any(is_known(daemon, token) for token in (person.token, first["token"], second["token"]))
    assert is_known(daemon, other.token)


def test_a_lost_answer_loses_no_session(daemon, accounts):
    person = accounts.sign_in()
    assert refresh(daemon, person.refresh_token).status == 200
    again = refresh(daemon, person.refresh_token)
    assert again.status == 200 and again.json["session"]["id"] == person.session_id
    assert refresh(daemon, again.json["refresh_token"]).status == 200
    reuse(daemon, accounts, person.refresh_token)
    assert not is_known(daemon, again.json["token"])


def test_two_pages_refresh_at_once(daemon, accounts):
    """Whichever answer comes last, its cookies are what both go on with."""
    jar = {"__Host-confab-refresh": (accounts.sign_in().refresh_token, [])}
    for _ in range(3):
        with ThreadPoolExecutor(4) as pages:
            replies = list(pages.map(lambda _: daemon.request("POST", REFRESH, {}, headers=as_browser(daemon, jar)), range(4)))
        assert [reply.status for reply in replies] == [200] * 4
        jar = cookies_of(replies[2])
    assert daemon.request("GET", CALLS, headers=as_browser(daemon, jar)).status == 200


def test_ends_are_written_down(daemon, accounts):
    here = accounts.sign_in()
    there, lost = accounts.sign_in(user_id=here.user_id), accounts.sign_in(user_id=here.user_id)
    refresh(daemon, lost.refresh_token)
    reuse(daemon, accounts, lost.refresh_token)
    daemon.request("DELETE", f"{SESSIONS}/{there.session_id}", token=here.token)
    daemon.request("POST", LOGOUT, {}, here.token)
    sql = "SELECT action, target, result FROM audit_entries WHERE actor_id = ? ORDER BY seq"
    wait_until(lambda: len(accounts.run(sql, here.user_id)) == 3, "the audit")
    entries = accounts.run(sql, here.user_id)
    assert [entry[:2] for entry in entries] == [
        ("token-reused", lost.session_id),
        ("session-revoked", there.session_id),
        ("logout", here.session_id),
    ]


def test_reuse_is_remembered_over_a_restart(daemon, accounts):
    person = accounts.sign_in()
    token = refresh(daemon, person.refresh_token).json["token"]
    reuse(daemon, accounts, person.refresh_token)
    daemon.restart()
    assert not is_known(daemon, token)


def test_list_and_revoke(daemon, accounts):
    here = accounts.sign_in()
    there = accounts.sign_in(user_id=here.user_id)
    listed = daemon.request("GET", SESSIONS, token=here.token).json["sessions"]
    assert {one["id"]: one["current"] for one in listed} == {here.session_id: True, there.session_id: False}
    assert daemon.request("DELETE", f"{SESSIONS}/{there.session_id}", token=here.token).status == 204
    assert daemon.request("DELETE", f"{SESSIONS}/{there.session_id}", token=here.token).status == 404
    assert is_known(daemon, here.token) and not is_known(daemon, there.token)
    assert refresh(daemon, there.refresh_token).status == 401


def test_sessions_of_others_are_not_there(daemon, accounts):
    ada, eve = accounts.sign_in(), accounts.sign_in()
    assert daemon.request("DELETE", f"{SESSIONS}/{ada.session_id}", token=eve.token).status == 404
    assert [one["id"] for one in daemon.request("GET", SESSIONS, token=eve.token).json["sessions"]] == [eve.session_id]
    assert is_known(daemon, ada.token)


def test_sign_out_everywhere(daemon, accounts):
    here = accounts.sign_in()
    there = accounts.sign_in(user_id=here.user_id)
    assert daemon.request("DELETE", SESSIONS, token=here.token).status == 204
    assert not is_known(daemon, here.token) and not is_known(daemon, there.token)


def test_logout(daemon, accounts):
    person, guest = accounts.sign_in(), daemon.sign_in()
    for token in (person.token, guest):
        assert daemon.request("POST", LOGOUT, {}, token).status == 204
        assert not is_known(daemon, token)
    assert refresh(daemon, person.refresh_token).status == 401


def test_logout_of_a_guest_is_remembered_over_a_restart(daemon):
    gone, stays = daemon.sign_in(), daemon.sign_in("Bob")
    assert daemon.request("POST", LOGOUT, {}, gone).status == 204
    daemon.restart()
    assert not is_known(daemon, gone) and is_known(daemon, stays)


def cookies_of(reply):
    """name -> (value, attributes) of what a browser is told to keep."""
    cookies = {}
    for field in reply.headers.get_all("Set-Cookie") or []:
        pair, *attributes = field.split("; ")
        name, _, value = pair.partition("=")
        cookies[name] = (value, attributes)
    return cookies


def as_browser(daemon, cookies, origin=None):
    """What a page of the daemon's own sends along."""
    pairs = "; ".join(f"{name}={value}" for name, (value, _) in cookies.items())
    return {"Cookie": f"theme=dark; {pairs}", "Origin": origin or daemon.url}


def sign_in_page(daemon):
    reply = daemon.request("POST", "/api/v1/auth/guest", {"name": "Ada", "cookie": True}, headers={"Origin": daemon.url})
    assert reply.status == 201
    return reply


def test_trouble_signs_no_browser_out(daemon):
    """The cookies go when they are no good, and not when the database is in trouble."""
    accounts = Accounts(daemon)
    cookies = {"__Host-confab-refresh": (accounts.sign_in().refresh_token, [])}

    def refresh():
        return daemon.request("POST", "/api/v1/auth/refresh", {}, headers=as_browser(daemon, cookies))

    accounts.run("ALTER TABLE refresh_tokens RENAME TO elsewhere")
    reply = refresh()
    assert reply.status >= 500 and cookies_of(reply) == {}
    accounts.run("ALTER TABLE elsewhere RENAME TO refresh_tokens")
    reply = refresh()
    assert reply.status == 200 and set(cookies_of(reply)) == {"__Host-confab-access", "__Host-confab-refresh"}


def test_cookies_of_a_guest(daemon):
    reply = sign_in_page(daemon)
    assert set(reply.json) == {"user"}
    cookies = cookies_of(reply)
    assert set(cookies) == {"__Host-confab-access"}
    value, attributes = cookies["__Host-confab-access"]
    assert {"Path=/", "Secure", "HttpOnly", "SameSite=Strict"} < set(attributes)
    assert value not in reply.body.decode()
    assert daemon.request("GET", CALLS, headers=as_browser(daemon, cookies)).status == 200
    assert daemon.request("POST", CALLS, {}, headers=as_browser(daemon, cookies)).status == 201


def test_cookies_are_refreshed_and_forgotten(daemon, accounts):
    person = accounts.sign_in()
    cookies = {"__Host-confab-refresh": (person.refresh_token, [])}
    reply = daemon.request("POST", REFRESH, {}, headers=as_browser(daemon, cookies))
    assert reply.status == 200 and set(reply.json) == {"user", "session"}
    cookies = cookies_of(reply)
    assert set(cookies) == {"__Host-confab-access", "__Host-confab-refresh"}
    for value, _ in cookies.values():
        assert value not in reply.body.decode()
    reply = daemon.request("POST", LOGOUT, {}, headers=as_browser(daemon, cookies))
    assert reply.status == 204
    forgotten = cookies_of(reply)
    assert all(value == "" and "Max-Age=0" in attributes for value, attributes in forgotten.values())
    assert set(forgotten) == set(cookies)
    reply = daemon.request("POST", REFRESH, {}, headers=as_browser(daemon, cookies))
    assert reply.status == 401 and set(cookies_of(reply)) == set(cookies)


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "https://friend.example", None])
def test_no_other_page_writes_with_cookies(make_daemon, origin):
    """Nor does whoever hides where they come from; a program sends no cookies. Reading is for the browser to refuse."""
    daemon = make_daemon(env={"CONFAB_SERVER_ALLOWED_ORIGINS": "https://friend.example"})
    headers = as_browser(daemon, cookies_of(sign_in_page(daemon)))
    headers.pop("Origin")
    headers |= {"Origin": origin} if origin else {}
    refused = daemon.request("POST", CALLS, {}, headers=headers)
    assert refused.status == 403 and refused.json["code"] == "bad-origin"
    assert "Access-Control-Allow-Credentials" not in refused.headers


def test_tokens_go_before_cookies(daemon, accounts):
    headers = as_browser(daemon, {"__Host-confab-access": (daemon.sign_in(), [])})
    assert daemon.request("GET", CALLS, token="x", headers=headers).status == 401


@pytest.mark.parametrize("ends", ["logout", "revoked elsewhere", "refresh token reused", "disabled", "deleted"])
def test_sockets_of_an_ended_session_are_closed(daemon, accounts, ends):
    person, other = accounts.sign_in(), accounts.sign_in()

    async def scenario():
        open_one = await Session.greet(daemon, token=person.token)
        stays = await Session.greet(daemon, token=other.token)
        if ends == "logout":
            assert (await asyncio.to_thread(daemon.request, "POST", LOGOUT, {}, person.token)).status == 204
        elif ends == "disabled":
            path, admin = f"/api/v1/admin/users/{person.user_id}", accounts.sign_in("admin")
            assert (await asyncio.to_thread(daemon.request, "PATCH", path, {"disabled": True}, admin.token)).status == 200
        elif ends == "deleted":
            assert (await asyncio.to_thread(daemon.request, "DELETE", "/api/v1/users/me", {}, person.token)).status == 204
        elif ends == "revoked elsewhere":
            await asyncio.to_thread(accounts.run, "UPDATE sessions SET revoked_at = ? WHERE id = ?", now_us(), person.session_id)
        else:
            assert (await asyncio.to_thread(refresh, daemon, person.refresh_token)).status == 200
            await asyncio.to_thread(reuse, daemon, accounts, person.refresh_token)
        error = await open_one.expect("error")
        assert error["code"] == "not-authenticated"
        await open_one.expect_close(4401)
        await stays.send({"type": "ping", "id": 1})
        await stays.expect("pong")

    run(scenario())
