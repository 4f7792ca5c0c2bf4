# SPDX-License-Identifier: GPL-3.0-or-later
"""People with an account: register, sign in, forget, change, look for each other, and leave."""

import concurrent.futures
import contextlib
import json
import sqlite3
import time

import pytest

from confabtest.accounts import Accounts, now_us, sha256
from confabtest.process import wait_until
from confabtest.telegram import BOT_TOKEN, init_data
from test_rest import assert_problem, assert_time

PASSWORD = "correct horse battery staple"


@pytest.fixture
def server(make_daemon):
    return make_daemon(env={"CONFAB_AUTH_REGISTRATION": "open"})


def register(daemon, name="ada", password=PASSWORD, **fields):
    return daemon.request("POST", "/api/v1/auth/register", {"login_name": name, "password": password, **fields})


def log_in(daemon, name="ada", password=PASSWORD, **fields):
    return daemon.request("POST", "/api/v1/auth/login", {"login_name": name, "password": password, **fields})


def joined(daemon, name="ada", **fields):
    """The token of somebody who registered just now."""
    reply = register(daemon, name, **fields)
    assert reply.status == 201, reply.body
    return reply.json["token"]


def own(daemon, token):
    return daemon.request("GET", "/api/v1/users/me", token=token)


# --- register and sign in


def test_register_and_log_in(server):
    reply = register(server, "Ada.L", display_name="Ada Lovelace", time_zone="Europe/London", locale="en-GB", device_name="Lamp")
    assert reply.status == 201
    body = reply.json
    assert body["user"]["role"] == "member" and body["user"]["display_name"] == "Ada Lovelace"
    assert body["session"]["device_name"] == "Lamp" and body["refresh_token"]
    profile = own(server, body["token"]).json
    assert profile["login_name"] == "Ada.L" and profile["time_zone"] == "Europe/London" and profile["locale"] == "en-GB"
    again = log_in(server, "ada.l", trusted=True)
    assert again.status == 200 and again.json["user"] == body["user"] and again.json["session"]["trusted"]


def test_cookies_for_a_page(server):
    joined(server)
    reply = log_in(server, cookie=True)
    assert reply.status == 200 and "token" not in reply.json and "refresh_token" not in reply.json
    assert "__Host-confab-access=" in str(reply.headers.items())


@pytest.mark.parametrize("name", ["ad", "a" * 33, "a da", "ada@example.org", "ädä", "", "ada\n"])
def test_bad_login_names(server, name):
    assert_problem(register(server, name), 400, "bad-request")


def test_name_taken(server):
    joined(server, "ada")
    assert_problem(register(server, "ADA"), 409, "name-taken")


@pytest.mark.parametrize("password", ["1234567", "password1", "PassWord1", "ada.lovelace", "x" * 1025], ids=lambda text: text[:12])
def test_weak_passwords(server, password):
    assert_problem(register(server, "Ada.Lovelace", password), 400, "weak-password")


def test_long_passwords_count_whole(server):
    start = "x" * 1000
    joined(server, password=start + "a")
    assert log_in(server, password=start + "a").status == 200
    assert_problem(log_in(server, password=start + "b"), 401, "not-authenticated")


def test_unknown_and_wrong_are_the_same(server):
    joined(server)
    unknown, wrong = log_in(server, "nobody"), log_in(server, password="incorrect horse")
    for reply in (unknown, wrong):
        assert_problem(reply, 401, "not-authenticated")
    assert unknown.json["detail"] == wrong.json["detail"]


