# SPDX-License-Identifier: GPL-3.0-or-later
"""REST of a real confabd: each route good and bad, limits, headers, and what libsoup would do by itself."""

import base64
import concurrent.futures
import datetime
import hmac
import http.client
import json
import re
import socket
import time

import pytest

from confabtest.paths import DEADLINE_S
from confabtest.process import wait_until

ID = re.compile(r"[0-9a-hjkmnp-tv-z]{26}")
CODE = re.compile(r"[0-9a-hjkmnp-tv-z]{4}(-[0-9a-hjkmnp-tv-z]{4}){2}")


def assert_problem(reply, status, code):
    assert reply.status == status, reply.body
    assert reply.headers["Content-Type"] == "application/problem+json"
    problem = reply.json
    assert problem["status"] == status and problem["code"] == code, problem
    assert problem["type"] == "about:blank" and problem["title"] and problem["detail"]
    assert problem["request_id"] == reply.headers["X-Request-Id"]


def assert_time(text):
    time = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    assert text.endswith("Z") and time.tzinfo is not None
    return time


def raw_request(daemon, data):
    """Everything that comes back for bytes that a library would not send."""
    with socket.create_connection(("127.0.0.1", daemon.port), timeout=DEADLINE_S) as connection:
        connection.sendall(data)
        answer = b""
        while piece := connection.recv(65536):
            answer += piece
    return answer


@pytest.fixture
def generous(make_daemon):
    """A daemon that lets one test do much."""
    limits = {"GUEST_PER_MINUTE": "100000", "CREATE_PER_MINUTE": "100000", "OPEN_CALLS_PER_USER": "1000"}
    return make_daemon(env={f"CONFAB_LIMITS_{name}": value for name, value in limits.items()})


# --- auth


def test_guest(daemon):
    reply = daemon.request("POST", "/api/v1/auth/guest", {"name": "Ada Lovelace 🦋"})
    assert reply.status == 201 and reply.headers["Content-Type"] == "application/json"
    body = reply.json
    assert body["token_type"] == "Bearer" and ID.fullmatch(body["user"]["id"])
    assert body["user"]["display_name"] == "Ada Lovelace 🦋" and body["user"]["role"] == "guest"
    assert assert_time(body["expires_at"]) > assert_time(body["user"]["created_at"])
    assert daemon.request("GET", "/api/v1/calls", token=body["token"]).json == {"items": []}


@pytest.mark.parametrize(
    "body",
    [{}, {"name": ""}, {"name": "   "}, {"name": 7}, {"name": None}, {"name": "x" * 65}, {"name": "a\nb"}, {"name": ["Ada"]}],
    ids=str,
)
def test_guest_refused(daemon, body):
    assert_problem(daemon.request("POST", "/api/v1/auth/guest", body), 400, "bad-request")


@pytest.mark.parametrize(
    "text", [b"{", b"null", b"[]", b'"x"', b'{"name":"Ada"} x', b'{"name":"\xff"}', b"[" * 100000, b'{"name":"\\ud800"}'], ids=lambda text: text[:12]
)
def test_malformed_bodies(daemon, text):
    reply = daemon.request("POST", "/api/v1/auth/guest", text, headers={"Content-Type": "application/json"})
    assert_problem(reply, 400, "bad-request")
    assert daemon.request("GET", "/health/live").status == 200


def test_body_that_is_no_json(daemon):
    for kind in ("text/plain", "application/x-www-form-urlencoded", ""):
        reply = daemon.request("POST", "/api/v1/auth/guest", b'{"name":"Ada"}', headers={"Content-Type": kind})
        assert_problem(reply, 400, "unsupported")
    reply = daemon.request("POST", "/api/v1/auth/guest", b'{"name":"Ada"}', headers={"Content-Type": "application/json; charset=utf-8"})
    assert reply.status == 201


@pytest.mark.parametrize(
    "method, path",
    [
        ("GET", "/api/v1/calls"),
        ("POST", "/api/v1/calls"),
        ("POST", "/api/v1/calls/join"),
        ("GET", "/api/v1/calls/x"),
        ("POST", "/api/v1/calls/x/end"),
        ("POST", "/api/v1/auth/ws-ticket"),
        ("GET", "/api/v1/ice-servers"),
    ],
)
def test_token_is_needed(daemon, method, path):
    good = daemon.sign_in()
    head, payload, signature = good.split(".")
    bad = [None, "", "x", good[:-2], f"{head}.{payload}.", f"{head}.{payload[:-4]}AAAA.{signature}"]
    for token in bad:
        reply = daemon.request(method, path, b"" if method == "POST" else None, token)
        assert_problem(reply, 401, "not-authenticated")
        assert reply.headers["WWW-Authenticate"] == "Bearer"
    for field in (f"Basic {good}", f"Bearer{good}", good):
        reply = daemon.request(method, path, b"" if method == "POST" else None, headers={"Authorization": field})
        assert_problem(reply, 401, "not-authenticated")


