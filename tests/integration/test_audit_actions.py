# SPDX-License-Identifier: GPL-3.0-or-later
"""Each action of the audit log: somebody does it, at a real daemon or with confabctl, and it stands there who, what, from where."""

import contextlib
import getpass
import hashlib
import json
import pathlib
import re
import shutil
import sqlite3
import subprocess
import tempfile
import types

import pytest

from confabtest.accounts import DAY_US, Accounts, new_id, now_us
from confabtest.daemon import Daemon
from confabtest.fuzz import Request
from confabtest.paths import BUILD, DEADLINE_S
from confabtest.process import wait_until
from confabtest.signaling import Session, run
from confabtest.tel_call import TelCall
from confabtest.telegram import BOT_TOKEN
from confabtest.volley import fire
from test_accounts import PASSWORD, log_in, register

SOURCE = pathlib.Path(__file__).parents[2] / "daemon/store/confabd-audit-entry.c"
CONFABCTL = BUILD / "daemon/ctl/confabctl"
MAX_WAITING = 10_000  # docs/audit.md
HERE = "127.0.0.1"
SOMEBODY = "somebody unknown"
AUDIT = "/api/v1/admin/audit"
USERS = "/api/v1/admin/users"
INVITES = "/api/v1/admin/registration-invites"
KEYS = "/api/v1/api-keys"

ROWS = {}  # a name that begins with an action: what provokes it


def row(name):
    def keep(provoke):
        ROWS[name] = provoke
        return provoke

    return keep


def seen(actor, target, address=HERE, success=True, actor_id=None, detail=None, url=None):
    """What the entry has to say; detail: how it begins. url: of another database than the daemon's."""
    return types.SimpleNamespace(
        actor=actor, actor_id=actor_id, target=target, address=address, detail=detail, url=url,
        result="success" if success else "failure",
    )  # fmt: skip


def by(person, target, **fields):
    return seen("Ada", target, actor_id=person.user_id, **fields)


def by_hand(target, **fields):
    """By whoever runs confabctl."""
    return seen(getpass.getuser(), target, address=None, **fields)


class World:
    """A daemon, its owner, and any number of others."""

    def __init__(self, home):
        self.home = home
        self.daemon = None
        self.count = 0

    @contextlib.contextmanager
    def run(self):
        token = self.home / "telegram.token"
        token.write_text(BOT_TOKEN)
        token.chmod(0o600)
        self.env = {"CONFAB_AUTH_REGISTRATION": "open", "CONFAB_AUTH_TELEGRAM_TOKEN_FILE": str(token)}
        with Daemon(self.home, env=self.env):
            pass
        make_old(self.home / "data/confab.db")
        with Daemon(self.home, env=self.env) as self.daemon:
            self.accounts = Accounts(self.daemon)
            self.owner = self.accounts.sign_in("owner")
            yield self

    def ask(self, person, method, path, body=None, status=None):
        """The JSON of an answer that has to be good."""
        reply = self.daemon.request(method, path, body, person.token if person else None)
        assert reply.status == status if status else reply.status < 300, reply.body
        return reply.json if reply.body else None

    def name(self):
        self.count += 1
        return f"user{self.count}"

    def registered(self):
        """(login name, what they got) of somebody with a password."""
        name = self.name()
        reply = register(self.daemon, name, display_name="Bob")
        assert reply.status == 201, reply.body
        return name, reply.json

    def ctl(self, *arguments, url=None):
        """The object that confabctl prints."""
        env = {**self.daemon.env, "CONFAB_SERVER_BASE_URL": "https://call.example.org", "CONFAB_SERVER_LISTEN": f"{HERE}:{self.daemon.port}"}
        command = [CONFABCTL, "--database", url or self.daemon.database_url, "--json", *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=DEADLINE_S, env=env)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def add_by_hand(self):
        """(login name, id) of somebody who has no password yet."""
        name = self.name()
        self.ctl("user", "add", name)
        return name, self.ctl("user", "show", name)["id"]

    def find(self, action, wanted):
        """The entry, or None; in the words that everybody gets."""
        if wanted.url:
            entries = self.ctl("audit", "list", "--action", action, url=wanted.url)["entries"]
        else:
            entries = self.ask(self.owner, "GET", f"{AUDIT}?action={action}")["items"]
        names = ("actor", "actor_id", "target", "address", "result")
        for entry in entries:
            if all(entry.get(name) == getattr(wanted, name) for name in names) and entry.get("detail", "").startswith(wanted.detail or ""):
                return entry
        return None


