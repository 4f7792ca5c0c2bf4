# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests made of the contract and then spoiled: whatever the seed says, the same ones each time."""

import json
import random
import re
import string
import urllib.parse

from . import contract

ODD_METHODS = ("PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE", "get", "GETT", "A" * 40, "PROPFIND")
ODD_TYPES = (
    "text/plain", "application/json; charset=utf-16", "application/json;", "APPLICATION/JSON", "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x", "application/merge-patch+json", "*/*", "/", "json", "application/json, text/plain",
)  # fmt: skip
ODD_TEXTS = (
    "", " ", "\t", "\n", "\0", "a\0b", "\u202eevil", "\ufeff", "🦋" * 70, "é" * 300, "x" * 5000, "../../etc/passwd", "%00", "%s%n",
    "'; DROP TABLE calls; --", "<script>", "null", "-1", "0" * 26, "Z" * 26, "9htw-zr4h-5586", "\\", '"', "\ud7ff\ue000\uffff", "İ", "ß" * 64,
    "1e309", "2026-02-30T25:61:61Z", "2026-03-01T09:15:00", "9999-12-31T23:59:60+14:00", "a@b", "@" * 300, "\r\nX-Evil: 1",
)  # fmt: skip
ODD_NUMBERS = (0, -1, 1, 2, 101, 2**31, -(2**31) - 1, 2**53, 2**63 - 1, 2**63, -(2**63) - 1, 10**40, 0.5, -0.0, 1e-320, 1.7e308)
ODD_JSON = (b"", b"{", b"}", b"[]", b"null", b"true", b'"x"', b"0", b"{}{}", b"{} x", b'{"a":1,"a":2}', b"[" * 90000, b'{"a":' * 3000,
            b'{"a":"\xff\xfe"}', b'\xef\xbb\xbf{}', b'{"a":"\\ud800"}', b'{"a":"\\u0000"}', b"\0", b"NaN", b'{"a":01}', b"{'a':1}",
            b'{"a":1e999}', b"{\"a\":\"\x01\"}", b"x" * 70000, b'{"\\u0000":1}', b'{"":""}', b"/**/{}")  # fmt: skip
ODD_FIELDS = (
    b"Range: bytes=0-", b"If-None-Match: *", b'If-None-Match: "', b"Expect: 100-continue", b"Expect: nonsense", b"Accept-Encoding: gzip",
    b"Origin: http://evil.example", b"Origin: null", b"Origin: \xff", b"Cookie: __Host-confab-access=x; a=b", b"Cookie: ;;;===", b"Cookie: " + b"a=b; " * 900,
    b"X-Forwarded-For: 10.0.0.1, ::1, x", b"X-Forwarded-Proto: https", b"Forwarded: for=\"[::1", b"X-Request-Id: " + b"x" * 900,
    b"traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", b"traceparent: 00-zz", b"tracestate: \xff=1",
    b"Idempotency-Key: " + b"k" * 300, b"Idempotency-Key: \xff", b"Connection: keep-alive, Upgrade", b"Upgrade: websocket", b"X: " + b"y" * 9000,
    b"Content-Encoding: gzip", b"Transfer-Encoding: chunked", b"TE: trailers", b"Content-Length: 5", b"Host: evil", b"bad header: x", b"X\x7f: y", b": x",
    b"X-HTTP-Method-Override: DELETE", b"Accept: application/xml", b"Accept-Language: " + b"de," * 500, b"Date: tomorrow", b"Cookie:",
)  # fmt: skip
ODD_TOKENS = (
    b"Bearer", b"Bearer ", b"Bearer x", b"Bearer a.b.c", b"Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.", b"Basic YTpi", b"Bearer \xff\xfe",
    b"Bearer cfk_", b"Bearer cfk_" + b"0" * 60, b"bearer x y", b"Bearer " + b"A" * 8000, b"Bearer eyJhbGciOiJIUzI1NiJ9." + b"e30" * 900 + b".x",
)  # fmt: skip


class Request:
    """One request: what it was meant to be, and its bytes. is_whole: the server can know where it ends."""

    def __init__(self, method, target, fields, body, is_whole=True):
        self.method, self.target, self.is_whole = method, target, is_whole
        self.data = b"%s %s HTTP/1.1\r\n" % (method.encode(), target) + b"".join(field + b"\r\n" for field in fields) + b"\r\n" + body

    @property
    def text_target(self):
        return self.target.decode("latin-1")