def test_token_of_another_daemon(daemon, make_daemon, home):
    token = daemon.sign_in()
    other = make_daemon(database=home / "data/other.db", env={"CONFAB_AUTH_KEY_FILE": str(home / "data/other.key")})
    assert_problem(other.request("GET", "/api/v1/calls", token=token), 401, "not-authenticated")


def test_ticket(daemon):
    token = daemon.sign_in()
    reply = daemon.request("POST", "/api/v1/auth/ws-ticket", {}, token)
    assert reply.status == 201 and set(reply.json) == {"ticket", "expires_at"}
    left = assert_time(reply.json["expires_at"]) - datetime.datetime.now(datetime.timezone.utc)
    assert datetime.timedelta(0) < left <= datetime.timedelta(seconds=30)
    assert daemon.ticket(token) != reply.json["ticket"]


# --- calls


def test_create_get_list_end(daemon):
    token = daemon.sign_in()
    first = daemon.create_call(token, title="Stand-up ☀", max_participants=5)
    call = first["call"]
    assert ID.fullmatch(call["id"]) and CODE.fullmatch(call["code"])
    assert call["title"] == "Stand-up ☀" and call["max_participants"] == 5
    assert (call["kind"], call["state"], call["topology"]) == ("now", "open", "mesh")
    assert assert_time(call["expires_at"]) - assert_time(call["created_at"]) == datetime.timedelta(hours=24)
    assert first["link"] == f"{daemon.url}/j/{call['code']}"
    invite = first["invite"]
    assert invite["call_id"] == call["id"] and invite["link"] == f"{daemon.url}/j/{invite['secret']}"

    second = daemon.create_call(token)
    assert "title" not in second["call"]
    got = daemon.request("GET", f"/api/v1/calls/{call['id']}", token=token)
    assert got.json == {"call": call, "link": first["link"], "participants": []}
    items = daemon.request("GET", "/api/v1/calls", token=token).json["items"]
    assert items == [{**second["call"], "link": second["link"]}, {**call, "link": first["link"]}]

    ended = daemon.request("POST", f"/api/v1/calls/{call['id']}/end", {}, token)
    assert ended.status == 200 and ended.json["call"]["state"] == "ended"
    assert ended.json["call"]["end_reason"] == "ended-by-host" and assert_time(ended.json["call"]["ended_at"])
    assert_problem(daemon.request("POST", f"/api/v1/calls/{call['id']}/end", {}, token), 410, "call-over")
    assert [one["id"] for one in daemon.request("GET", "/api/v1/calls", token=token).json["items"]] == [second["call"]["id"]]
    assert daemon.request("GET", f"/api/v1/calls/{call['id']}", token=token).json["call"]["state"] == "ended"


@pytest.mark.parametrize(
    "body",
    [
        {"title": 7},
        {"title": "x" * 256},
        {"title": "a\nb"},
        {"max_participants": 1},
        {"max_participants": 101},
        {"max_participants": "5"},
        {"max_participants": 2.5},
        {"max_participants": 1 << 70},
    ],
    ids=str,
)
def test_create_refused(daemon, body):
    assert_problem(daemon.request("POST", "/api/v1/calls", body, daemon.sign_in()), 400, "bad-request")


def test_create_with_nothing(daemon):
    token = daemon.sign_in()
    for body in (b"", b"{}", b'{"title":"","unknown":1}', b'{"title":null}'):
        reply = daemon.request("POST", "/api/v1/calls", body, token, headers={"Content-Type": "application/json"})
        assert reply.status == 201 and "title" not in reply.json["call"], reply.body