def make_old(database):
    """As if the first entry, about the schema, were three years old. The hash is that of docs/audit.md."""

    def field(value):
        return "-," if value is None else f"{len(str(value).encode())}:{value},"

    with contextlib.closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("UPDATE audit_entries SET at = ?", (now_us() - 3 * 365 * DAY_US,))
        columns = "seq, at, actor_id, actor, action, target, address, result, detail"
        ((seq, *values),) = connection.execute(f"SELECT {columns} FROM audit_entries").fetchall()
        text = "".join(map(field, ["0" * 64, seq, *values]))
        digest = hashlib.sha256(f"confab-audit-1\n{text}".encode()).hexdigest()
        connection.execute("UPDATE audit_entries SET hash = ?", (digest,))
        connection.execute("UPDATE audit_chain SET head_hash = ?", (digest,))


@pytest.fixture(scope="module")
def world():
    home = pathlib.Path(tempfile.mkdtemp(prefix="cf"))
    for name in ("run", "data", "config", "cache", "state"):
        (home / name).mkdir(mode=0o700)
    with World(home).run() as running:
        yield running
    shutil.rmtree(home, ignore_errors=True)


def test_every_action_has_a_row():
    actions = re.findall(r'\[CONFABD_AUDIT_\w+\] = "([a-z-]+)"', SOURCE.read_text())
    assert len(actions) > 25 and {name.split("/")[0] for name in ROWS} == set(actions)


# --- signing in and out


@row("login")
def _(world):
    name, grant = world.registered()
    assert log_in(world.daemon, name).status == 200
    return seen("Bob", grant["user"]["id"], actor_id=grant["user"]["id"])


@row("login-failed/password")
def _(world):
    name, grant = world.registered()
    assert log_in(world.daemon, name, "not this one").status == 401
    return seen("Bob", grant["user"]["id"], actor_id=grant["user"]["id"], success=False)


@row("login-failed/unknown")
def _(world):
    assert log_in(world.daemon, "nobody-at-all").status == 401
    return seen(SOMEBODY, None, success=False)


@row("login-failed/telegram")
def _(world):
    world.ask(None, "POST", "/api/v1/auth/telegram", {"init_data": "hash=0"}, status=401)
    return seen(SOMEBODY, None, success=False, detail="telegram")


@row("logout")
def _(world):
    ada = world.accounts.sign_in()
    world.ask(ada, "POST", "/api/v1/auth/logout", {})
    return by(ada, ada.session_id)


@row("registered")
def _(world):
    _, grant = world.registered()
    return seen("Bob", grant["user"]["id"], actor_id=grant["user"]["id"])


@row("registered/confabctl")
def _(world):
    _, user_id = world.add_by_hand()
    return by_hand(user_id, detail="confabctl user")


@row("token-reused")
def _(world):
    ada = world.accounts.sign_in()
    path, first = "/api/v1/auth/refresh", {"refresh_token": ada.refresh_token}
    second = {"refresh_token": world.ask(None, "POST", path, first)["refresh_token"]}
    world.ask(None, "POST", path, second)
    world.ask(None, "POST", path, first, status=401)
    return by(ada, ada.session_id, success=False)


@row("session-revoked/one")
def _(world):
    ada = world.accounts.sign_in()
    other = world.accounts.sign_in(user_id=ada.user_id)
    world.ask(ada, "DELETE", f"/api/v1/sessions/{other.session_id}")
    return by(ada, other.session_id)


@row("session-revoked/all")
def _(world):
    ada = world.accounts.sign_in()
    world.ask(ada, "DELETE", "/api/v1/sessions")
    return by(ada, None)


# --- one's account


@row("profile-changed")
def _(world):
    ada = world.accounts.sign_in()
    world.ask(ada, "PATCH", "/api/v1/users/me", {"display_name": "Countess"})
    return by(ada, ada.user_id)


@row("password-changed")
def _(world):
    _, grant = world.registered()
    ada = types.SimpleNamespace(token=grant["token"])
    world.ask(ada, "POST", "/api/v1/users/me/password", {"old_password": PASSWORD, "password": "another one here"})
    return seen("Bob", grant["user"]["id"], actor_id=grant["user"]["id"])


@row("password-changed/refused")
def _(world):
    _, grant = world.registered()
    ada = types.SimpleNamespace(token=grant["token"])
    world.ask(ada, "POST", "/api/v1/users/me/password", {"old_password": "not this one", "password": "another one here"}, status=403)
    return seen("Bob", grant["user"]["id"], actor_id=grant["user"]["id"], success=False)