def test_bcrypt_is_made_anew(server):
    """An account of another server: its hash opens once, and is one of ours then."""
    joined(server)
    accounts = Accounts(server)
    bcrypt = "$2b$04$abcdefghijklmnopqrstuujydOTSfIH/d5oUHpsygqV5X9xJLQc6e"  # "correct horse"
    accounts.run("UPDATE users SET password_hash = ? WHERE login_name = 'ada'", bcrypt)
    assert log_in(server, password="incorrect horse").status == 401
    assert accounts.run("SELECT password_hash FROM users WHERE login_name = 'ada'") == [(bcrypt,)]
    assert log_in(server, password="correct horse").status == 200
    assert accounts.run("SELECT password_hash FROM users WHERE login_name = 'ada'")[0][0].startswith("$argon2id$")
    assert log_in(server, password="correct horse").status == 200


# --- who may register


def test_registration_by_invitation(make_daemon):
    daemon = make_daemon()
    owner = Accounts(daemon).sign_in("owner").token
    assert_problem(register(daemon, "eve"), 403, "not-allowed")
    assert_problem(register(daemon, "eve", invite="0" * 26), 403, "not-allowed")
    invited = daemon.request("POST", "/api/v1/admin/registration-invites", {"role": "admin"}, owner)
    assert invited.status == 201 and invited.json["uses_left"] == 1
    secret = invited.json["secret"]
    reply = register(daemon, "ada", invite=secret)
    assert reply.status == 201 and reply.json["user"]["role"] == "admin"
    assert_problem(register(daemon, "eve", invite=secret), 403, "not-allowed")


def test_registration_closed(make_daemon):
    daemon = make_daemon(env={"CONFAB_AUTH_REGISTRATION": "closed"})
    owner = Accounts(daemon).sign_in("owner").token
    secret = daemon.request("POST", "/api/v1/admin/registration-invites", {}, owner).json["secret"]
    assert_problem(register(daemon, "eve", invite=secret), 403, "not-allowed")


# --- passwords


def test_change_password(server):
    token = joined(server)
    other = log_in(server).json["token"]
    path = "/api/v1/users/me/password"
    wrong = server.request("POST", path, {"old_password": "x", "password": "another one here"}, token)
    assert_problem(wrong, 403, "not-allowed")
    weak = server.request("POST", path, {"old_password": PASSWORD, "password": "password1"}, token)
    assert_problem(weak, 400, "weak-password")
    assert server.request("POST", path, {"old_password": PASSWORD, "password": "another one here"}, token).status == 204
    assert own(server, token).status == 200
    assert own(server, other).status == 401
    assert log_in(server).status == 401 and log_in(server, password="another one here").status == 200


def test_reset_password(server):
    """A token as a letter would carry it."""
    token = joined(server)
    accounts = Accounts(server)
    user_id = own(server, token).json["id"]
    hour_us = 3600 * 1_000_000
    for secret, expires_at in (("good", now_us() + hour_us), ("late", now_us() - 1)):
        accounts.run(
            "INSERT INTO letters (hash, user_id, purpose, created_at, expires_at) VALUES (?, ?, 'reset', 0, ?)",
            sha256(secret), user_id, expires_at,
        )  # fmt: skip

    def reset(secret, password="another one here"):
        return server.request("POST", "/api/v1/auth/password/reset", {"token": secret, "password": password})

    assert_problem(reset("other"), 403, "not-allowed")
    assert_problem(reset("late"), 403, "not-allowed")
    assert_problem(reset("good", "iloveyou"), 400, "weak-password")
    assert reset("good").status == 204
    assert_problem(reset("good"), 403, "not-allowed")
    assert own(server, token).status == 401
    assert log_in(server, password="another one here").status == 200


def test_forgot_says_nothing(server):
    joined(server)
    for name in ("ada", "nobody", "ada@example.org"):
        reply = server.request("POST", "/api/v1/auth/password/forgot", {"login_name": name})
        assert reply.status == 202 and reply.json == {}


# --- profiles