def test_open_calls_are_limited(make_daemon):
    daemon = make_daemon(env={"CONFAB_LIMITS_OPEN_CALLS_PER_USER": "2"})
    token = daemon.sign_in()
    calls = [daemon.create_call(token)["call"] for _ in range(2)]
    assert_problem(daemon.request("POST", "/api/v1/calls", {}, token), 409, "conflict")
    daemon.request("POST", f"/api/v1/calls/{calls[0]['id']}/end", {}, token)
    daemon.create_call(token)
    daemon.create_call(daemon.sign_in("Bob"))


def test_join_by_code_and_secret(daemon):
    host = daemon.sign_in("Host")
    made = daemon.create_call(host)
    call = made["call"]
    spellings = [call["code"], call["code"].upper(), call["code"].replace("-", ""), f" {call['code']} "]
    for body in [{"code": one} for one in spellings] + [{"secret": made["invite"]["secret"]}]:
        guest = daemon.sign_in("Bob")
        assert_problem(daemon.request("GET", f"/api/v1/calls/{call['id']}", token=guest), 404, "no-such-call")
        reply = daemon.request("POST", "/api/v1/calls/join", body, guest)
        assert reply.status == 200, reply.body
        assert reply.json == {"call": call, "role": "speaker", "link": made["link"]}
        assert daemon.request("GET", f"/api/v1/calls/{call['id']}", token=guest).status == 200
        assert_problem(daemon.request("POST", f"/api/v1/calls/{call['id']}/end", {}, guest), 403, "not-allowed")
    assert daemon.request("POST", "/api/v1/calls/join", {"code": call["code"]}, host).json["role"] == "host"


def test_join_refused(daemon):
    host = daemon.sign_in("Host")
    over = daemon.create_call(host)
    daemon.request("POST", f"/api/v1/calls/{over['call']['id']}/end", {}, host)
    guest = daemon.sign_in("Bob")

    def join(body):
        return daemon.request("POST", "/api/v1/calls/join", body, guest)

    for body in ({}, {"code": "a", "secret": "b"}, {"code": 7}, {"code": None}, {"secret": []}, {"code": "x" * 65}):
        assert_problem(join(body), 400, "bad-request")
    for body in ({"code": "0000-0000-0000"}, {"secret": "0" * 26}, {"secret": over["call"]["code"]}, {"code": "hello"}, {"code": ""}):
        reply = join(body)
        assert reply.status in (400, 404) and reply.json["code"] in ("bad-request", "no-such-call"), reply.body
    assert_problem(join({"code": over["call"]["code"]}), 410, "call-over")
    assert_problem(join({"secret": over["invite"]["secret"]}), 410, "call-over")


@pytest.mark.parametrize("call_id", ["x", "0" * 26, "a" * 4000, "%25", "'; DROP TABLE calls; --".replace(" ", "%20")])
def test_unknown_calls(daemon, call_id):
    token = daemon.sign_in()
    assert_problem(daemon.request("GET", f"/api/v1/calls/{call_id}", token=token), 404, "no-such-call")
    assert_problem(daemon.request("POST", f"/api/v1/calls/{call_id}/end", {}, token), 404, "no-such-call")


def test_ice_servers(daemon, make_daemon, home):
    def ask(server, token, query=""):
        return server.request("GET", f"/api/v1/ice-servers{query}", token=token)

    token = daemon.sign_in()
    call = daemon.create_call(token)["call"]["id"]
    assert ask(daemon, token, f"?call={call}").json == {"ice_servers": []}
    assert_problem(ask(daemon, token), 400, "bad-request")

    relay = {"CONFAB_TURN_URLS": "turn:turn.example.org:3478?transport=udp", "CONFAB_TURN_SECRET": "S3CRET-S3CRET"}
    env = {"CONFAB_ICE_SERVERS": "stun:stun.example.org:3478", "CONFAB_TURN_LIFETIME_S": "600", **relay}
    other = make_daemon(env=env, database=home / "data/other/confab.db")
    host, stranger = other.sign_in(), other.sign_in("Eve")
    call = other.create_call(host)["call"]["id"]
    stun, turn = ask(other, host, f"?call={call}").json["ice_servers"]
    assert stun == {"urls": ["stun:stun.example.org:3478"]}
    assert turn["urls"] == ["turn:turn.example.org:3478?transport=udp"] and turn["lifetime_s"] == 600
    expiry = int(turn["username"].split(":")[0])
    assert abs(expiry - time.time() - 600) < 60
    digest = hmac.new(b"S3CRET-S3CRET", turn["username"].encode(), "sha1").digest()
    assert turn["credential"] == base64.b64encode(digest).decode()
    assert_problem(ask(other, stranger, f"?call={call}"), 404, "no-such-call")
    other.request("POST", f"/api/v1/calls/{call}/end", {}, host)
    assert_problem(ask(other, host, f"?call={call}"), 410, "call-over")
    assert "S3CRET" not in other.process.error_text