@row("password-reset")
def _(world):
    user_id = world.accounts.add_user()
    token = world.accounts.add_letter(user_id, "reset")
    world.ask(None, "POST", "/api/v1/auth/password/reset", {"token": token, "password": "another one here"})
    return seen("Ada", user_id, actor_id=user_id)


@row("password-reset/confabctl")
def _(world):
    name, user_id = world.add_by_hand()
    world.ctl("user", "reset-link", name)
    return by_hand(user_id, detail="confabctl user: a link")


@row("email-verified")
def _(world):
    user_id = world.accounts.add_user()
    token = world.accounts.add_letter(user_id, "verify")
    world.ask(None, "POST", "/api/v1/auth/email/verify", {"token": token})
    return seen("by letter", user_id)


@row("exported/own")
def _(world):
    ada = world.accounts.sign_in()
    world.ask(ada, "GET", "/api/v1/users/me/export")
    return by(ada, ada.user_id)


@row("user-deleted")
def _(world):
    ada = world.accounts.sign_in()
    world.ask(ada, "DELETE", "/api/v1/users/me", {})
    return by(ada, ada.user_id)


@row("user-deleted/confabctl")
def _(world):
    name, user_id = world.add_by_hand()
    world.ctl("user", "delete", name)
    return by_hand(user_id, detail="confabctl user")


# --- keys


def make_key(world, ada):
    made = world.ask(ada, "POST", KEYS, {"name": "Robot", "scopes": ["calls:read"]})
    return made["api_key"]["id"], made["key"]


@row("key-created")
def _(world):
    ada = world.accounts.sign_in()
    return by(ada, make_key(world, ada)[0])


@row("key-rotated")
def _(world):
    ada = world.accounts.sign_in()
    key_id, _ = make_key(world, ada)
    world.ask(ada, "POST", f"{KEYS}/{key_id}/rotate", {})
    return by(ada, key_id)


@row("key-revoked")
def _(world):
    ada = world.accounts.sign_in()
    key_id, _ = make_key(world, ada)
    world.ask(ada, "DELETE", f"{KEYS}/{key_id}")
    return by(ada, key_id)


@row("key-used")
def _(world):
    ada = world.accounts.sign_in()
    key_id, key = make_key(world, ada)
    world.ask(types.SimpleNamespace(token=key), "GET", "/api/v1/calls")
    return by(ada, key_id)


def key_by_hand(world, *then):
    name, _ = world.add_by_hand()
    key_id = world.ctl("key", "create", name, "--scope", "calls:read")["id"]
    for command in then:
        world.ctl("key", command, key_id)
    return by_hand(key_id, detail="confabctl key")


@row("key-created/confabctl")
def _(world):
    return key_by_hand(world)


@row("key-rotated/confabctl")
def _(world):
    return key_by_hand(world, "rotate")


@row("key-revoked/confabctl")
def _(world):
    return key_by_hand(world, "revoke")


# --- administrators


def administer(world, *changes):
    user_id = world.accounts.add_user()
    for change in changes:
        world.ask(world.owner, "PATCH", f"{USERS}/{user_id}", change)
    return user_id


@row("role-changed")
def _(world):
    return by(world.owner, administer(world, {"role": "admin"}), detail="admin")


@row("user-disabled")
def _(world):
    return by(world.owner, administer(world, {"disabled": True}))


@row("user-enabled")
def _(world):
    return by(world.owner, administer(world, {"disabled": True}, {"disabled": False}))


def administer_by_hand(world, *commands):
    name, user_id = world.add_by_hand()
    for command, *more in commands:
        world.ctl("user", command, name, *more)
    return by_hand(user_id, detail="confabctl user")


@row("role-changed/confabctl")
def _(world):
    return administer_by_hand(world, ("role", "admin"))


@row("user-disabled/confabctl")
def _(world):
    return administer_by_hand(world, ("disable",))


@row("user-enabled/confabctl")
def _(world):
    return administer_by_hand(world, ("disable",), ("enable",))


@row("invite-created")
def _(world):
    return by(world.owner, world.ask(world.owner, "POST", INVITES, {"uses": 1})["id"], detail="member")


@row("invite-revoked")
def _(world):
    invite_id = world.ask(world.owner, "POST", INVITES, {"uses": 1})["id"]
    world.ask(world.owner, "DELETE", f"{INVITES}/{invite_id}")
    return by(world.owner, invite_id)