def test_profile(server):
    token = joined(server, email="ada@example.org")
    before = own(server, token).json
    change = {"display_name": " Ada  King ", "email": "king@example.org", "avatar_url": "https://example.org/a.png"}
    after = server.request("PATCH", "/api/v1/users/me", change, token)
    assert after.status == 200 and after.json["display_name"] == "Ada King" and after.json["email"] == "king@example.org"
    assert assert_time(after.json["updated_at"]) > assert_time(before["updated_at"])
    gone = server.request("PATCH", "/api/v1/users/me", {"avatar_url": None, "email": None}, token).json
    assert "avatar_url" not in gone and "email" not in gone and gone["display_name"] == "Ada King"
    for bad in (
        {"email": "no address"}, {"email": "a@b\r\nBcc: c@d"}, {"avatar_url": "http://example.org/a.png"}, {"display_name": None},
        {"avatar_url": "javascript:alert(1)"}, {"time_zone": "Moon/Crater"}, {"locale": "x" * 36}, {"display_name": "  "},
    ):  # fmt: skip
        assert server.request("PATCH", "/api/v1/users/me", bad, token).status == 400, bad


def test_search(server):
    ada = joined(server, "ada", display_name="Ada King Lovelace")
    joined(server, "bob", display_name="Bob Lovejoy")

    def find(query, **more):
        path = "/api/v1/users?query=" + query + "".join(f"&{name}={value}" for name, value in more.items())
        return server.request("GET", path, token=ada)

    assert [one["login_name"] for one in find("LOVE").json["items"]] == ["bob", "ada"]
    assert find("zzz").json["items"] == []
    first = find("love", limit=1).json
    second = find("love", limit=1, cursor=first["next_cursor"]).json
    assert [page["items"][0]["login_name"] for page in (first, second)] == ["bob", "ada"] and "next_cursor" not in second
    assert set(first["items"][0]) <= {"id", "display_name", "role", "created_at", "login_name", "avatar_url"}
    assert_problem(find(""), 400, "bad-request")
    assert_problem(find("a", cursor="x.y.z"), 400, "bad-request")
    assert_problem(find("a", limit=101), 400, "bad-request")
    guest = server.sign_in()
    assert server.request("GET", "/api/v1/users?query=a", token=guest).status == 403


def test_export(server):
    token = joined(server)
    call = server.create_call(token, title="Stand-up")["call"]
    reply = server.request("GET", "/api/v1/users/me/export", token=token)
    assert reply.status == 200
    data = reply.json
    assert data["profile"]["login_name"] == "ada" and [one["id"] for one in data["calls"]] == [call["id"]]
    assert_time(data["calls"][0]["created_at"])
    assert len(data["sessions"]) == 1
    wait_until(
        lambda: {"registered", "call-created"}
        <= {one["action"] for one in server.request("GET", "/api/v1/users/me/export", token=token).json["audit_by_me"]},
        "the audit is written",
    )
    assert "argon2" not in json.dumps(data) and sha256(token) not in json.dumps(data)


N_SAMPLES = 30000


def test_export_of_a_lot(server):
    """A month of calls; meanwhile the server answers others, and makes no second export."""
    token = joined(server)
    call = server.create_call(token, title="Stand-up")["call"]["id"]
    me = own(server, token).json["id"]
    with contextlib.closing(sqlite3.connect(server.database, timeout=30)) as database, database:
        columns = "id, call_id, user_id, display_name, role, joined_at, muted, deafened, on_hold, listen_only"
        database.execute(f"INSERT INTO participants ({columns}) VALUES ('p', ?, ?, 'Ada', 'host', 1, 0, 0, 0, 0)", (call, me))
        columns = "call_id, at, participant_id, peer_id, jitter_us, lost_ppm, bitrate_bps, level_millidbov, mos_millis"
        samples = ((call, number, "p", f"peer{number % 7}", 900, 0, 64000, -20000, 4400) for number in range(N_SAMPLES))
        database.executemany(f"INSERT INTO quality_samples ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", samples)
    path = "/api/v1/users/me/export"
    with concurrent.futures.ThreadPoolExecutor() as pool:
        several = [pool.submit(server.request, "GET", path, token=token) for _ in range(4)]
        assert server.request("GET", "/api/v1/users/me", token=token).status == 200
        replies = [one.result() for one in several]
    whole = [reply.json["quality"] for reply in replies if reply.status == 200]
    assert whole and all(len(quality) == N_SAMPLES for quality in whole)
    for reply in replies:
        if reply.status != 200:
            assert_problem(reply, 503, "unavailable")
    assert len(server.request("GET", path, token=token).json["quality"]) == N_SAMPLES