def test_health(daemon):
    assert daemon.request("GET", "/health/live").json == {"status": "ok"}
    well = {"database": "ok", "schema": "ok", "space": "ok", "jobs": "ok"}
    ready = daemon.request("GET", "/health/ready").json
    assert ready["status"] == "ok" and ready["checks"] == well and ready["details"].keys() == well.keys()
    handed_on = daemon.request("GET", "/health/ready", headers={"X-Forwarded-For": "192.0.2.7"}).json
    assert handed_on == {"status": "ok", "checks": well}


# --- the guest's page


def test_guest_page(daemon):
    made = daemon.create_call(daemon.sign_in())
    for key in (made["call"]["code"], made["call"]["code"].upper(), made["invite"]["secret"]):
        reply = daemon.request("GET", f"/j/{key}")
        assert reply.status == 200 and reply.headers["Content-Type"] == "text/html; charset=utf-8"
        assert reply.headers["Cache-Control"] == "no-store"
        policy = reply.headers["Content-Security-Policy"]
        assert "unsafe" not in policy and "frame-ancestors 'none'" in policy and "default-src 'none'" in policy
    text = reply.body.decode()
    assert "<script>" not in text and "http://" not in text and "https://" not in text
    for key in ("x", "0000-0000", "a" * 100, "%3Cscript%3E"):
        assert daemon.request("GET", f"/j/{key}").status == 404
    assert_problem(daemon.request("GET", "/j/"), 404, "not-found")


def test_guest_files(daemon):
    page = daemon.request("GET", "/j/0000-0000-0000").body.decode()
    types = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}
    files = set(re.findall(r'(?:src|href)="(/guest/[^"]+)"', page))
    assert files
    for path in files:
        reply = daemon.request("GET", path)
        assert reply.status == 200
        assert reply.headers["Content-Type"] == types[path[path.rindex(".") :]]
        assert reply.headers["Cache-Control"] == "no-cache"
        etag = reply.headers["ETag"]
        for field in (etag, f"W/{etag}", f'"other", {etag}', "*"):
            again = daemon.request("GET", path, headers={"If-None-Match": field})
            assert (again.status, again.body, again.headers["ETag"]) == (304, b"", etag)
        assert daemon.request("GET", path, headers={"If-None-Match": '"other"'}).status == 200
    for path in ("/guest/", "/guest/none.js", "/guest/../index.html", "/guest/%2e%2e%2findex.html", "/guest/a/b"):
        assert daemon.request("GET", path).status in (400, 404)


# --- HTTP


def test_security_headers_are_everywhere(daemon):
    replies = [
        daemon.request("GET", "/health/live"),
        daemon.request("GET", "/none"),
        daemon.request("DELETE", "/api/v1/calls"),
        daemon.request("POST", "/api/v1/auth/guest", b"{", headers={"Content-Type": "application/json"}),
        daemon.request("GET", "/j/0000-0000-0000"),
        daemon.request("OPTIONS", "/api/v1/calls"),
        daemon.request("GET", "/api/v1/calls"),
    ]
    for reply in replies:
        assert reply.headers["X-Content-Type-Options"] == "nosniff"
        assert reply.headers["Referrer-Policy"] == "no-referrer"
        assert reply.headers["Permissions-Policy"].startswith("microphone=(self)")
        assert reply.headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert reply.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert "frame-ancestors 'none'" in reply.headers["Content-Security-Policy"]
        assert reply.headers["Connection"] == "close"
        assert reply.headers["Cache-Control"] in ("no-store", "no-cache")
        assert "Server" not in reply.headers and "Access-Control-Allow-Origin" not in reply.headers
        assert ID.fullmatch(reply.headers["X-Request-Id"])
    assert len({reply.headers["X-Request-Id"] for reply in replies}) == len(replies)


