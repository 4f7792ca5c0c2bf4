# SPDX-License-Identifier: GPL-3.0-or-later
"""What has to be there before an operation of the contract can be tried: people, calls, ids."""

import re

from .accounts import Accounts

#: Nobody is slowed down.
NO_LIMITS = {
    **{
        f"CONFAB_LIMITS_{name}": "0"
        for name in (
            "ANONYMOUS_PER_MINUTE", "SIGNED_IN_PER_HOUR", "LOG_IN_PER_MINUTE", "REGISTER_PER_HOUR", "REFRESH_PER_MINUTE",
            "LETTERS_PER_HOUR", "GUEST_PER_MINUTE", "JOIN_FAILURES_PER_MINUTE", "CLIENT_ERRORS_PER_MINUTE", "CREATE_PER_MINUTE",
        )
    },
    "CONFAB_LIMITS_OPEN_CALLS_PER_USER": "10000",
    "CONFAB_LIMITS_MAX_CONNECTIONS_PER_ADDRESS": "10000",
}  # fmt: skip

SCOPES = ("calls:read", "calls:write", "profile:read", "profile:write", "users:read", "admin:read", "admin:write")
NO_ID = "0" * 26


class World:
    """A daemon with somebody in each role, and one of each thing that has an id."""

    #: Is the gate's and speaks another protocol.
    left_out = {"openSignaling"}

    def __init__(self, daemon):
        self.daemon = daemon
        self.accounts = Accounts(daemon)
        self.port = daemon.port
        self.owner_id = self.accounts.add_user("owner")
        self.renew()

    def renew(self):
        """Whatever was ended, revoked or deleted is there again."""
        people = {role: self.accounts.sign_in(role) for role in ("member", "admin")}
        people["owner"] = self.accounts.sign_in("owner", user_id=self.owner_id)
        self.tokens = {"guest": self.daemon.sign_in("Guest"), **{role: person.token for role, person in people.items()}}
        call = self.daemon.create_call(self.tokens["guest"])["call"]
        member = people["member"]
        other = self.accounts.sign_in(user_id=member.user_id)
        self.code = call["code"]
        self.refresh_token = other.refresh_token
        key_id, self.tokens["key"] = self.accounts.add_key(member.user_id, *SCOPES[:5])
        _, self.tokens["admin's key"] = self.accounts.add_key(people["admin"].user_id, *SCOPES)
        self.ids = {
            "calls": call["id"], "sessions": other.session_id, "users": member.user_id, "admin/users": member.user_id, "api-keys": key_id,
        }  # fmt: skip

    def token(self, random):
        return random.choice(list(self.tokens.values()))

    def arguments(self, pattern):
        """name -> good value for the braces of a path."""
        kind = pattern.removeprefix("/api/v1/").split("/{")[0]
        values = {"id": self.ids.get(kind, NO_ID), "code": self.code, "file": "main.js"}
        return {name: values.get(name, "x") for name in re.findall(r"{(\w+)}", pattern)}

    def query(self, name):
        """A good value of a parameter of a query."""
        return {"call": self.ids["calls"], "limit": "10", "query": "Ada"}.get(name, "x")

    def body(self, operation):
        """A good body, or None where there is none."""
        content = operation.get("requestBody", {}).get("content", {}).get("application/json")
        if content is None:
            return None
        changes = {"joinCall": {"code": self.code}, "refreshSession": {"refresh_token": self.refresh_token}}
        return {**content["example"], **changes.get(operation["operationId"], {})}

    def weight(self, method, path):
        """How often something is tried beside the rest: a password costs as much as a thousand requests, an end ends much."""
        if re.search(r"password|/auth/(login|register)$", path):
            return 0.02
        return 0.05 if method == "DELETE" or path.endswith("/logout") else 1