@row("invite-created/confabctl")
def _(world):
    world.ctl("user", "invite")
    ((invite_id,),) = world.accounts.run("SELECT id FROM registration_invites ORDER BY created_at DESC LIMIT 1")
    return by_hand(invite_id, detail="confabctl user")


# --- calls


def make_call(world, ada, **fields):
    return world.daemon.create_call(ada.token, **fields)["call"]["id"]


@row("call-created")
def _(world):
    ada = world.accounts.sign_in()
    return by(ada, make_call(world, ada, recording_policy="everyone"), detail="recorded by everyone")


@row("call-changed")
def _(world):
    ada = world.accounts.sign_in()
    call = make_call(world, ada)
    world.ask(ada, "PATCH", f"/api/v1/calls/{call}", {"recording_policy": "everyone"})
    return by(ada, call, detail="recording_policy=everyone")


@row("call-ended/host")
def _(world):
    ada = world.accounts.sign_in()
    call = make_call(world, ada)
    world.ask(ada, "POST", f"/api/v1/calls/{call}/end", {})
    return by(ada, call, detail="ended-by-host")


@row("call-ended/socket")
def _(world):
    ada = world.accounts.sign_in()
    calls = []

    async def scenario():
        session = await Session.enter(world.daemon, token=ada.token)
        calls.append(session.call["id"])
        await session.send({"type": "end"})
        await session.expect("call-ended")

    run(scenario())
    return by(ada, calls[0], detail="ended-by-host")


@row("call-ended/time")
def _(world):
    ada = world.accounts.sign_in()
    call = make_call(world, ada)
    world.accounts.run("UPDATE calls SET expires_at = ? WHERE id = ?", now_us(), call)
    look(world)
    return seen("confabd", call, address=None, detail="expired")


@row("call-ended/confabctl")
def _(world):
    """Neither the host, nor in the host's name."""
    call = make_call(world, world.accounts.sign_in())
    world.ctl("call", "end", call)
    return seen(getpass.getuser(), call, detail="ended-by-admin")


def look(world):
    """Somebody comes and goes, and the daemon looks which calls are over."""

    async def scenario():
        session = await Session.enter(world.daemon, name="Eve")
        await session.send({"type": "leave"})
        await session.expect_close(1000)

    run(scenario())


# --- the data


@row("job-retried")
def _(world):
    job = new_id()
    values = "(?, 'mail', 'dead', '{}', 1, 1, 1, 1)"
    world.accounts.run(f"INSERT INTO jobs (id, kind, state, payload, created_at, updated_at, run_at, ended_at) VALUES {values}", job)
    world.ctl("job", "retry", job)
    return by_hand(job)


@row("exported/confabctl")
def _(world):
    world.ctl("audit", "export", world.home / "audit.jsonl")
    return by_hand("audit", detail="confabctl audit export")


def other_database(world):
    url = f"sqlite://{world.home}/{world.name()}.db"
    world.ctl("db", "migrate", url=url)
    return url


@row("migrated")
def _(world):
    return by_hand(None, detail="confabctl: from schema 0 to ", url=other_database(world))


@row("imported")
def _(world):
    url, source = other_database(world), world.home / "tel.db"
    world.ctl("import", "tel-call", TelCall(source).fill().done(), url=url)
    return by_hand(str(source), url=url)


@row("audit-pruned")
def _(world):
    """What is older than 400 days goes soon after the beginning."""
    return seen("confabd", "1", address=None)


@row("audit-lost")
def _(world):
    """The table is away, and more happens than is kept. The last row: what others wait for may be lost, too."""
    bad = b'{"init_data": "hash=0"}'
    fields = [b"Host: x", b"Content-Type: application/json", b"Content-Length: %d" % len(bad)]
    refused = Request("POST", b"/api/v1/auth/telegram", fields, bad)
    statuses = set()
    world.accounts.run("ALTER TABLE audit_entries RENAME TO away")
    fire(world.daemon.port, [refused] * (MAX_WAITING + 5), lambda _, answer: statuses.add(answer[:12]))
    world.accounts.run("ALTER TABLE away RENAME TO audit_entries")
    assert statuses == {b"HTTP/1.1 401"}
    return seen("confabd", None, address=None, success=False, detail="")


@pytest.mark.parametrize("name", ROWS)
def test_written(world, name):
    wanted = ROWS[name](world)
    wait_until(lambda: world.find(name.split("/")[0], wanted), f"{name} {wanted}")
