# SPDX-License-Identifier: GPL-3.0-or-later
"""Holds every REST answer that a test gets against the contract: by method, path and status."""

import email
import functools
import json

from . import contract

CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


class Answer:
    """An answer as bytes became one: status, header fields, body."""

    def __init__(self, data):
        head, _, self.body = data.removeprefix(CONTINUE).partition(b"\r\n\r\n")
        line, _, fields = head.partition(b"\r\n")
        self.status = int(line.split()[1])
        self.headers = email.message_from_bytes(fields)  # whose names have no case


def matches(pattern, segments):
    parts = pattern.split("/")
    return len(parts) == len(segments) and all(
        bool(segment) if part.startswith("{") else part == segment for part, segment in zip(parts, segments)
    )


@functools.lru_cache(4096)
def find_item(path):
    """The path of the contract that an address belongs to; what is spelled out comes before what is in braces."""
    segments = path.split("/")
    found = [pattern for pattern in contract.OPENAPI["paths"] if matches(pattern, segments)]
    return min(found, key=lambda pattern: pattern.count("{"), default=None)


def find_operation(method, path):
    """(operation or None, whether the path is known at all) for a method and a path without its query."""
    pattern = find_item(path)
    item = contract.OPENAPI["paths"].get(pattern, {})
    return item.get("get" if method == "HEAD" else method.lower()), pattern is not None


def check_body(where, response, answer):
    content = response.get("content", {})
    if not content:
        assert not answer.body, f"{where} has a body: {answer.body[:500]!r}"
        return
    kind = (answer.headers["Content-Type"] or "").split(";")[0]
    assert kind in content, f"{where} is “{kind}”"
    schema = content[kind].get("schema")
    if schema is None:
        return
    value = json.loads(answer.body)
    contract.validate(value, schema, where=where)
    if kind == "application/problem+json":
        named = contract.codes(response)
        assert value["code"] in named, f"{where} says “{value['code']}”, the contract names {named or 'no code'}"
        assert value["status"] == answer.status, where


def check_response(where, response, answer, is_head=False):
    for name, header in response.get("headers", {}).items():
        value = answer.headers[name]
        assert value is not None or not header.get("required"), f"{where} lacks {name}"
        if value is not None:
            contract.validate(int(value) if header["schema"].get("type") == "integer" else value, header["schema"], where=name)
    if is_head:
        assert not answer.body, f"{where} has a body"
    else:
        check_body(where, response, answer)


def check_options(where, answer):
    assert answer.status == 204 and not answer.body, f"{where} answers {answer.status}"
    assert "OPTIONS" in answer.headers["Allow"], where


def code_of(answer):
    is_problem = answer.headers.get_content_type() == "application/problem+json"
    return json.loads(answer.body)["code"] if is_problem and answer.body else None


def find_response(operation, answer):
    """The operation's own answer of that status, or the one that any address may give: the code tells them apart."""
    status = str(answer.status)
    general = contract.anywhere().get(status)
    if operation is None:
        return general
    own = contract.responses(operation).get(status)
    if status in ("404", "405") or general is None:
        return own
    return general if own is None or code_of(answer) not in {None, *contract.codes(own)} else own


def check(method, target, answer):
    """Fails unless the contract has this answer to this method at this address."""
    operation, is_known = find_operation(method, target.partition("?")[0])
    where = f"{method} {target}: {answer.status}"
    if method == "OPTIONS" and is_known and answer.status < 400:
        check_options(where, answer)
        return
    response = find_response(operation, answer)
    assert response is not None, f"{where} is not in the contract: {answer.body[:500]!r}"
    check_response(where, response, answer, is_head=method == "HEAD")


def check_raw(request, data):
    """The same for bytes that went out and bytes that came back; a request that is none is refused as anywhere."""
    words = request.partition(b"\r\n")[0].decode("latin-1").split(" ")
    method, target = words[:2] if len(words) == 3 and words[1].startswith("/") else ("GET", "/")
    check(method, target, Answer(data))