@pytest.mark.parametrize(
    "method, path, allow",
    [
        ("DELETE", "/api/v1/calls", "POST, GET, HEAD, OPTIONS"),
        ("GET", "/api/v1/auth/guest", "POST, OPTIONS"),
        ("PUT", "/api/v1/calls/x", "GET, HEAD, PATCH, OPTIONS"),
        ("PATCH", "/health/live", "GET, HEAD, OPTIONS"),
        ("POST", "/j/0000-0000-0000", "GET, HEAD, OPTIONS"),
        ("DELETE", "/guest/main.js", "GET, HEAD, OPTIONS"),
    ],
)
def test_method_not_allowed(daemon, method, path, allow):
    reply = daemon.request(method, path, b"")
    assert_problem(reply, 405, "method-not-allowed")
    assert reply.headers["Allow"] == allow
    options = daemon.request("OPTIONS", path)
    assert (options.status, options.headers["Allow"], options.body) == (204, allow, b"")


@pytest.mark.parametrize("path", ["/", "/api", "/api/v1", "/api/v1/calls/", "/api/v1/calls/x/y", "/API/V1/CALLS", "/health//live", "/health/live/"])
def test_not_found(daemon, path):
    assert_problem(daemon.request("GET", path), 404, "not-found")


def test_head(daemon):
    for path in ("/health/live", "/j/0000-0000-0000", "/guest/main.js", "/none"):
        got = daemon.request("GET", path)
        head = daemon.request("HEAD", path)
        assert head.status == got.status and head.body == b""
        if path != "/none":  # its body has an id of its own, of the same length
            assert head.headers["Content-Length"] == got.headers["Content-Length"] == str(len(got.body))
        assert head.headers["Content-Type"] == got.headers["Content-Type"]


def test_ranges_are_not_served(daemon):
    for field in ("bytes=0-0", "bytes=-1", "bytes=" + ",".join(f"{at}-{at}" for at in range(600)), "bytes=999999-"):
        reply = daemon.request("GET", "/guest/main.js", headers={"Range": field, "If-Range": "x"})
        assert reply.status == 200 and "Content-Range" not in reply.headers
        assert len(reply.body) == int(reply.headers["Content-Length"])


def test_body_limit(daemon):
    assert daemon.request("POST", "/api/v1/auth/guest", b"x" * (1024 * 1024 + 1)).status == 413
    name = json.dumps({"name": "Ada", "filling": "x" * 1000000}).encode()
    assert daemon.request("POST", "/api/v1/auth/guest", name, headers={"Content-Type": "application/json"}).status == 201


def test_expect_continue(daemon):
    body = b'{"name":"Ada"}'
    head = b"POST /api/v1/auth/guest HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n" % len(body)
    answer = raw_request(daemon, head + b"Expect: 100-continue\r\n\r\n" + body)
    interim, _, final = answer.partition(b"\r\n\r\n")
    assert interim == b"HTTP/1.1 100 Continue"
    assert final.startswith(b"HTTP/1.1 201 Created\r\n") and b"X-Content-Type-Options: nosniff" in final


def test_one_request_a_connection(daemon):
    request = b"GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: keep-alive\r\n\r\n"
    answer = raw_request(daemon, request * 3)
    assert answer.count(b"HTTP/1.1 200 OK") == 1 and b"Connection: close" in answer
    assert raw_request(daemon, b"GET /health/live HTTP/1.0\r\n\r\n").startswith(b"HTTP/1.0 200 OK")


def test_clients_that_go_before_the_answer(generous):
    """Requests whose answer comes later, and nobody is there any more: nothing is left of them."""
    generous.request("GET", "/health/live")
    before = generous.open_descriptors()
    body = b'{"name":"Ada"}'
    data = b"POST /api/v1/auth/guest HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body) + body
    for cut in (None, 20, len(data) - 3):
        for _ in range(100):
            connection = socket.create_connection(("127.0.0.1", generous.port), timeout=DEADLINE_S)
            connection.sendall(data[:cut])
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            connection.close()
    wait_until(lambda: generous.open_descriptors() <= before, "all descriptors back")
    assert generous.request("GET", "/health/ready").status == 200
    assert "CRITICAL" not in generous.process.error_text.upper()


def test_many_at_once(generous):
    """200 guests in 20 threads each make a call and find it."""

    def visit(number):
        token = generous.sign_in(f"Guest {number}")
        made = generous.create_call(token, title=str(number))
        return generous.request("GET", "/api/v1/calls", token=token).json["items"][0]["id"] == made["call"]["id"]

    with concurrent.futures.ThreadPoolExecutor(20) as pool:
        assert all(pool.map(visit, range(200)))


# --- limits and origins