def test_delete(server):
    token = joined(server)
    other = log_in(server).json["token"]
    path = "/api/v1/users/me"
    assert_problem(server.request("DELETE", path, token=token), 403, "not-allowed")
    assert_problem(server.request("DELETE", path, {"password": "incorrect"}, token), 403, "not-allowed")
    assert server.request("DELETE", path, {"password": PASSWORD}, token).status == 204
    assert own(server, token).status == 401 and own(server, other).status == 401
    assert log_in(server).status == 401
    server.restart()
    assert own(server, other).status == 401
    joined(server)


# --- accounts of others


def test_administration(server):
    accounts = Accounts(server)
    owner = accounts.sign_in("owner").token
    ada, bob = joined(server, "ada"), joined(server, "bob")
    ada_id, bob_id = own(server, ada).json["id"], own(server, bob).json["id"]

    def change(token, user_id, **fields):
        return server.request("PATCH", f"/api/v1/admin/users/{user_id}", fields, token)

    assert_problem(change(ada, bob_id, disabled=True), 403, "not-allowed")
    assert change(owner, ada_id, role="admin").json["role"] == "admin"
    admin = log_in(server, "ada").json["token"]
    assert_problem(change(admin, bob_id, role="admin"), 403, "not-allowed")
    assert_problem(change(admin, ada_id, disabled=True), 403, "not-allowed")
    assert_problem(change(admin, bob_id, role="guest"), 400, "bad-request")
    assert "disabled_at" in change(admin, bob_id, disabled=True).json
    assert own(server, bob).status == 401
    assert_problem(log_in(server, "bob"), 403, "not-allowed")
    assert log_in(server, "bob", "wrong one here").status == 401
    listed = server.request("GET", "/api/v1/admin/users?query=b", token=admin).json["items"]
    assert [one["id"] for one in listed] == [bob_id] and "disabled_at" in listed[0]
    assert "disabled_at" not in change(admin, bob_id, disabled=False).json
    assert log_in(server, "bob").status == 200
    assert_problem(change(owner, "0" * 26, disabled=True), 404, "not-found")


def test_the_last_owner_stays(server):
    accounts = Accounts(server)
    person = accounts.sign_in("owner")
    ada_id = own(server, joined(server)).json["id"]

    def change(user_id, **fields):
        return server.request("PATCH", f"/api/v1/admin/users/{user_id}", fields, person.token)

    assert_problem(change(person.user_id, role="admin"), 409, "conflict")
    assert_problem(change(person.user_id, disabled=True), 409, "conflict")
    assert_problem(server.request("DELETE", "/api/v1/users/me", {}, person.token), 409, "conflict")
    assert change(ada_id, role="owner").json["role"] == "owner"
    assert own(server, person.token).status == 401
    assert accounts.run("SELECT role FROM users WHERE id = ?", person.user_id) == [("admin",)]


def test_invitations(server):
    owner = Accounts(server).sign_in("owner").token
    path = "/api/v1/admin/registration-invites"
    made = [server.request("POST", path, {"uses": n}, owner).json for n in (1, 2, 3)]
    listed, cursor = [], ""
    while cursor is not None:
        page = server.request("GET", f"{path}?limit=2{cursor}", token=owner).json
        listed += page["items"]
        cursor = f"&cursor={page['next_cursor']}" if "next_cursor" in page else None
    assert sorted(one["id"] for one in listed) == sorted(one["id"] for one in made)
    assert not any("secret" in one for one in listed)
    assert server.request("DELETE", f"{path}/{made[0]['id']}", token=owner).status == 204
    assert_problem(server.request("DELETE", f"{path}/{made[0]['id']}", token=owner), 404, "not-found")
    assert_problem(register(server, "eve", invite=made[0]["secret"]), 403, "not-allowed")


