# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may what: every route of the router with every kind of credentials. 401 is for whom we do not know, 403 for whom we do."""

import subprocess

import pytest

from confabtest.accounts import Accounts, new_id
from confabtest.paths import BUILD, DEADLINE_S

LIST_ROUTES = BUILD / "tests/daemon/http/list-routes"
ROLES = ["guest", "member", "admin", "owner"]
HOUR_S = 3600
ALL_SCOPES = ["calls:read", "calls:write", "profile:read", "profile:write", "users:read", "admin:read", "admin:write"]


class Route:
    """As the router lists it: a route that is added is tested."""

    def __init__(self, line):
        self.method, self.pattern, self.permission, self.role, self.scope = line.split()

    @property
    def target(self):
        return self.pattern.replace("{id}", "0" * 26).replace("{code}", "x").replace("{file}", "x")

    def __repr__(self):
        return f"{self.method} {self.pattern}"


def list_routes():
    done = subprocess.run([LIST_ROUTES], capture_output=True, text=True, timeout=DEADLINE_S, check=True)
    return [Route(line) for line in done.stdout.splitlines()]


@pytest.fixture(scope="module")
def routes():
    return list_routes()


@pytest.fixture
def daemon(make_daemon):
    """It is about who, not about how often."""
    return make_daemon(env={"CONFAB_LIMITS_CREATE_PER_MINUTE": "10000", "CONFAB_AUTH_GUESTS": "join"})


@pytest.fixture
def accounts(daemon):
    return Accounts(daemon)


def ask(daemon, route, token=None, headers=None):
    """As somebody elsewhere: a program of this machine reads the metrics without credentials."""
    body = None if route.method in ("GET", "DELETE") else {}
    return daemon.request(route.method, route.target, body, token, {"X-Forwarded-For": "203.0.113.9", **(headers or {})})


def private(routes):
    chosen = [route for route in routes if route.permission != "public"]
    assert len(chosen) > 10
    return chosen


def assert_unknown(daemon, route, token):
    reply = ask(daemon, route, token)
    assert reply.status == 401, f"{route} with {token and token[:12]} is {reply.status}"
    assert reply.json["code"] == "not-authenticated"
    assert reply.headers["WWW-Authenticate"] == "Bearer"


def test_whoever_is_not_known_gets_in_nowhere(daemon, accounts, routes):
    """No credentials, bad, expired, revoked and foreign ones."""
    person, gone = accounts.sign_in("owner"), accounts.sign_in("admin")
    assert daemon.request("DELETE", "/api/v1/sessions", token=gone.token).status == 204
    ids = person.user_id, person.session_id
    (revoked_id, revoked_key), (expired_id, expired_key) = (accounts.add_key(person.user_id, *ALL_SCOPES) for _ in range(2))
    accounts.run("UPDATE api_keys SET revoked_at = 1 WHERE id = ?", revoked_id)
    accounts.run("UPDATE api_keys SET expires_at = 1 WHERE id = ?", expired_id)
    tokens = {
        "none": None,
        "empty": " ",
        "garbage": "x.y.z",
        "expired": accounts.mint(*ids, "owner", age_s=2 * HOUR_S),
        "revoked": gone.token,
        "foreign": accounts.mint(*ids, "owner", key=bytes(32)),
        "unsigned": accounts.mint(*ids, "owner", algorithm="none"),
        "other algorithm": accounts.mint(*ids, "owner", algorithm="HS512"),
        "other key": accounts.mint(*ids, "owner", kid="00000000"),
        "refresh token": person.refresh_token,
        "no key": "cfk_" + new_id() + new_id()[:8],
        "revoked key": revoked_key,
        "expired key": expired_key,
    }
    for route in private(routes):
        for token in tokens.values():
            assert_unknown(daemon, route, token)
    for route in private(routes):
        if route.permission != "sign-out" and "DELETE" not in route.method:
            assert ask(daemon, route, person.token).status not in (401, 403), route