def test_guest_limit(make_daemon):
    daemon = make_daemon(env={"CONFAB_LIMITS_GUEST_PER_MINUTE": "3"})
    for _ in range(3):
        daemon.sign_in()
    reply = daemon.request("POST", "/api/v1/auth/guest", {"name": "Ada"})
    assert_problem(reply, 429, "too-many")
    assert 1 <= int(reply.headers["Retry-After"]) <= 21
    assert daemon.request("GET", "/health/live").status == 200


def test_create_limit_is_a_users_own(make_daemon):
    daemon = make_daemon(env={"CONFAB_LIMITS_CREATE_PER_MINUTE": "2"})
    ada = daemon.sign_in("Ada")
    for _ in range(2):
        daemon.create_call(ada)
    reply = daemon.request("POST", "/api/v1/calls", {}, ada)
    assert_problem(reply, 429, "too-many")
    assert 1 <= int(reply.headers["Retry-After"]) <= 31
    daemon.create_call(daemon.sign_in("Bob"))


def test_guessing_codes_is_limited(make_daemon):
    daemon = make_daemon(env={"CONFAB_LIMITS_JOIN_FAILURES_PER_MINUTE": "3"})
    ada = daemon.sign_in("Ada")
    code = daemon.create_call(ada)["call"]["code"]
    for _ in range(10):
        assert daemon.request("POST", "/api/v1/calls/join", {"code": code}, ada).status == 200
    for _ in range(3):
        assert_problem(daemon.request("POST", "/api/v1/calls/join", {"code": "0000-0000-0000"}, ada), 404, "no-such-call")
    reply = daemon.request("POST", "/api/v1/calls/join", {"code": code}, daemon.sign_in("Bob"))
    assert_problem(reply, 429, "too-many")
    assert int(reply.headers["Retry-After"]) >= 1


def test_origins(make_daemon):
    daemon = make_daemon(env={"CONFAB_SERVER_ALLOWED_ORIGINS": "https://friend.example"})

    def sign_in(origin):
        return daemon.request("POST", "/api/v1/auth/guest", {"name": "Ada"}, headers={"Origin": origin})

    own = sign_in(daemon.url)
    assert own.status == 201 and "Access-Control-Allow-Origin" not in own.headers
    friend = sign_in("https://friend.example")
    assert friend.status == 201 and friend.headers["Access-Control-Allow-Origin"] == "https://friend.example"
    assert friend.headers["Vary"] == "Origin" and "Access-Control-Allow-Credentials" not in friend.headers
    for origin in ("https://evil.example", "null", "http://friend.example", "https://friend.example:444"):
        reply = sign_in(origin)
        assert_problem(reply, 403, "bad-origin")
        assert "Access-Control-Allow-Origin" not in reply.headers


def test_preflight(make_daemon):
    daemon = make_daemon(env={"CONFAB_SERVER_ALLOWED_ORIGINS": "https://friend.example"})

    def preflight(origin):
        fields = {"Origin": origin, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
        return daemon.request("OPTIONS", "/api/v1/calls", headers=fields)

    friend = preflight("https://friend.example")
    assert friend.status == 204 and friend.headers["Access-Control-Allow-Origin"] == "https://friend.example"
    assert "POST" in friend.headers["Access-Control-Allow-Methods"]
    assert "authorization" in friend.headers["Access-Control-Allow-Headers"].lower()
    assert friend.headers["Access-Control-Max-Age"] == "600"
    stranger = preflight("https://evil.example")
    assert not [name for name in stranger.headers if name.lower().startswith("access-control")]


def test_dns_rebinding(daemon):
    """A name that was made to point here is not this server, whatever its page says."""
    connection = http.client.HTTPConnection("127.0.0.1", daemon.port, timeout=DEADLINE_S)
    host = f"evil.example:{daemon.port}"
    fields = {"Host": host, "Origin": f"http://{host}", "Content-Type": "application/json"}
    connection.request("POST", "/api/v1/auth/guest", b'{"name":"Ada"}', fields)
    assert connection.getresponse().status == 403
    connection.close()


def test_log_tells_no_secrets(make_daemon):
    daemon = make_daemon("--verbose")
    token = daemon.sign_in()
    made = daemon.create_call(token)
    ticket = daemon.ticket(token)
    daemon.request("GET", f"/j/{made['invite']['secret']}")
    daemon.stop()
    for secret in (token, ticket, made["invite"]["secret"], made["call"]["code"]):
        assert secret not in daemon.process.error_text