class Fuzzer:
    """Makes requests for ever. world: says which ids and credentials are good."""

    def __init__(self, seed, world):
        self.random = random.Random(seed)
        self.world = world
        self.operations = [one for one in contract.operations() if one[2]["operationId"] not in world.left_out]
        self.weights = [world.weight(method, path) for method, path, _ in self.operations]

    def chance(self, probability):
        return self.random.random() < probability

    # --- values

    def text(self):
        if self.chance(0.6):
            return self.random.choice(ODD_TEXTS)
        return "".join(self.random.choices(string.printable + "äöü€𝄞", k=self.random.randrange(40)))

    def value(self, depth=0):
        kind = self.random.randrange(8 if depth < 3 else 5)
        if kind < 2:
            return self.text()
        if kind < 4:
            return self.random.choice(ODD_NUMBERS)
        if kind == 4:
            return self.random.choice((None, True, False))
        if kind == 5:
            return [self.value(depth + 1) for _ in range(self.random.randrange(4))]
        if kind == 6:
            return {self.text(): self.value(depth + 1) for _ in range(self.random.randrange(4))}
        return self.nested(self.random.choice((10, 40, 400)))

    def nested(self, depth):
        value = self.text()
        for _ in range(depth):
            value = [value] if self.chance(0.5) else {"a": value}
        return value

    # --- a request as the contract wants it

    def members(self, operation):
        """What a body of this operation may have, by name."""
        content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
        schema, _ = contract.resolve(content.get("schema", {}), contract.OPENAPI)
        return list(schema.get("properties", ()))

    def spoil_object(self, body, operation):
        """Members lost, added, doubled in meaning, of another type."""
        body = dict(body)
        for _ in range(self.random.randrange(1, 4)):
            names = [*body, *self.members(operation), self.text()]
            name = self.random.choice(names)
            if self.chance(0.25):
                body.pop(name, None)
            else:
                body[name] = self.value()
        return body

    def spoil_bytes(self, data):
        data = bytearray(data)
        for _ in range(self.random.randrange(1, 6)):
            place = self.random.randrange(len(data) + 1)
            if self.chance(0.4) and data:
                data[place % len(data)] = self.random.randrange(256)
            elif self.chance(0.5):
                data[place:place] = self.random.randbytes(self.random.randrange(1, 9))
            else:
                del data[place : place + self.random.randrange(1, 9)]
        return bytes(data)

    def body(self, operation):
        good = self.world.body(operation)
        if good is None and not self.chance(0.1):
            return b""
        how = self.random.random()
        if how < 0.3:
            return json.dumps(good).encode()
        if how < 0.75:
            return json.dumps(self.spoil_object(good or {}, operation), ensure_ascii=self.chance(0.5)).encode("utf-8", "replace")
        if how < 0.9:
            return self.spoil_bytes(json.dumps(good).encode())
        return self.random.choice(ODD_JSON)

    def argument(self, name, good):
        if self.chance(0.7):
            return good
        if self.chance(0.3):
            return "".join(self.random.choices("0123456789abcdefghjkmnpqrstvwxyz", k=26))
        return self.text() or "x"

    def path(self, pattern):
        good = self.world.arguments(pattern)
        path = re.sub(r"{(\w+)}", lambda match: urllib.parse.quote(self.argument(match[1], good[match[1]]), safe=""), pattern)
        if self.chance(0.06):
            spoilt = (path + "/", path.replace("/", "//"), path + "/..", path + "%2f", path.upper(), path + "%", path + "%ff%00", path + "/" + "a" * 3000, path + ";x=1", path[:-1])
            path = self.random.choice(spoilt)
        return path.encode()

    def query(self, pattern, operation):
        pairs = []
        for parameter in contract.parameters(pattern, operation):
            if parameter["in"] == "query" and self.chance(0.95 if parameter.get("required") else 0.4):
                good = self.world.query(parameter["name"]) if self.chance(0.5) else self.text()
                pairs.append(f"{parameter['name']}={urllib.parse.quote(good, safe='')}")
        if self.chance(0.05):
            pairs.append(self.random.choice(("limit=%", "limit=1&limit=2", "&&&", "=", "a=%ff", "cursor=%00", "x" * 2000, "limit=" + "9" * 300, "a=b;c=d", "?", "%")))
        return b"?" + "&".join(pairs).encode() if pairs else b""

    def fields(self, operation, body):
        host = b"Host: 127.0.0.1:%d" % self.world.port
        fields = [host if self.chance(0.98) else b"Host: " + self.random.choice((b"", b"evil.example", b"\xff", b"[::1", b"a b"))]
        if body or self.chance(0.5):
            length = len(body) if self.chance(0.99) else self.random.choice((0, len(body) + 1, 2**31, 2**64, -1))
            fields.append(b"Content-Length: %d" % length)
            if self.chance(0.95):
                kind = "application/json" if self.chance(0.95) else self.random.choice(ODD_TYPES)
                fields.append(b"Content-Type: " + kind.encode())
        if self.chance(0.9):
            token = self.world.token(self.random) if self.chance(0.93) else None
            fields.append(b"Authorization: " + (b"Bearer " + token.encode() if token else self.random.choice(ODD_TOKENS)))
        for _ in range(self.random.choice((0, 0, 0, 0, 1, 1, 2))):
            fields.append(self.random.choice(ODD_FIELDS))
        return fields

    def make(self):
        """The next request."""
        ((method, pattern, operation),) = self.random.choices(self.operations, self.weights)
        body = self.body(operation)
        target = self.path(pattern) + self.query(pattern, operation)
        if self.chance(0.05):
            method = self.random.choice(ODD_METHODS)
        fields = self.fields(operation, body)
        lengths = [field for field in fields if field.startswith(b"Content-Length")]
        is_whole = lengths in ([], [b"Content-Length: %d" % len(body)])
        request = Request(method, target, fields, body, is_whole)
        if self.chance(0.01):
            request.data, request.is_whole = self.spoil_bytes(request.data), False
        return request