@pytest.mark.parametrize("role", ROLES)
def test_each_role_gets_as_far_as_the_table_says(daemon, accounts, routes, role):
    """Beyond it everything is 403, whatever there is at the address; within, nothing is."""
    for route in private(routes):
        token = accounts.mint(new_id(), new_id(), role, kind="guest" if role == "guest" else "local")
        reply = ask(daemon, route, token)
        if ROLES.index(role) < ROLES.index(route.role):
            assert reply.status == 403, f"{route} as {role} is {reply.status}"
            assert reply.json["code"] == "not-allowed"
        else:
            assert reply.status not in (401, 403), f"{route} as {role} is {reply.status}: {reply.body}"


def test_each_key_gets_as_far_as_its_scopes(daemon, accounts, routes):
    """A key of the owner with every scope but the one that is needed, and one with that alone."""
    owner = accounts.add_user("owner")
    keys = {scope: accounts.add_key(owner, scope)[1] for scope in ALL_SCOPES}
    others = {scope: accounts.add_key(owner, *(set(ALL_SCOPES) - {scope}))[1] for scope in ALL_SCOPES}
    everything = accounts.add_key(owner, *ALL_SCOPES)[1]
    for route in private(routes):
        if route.scope == "-":
            refused = ask(daemon, route, everything)
        else:
            refused = ask(daemon, route, others[route.scope])
            assert ask(daemon, route, keys[route.scope]).status not in (401, 403), route
        assert refused.status == 403 and refused.json["code"] == "not-allowed", route


def test_public_routes_ask_for_nothing(daemon, routes):
    for route in routes:
        if route.permission == "public" and route.pattern != "/api/v1/auth/refresh":
            assert ask(daemon, route, "x").status not in (401, 403), route


def test_no_foreign_page_writes(daemon, accounts, routes):
    token = accounts.sign_in("owner").token
    for route in routes:
        if route.method != "GET":
            reply = ask(daemon, route, token, {"Origin": "http://evil.example"})
            assert reply.status == 403 and reply.json["code"] == "bad-origin", route


def test_guests_come_in_and_make_no_calls(daemon, accounts):
    host, guest = accounts.sign_in(), daemon.sign_in()
    call = daemon.create_call(host.token)["call"]
    joined = daemon.request("POST", "/api/v1/calls/join", {"code": call["code"]}, guest)
    assert joined.status == 200, joined.body
    refused = daemon.request("POST", "/api/v1/calls", {}, guest)
    assert refused.status == 403 and refused.json["code"] == "not-allowed"
    assert daemon.request("GET", "/api/v1/server").json["guests"] == "join"


def test_guests_may_make_calls(make_daemon):
    daemon = make_daemon(env={"CONFAB_AUTH_GUESTS": "create"})
    guest = daemon.sign_in()
    call = daemon.create_call(guest)["call"]
    assert daemon.request("POST", f"/api/v1/calls/{call['id']}/end", {}, guest).status == 200
    assert daemon.request("GET", "/api/v1/server").json["guests"] == "create"


def test_no_guests(make_daemon):
    """Who was one before the administrator thought better of it may leave."""
    daemon = make_daemon(env={"CONFAB_AUTH_GUESTS": "create"})
    guest, other = daemon.sign_in(), daemon.sign_in()
    daemon.env["CONFAB_AUTH_GUESTS"] = "none"
    daemon.restart()
    refused = daemon.request("POST", "/api/v1/auth/guest", {"name": "Ada"})
    assert refused.status == 403 and refused.json["code"] == "not-allowed"
    for path in ("/api/v1/calls", "/api/v1/auth/ws-ticket"):
        assert daemon.request("POST", path, {}, guest).status == 403
    assert daemon.request("GET", "/api/v1/calls", token=other).status == 403
    assert daemon.request("POST", "/api/v1/auth/logout", {}, guest).status == 204
    assert daemon.request("GET", "/api/v1/server").json["guests"] == "none"
