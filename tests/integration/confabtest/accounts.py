# SPDX-License-Identifier: GPL-3.0-or-later
"""People with an account, put into the store of a daemon by hand, and any token that one could think of.

What the daemon does with passwords is not of interest here; who may do what is."""

import base64
import contextlib
import hashlib
import hmac
import json
import secrets
import sqlite3
import time

from .paths import DEADLINE_S

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
HOUR_S = 3600
DAY_US = 24 * HOUR_S * 1_000_000


def new_id():
    return "".join(secrets.choice(ALPHABET) for _ in range(26))


def now_us():
    return time.time_ns() // 1000


def sha256(text):
    return hashlib.sha256(text.encode()).hexdigest()


def segment(value):
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def sign(key, claims, algorithm="HS256", kid=None):
    """A JWT, made without any library, so that it can be wrong in any way."""
    kid = kid or hmac.new(key, b"confab key id", hashlib.sha256).hexdigest()[:8]
    text = f'{segment({"alg": algorithm, "typ": "JWT", "kid": kid})}.{segment(claims)}'
    digest = {"HS256": hashlib.sha256, "HS512": hashlib.sha512}.get(algorithm)
    return f"{text}.{segment(hmac.new(key, text.encode(), digest).digest()) if digest else ''}"


class Person:
    """Somebody with an account, and one session of theirs."""

    def __init__(self, user_id, session_id, token, refresh_token):
        self.user_id = user_id
        self.session_id = session_id
        self.token = token
        self.refresh_token = refresh_token


class Accounts:
    """The store of a daemon on SQLite, and its key."""

    def __init__(self, daemon):
        self.daemon = daemon

    @property
    def key(self):
        return self.daemon.key_file.read_bytes()

    def run(self, sql, *values):
        with contextlib.closing(sqlite3.connect(self.daemon.database, timeout=DEADLINE_S)) as connection, connection:
            return connection.execute(sql, values).fetchall()

    def add_user(self, role="member", name="Ada"):
        user_id = new_id()
        self.run(
            "INSERT INTO users (id, display_name, role, created_at, updated_at, login_name) VALUES (?, ?, ?, ?, ?, ?)",
            user_id, name, role, now_us(), now_us(), f"{name.lower()}-{user_id[:8]}",
        )  # fmt: skip
        return user_id

    def add_letter(self, user_id, purpose):
        """The token that a letter of an hour would carry."""
        token = new_id()
        self.run(
            "INSERT INTO letters (hash, user_id, purpose, email, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?)",
            sha256(token), user_id, purpose, f"{user_id}@example.org", now_us(), now_us() + HOUR_S * 1_000_000,
        )  # fmt: skip
        self.run("UPDATE users SET email = ? WHERE id = ?", f"{user_id}@example.org", user_id)
        return token

    def mint(self, user_id, session_id, role="member", kind="session", age_s=0, life_s=HOUR_S, **options):
        """An access token as the daemon would make it, but for what is asked to be otherwise."""
        made_at = int(time.time()) - age_s
        claims = {
            "sub": user_id, "name": "Ada", "role": role, "kind": kind, "sid": session_id,
            "since": made_at, "iat": made_at, "exp": made_at + life_s,
        }  # fmt: skip
        return sign(options.pop("key", None) or self.key, claims, **options)

    def add_key(self, user_id, *scopes):
        """The id of an API key, and its secret."""
        key_id, key = new_id(), f"cfk_{new_id()}{new_id()[:8]}"
        self.run(
            "INSERT INTO api_keys (id, user_id, name, prefix, hash, scopes, created_at) VALUES (?, ?, 'Robot', ?, ?, ?, ?)",
            key_id, user_id, key[:12], sha256(key), " ".join(scopes) or "calls:read", now_us(),
        )  # fmt: skip
        return key_id, key

    def sign_in(self, role="member", name="Ada", user_id=None):
        user_id = user_id or self.add_user(role, name)
        session_id, refresh_token, now = new_id(), f"cfr_{new_id()}", now_us()
        self.run(
            "INSERT INTO sessions (id, user_id, device_name, kind, is_trusted, created_at, last_seen_at, expires_at)"
            " VALUES (?, ?, 'Laptop', 'app', 0, ?, ?, ?)",
            session_id, user_id, now, now, now + 7 * DAY_US,
        )  # fmt: skip
        self.run("INSERT INTO refresh_tokens (hash, session_id, created_at) VALUES (?, ?, ?)", sha256(refresh_token), session_id, now)
        return Person(user_id, session_id, self.mint(user_id, session_id, role), refresh_token)