# --- Telegram


@pytest.fixture
def with_telegram(make_daemon, tmp_path):
    token = tmp_path / "telegram.token"
    token.write_text(BOT_TOKEN)
    token.chmod(0o600)
    return make_daemon(env={"CONFAB_AUTH_REGISTRATION": "open", "CONFAB_AUTH_TELEGRAM_TOKEN_FILE": str(token)})


def telegram(daemon, data):
    return daemon.request("POST", "/api/v1/auth/telegram", {"init_data": data})


def test_telegram(with_telegram):
    data = init_data()
    reply = telegram(with_telegram, data)
    assert reply.status == 200 and reply.json["user"]["display_name"] == "Ada Lovelace"
    assert own(with_telegram, reply.json["token"]).json["login_name"] == "ada_l"
    assert_problem(telegram(with_telegram, data), 401, "not-authenticated")
    head, _, digest = data.rpartition("=")
    assert_problem(telegram(with_telegram, f"{head}={digest.upper()}"), 401, "not-authenticated")
    renamed = telegram(with_telegram, init_data({"id": 279058397, "first_name": "Countess"}, query_id="2")).json
    assert renamed["user"]["id"] == reply.json["user"]["id"] and renamed["user"]["display_name"] == "Countess"
    useless = {"id": 279058397, "first_name": "\u202e", "username": "x", "photo_url": "javascript:1"}
    kept = telegram(with_telegram, init_data(useless, query_id="3")).json
    assert kept["user"]["display_name"] == "Countess"
    assert "avatar_url" not in own(with_telegram, kept["token"]).json


def test_telegram_refuses(with_telegram):
    good = init_data()
    for data in (
        init_data(token="7000000001:other"), init_data(auth_date=None), init_data(age_s=24 * 3600 + 10), init_data(age_s=-600),
        init_data(auth_date="0"), init_data(auth_date="soon"), init_data(user={"id": "x"}), init_data(user={"first_name": "No id"}),
        good + "&auth_date=1", good + "&user=%7B%22id%22%3A1%7D", good.replace("Ada", "Eve"), good[:-1], good.rpartition("&")[0],
        "", "hash=00", "&" * 100,
    ):  # fmt: skip
        reply = telegram(with_telegram, data)
        assert_problem(reply, 401, "not-authenticated")


def test_no_telegram(server):
    assert_problem(telegram(server, init_data()), 404, "not-found")


# --- what must not be seen


def test_secrets_stay_secret(server):
    """Neither the database nor the log has a password or a token."""
    token = joined(server, "ada", email="ada@example.org")
    refresh = log_in(server).json["refresh_token"]
    database = server.database.read_bytes() + b"".join(one.read_bytes() for one in server.database.parent.glob("*-wal"))
    for secret in (PASSWORD, token, refresh):
        assert secret.encode() not in database


def test_hashing_does_not_hold_the_server(server):
    """While a crowd signs in, others are answered at once; who finds no place any more is told so."""
    joined(server)
    with concurrent.futures.ThreadPoolExecutor(40) as pool:
        crowd = [pool.submit(log_in, server, f"ada{i % 3}") for i in range(40)]
        started = time.monotonic()
        answers = 0
        while not all(one.done() for one in crowd):
            assert server.request("GET", "/health/live").status == 200
            answers += 1
        duration = time.monotonic() - started
    assert {one.result().status for one in crowd} <= {401, 429, 503}
    assert answers >= 3, f"only {answers} answers within {duration:.1f} s"
