# SPDX-License-Identifier: GPL-3.0-or-later
"""Whoever holds answers against the contract does refuse what is not in it."""

import json

import pytest

from confabtest import answers, contract

ID = "7q0zn4x2m5v8c1b3k6j9h2g5f8"


def answer(status, body=None, kind="application/json", fields=""):
    text = json.dumps(body) if isinstance(body, dict) else body or ""
    return answers.Answer(f"HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\n{fields}\r\n{text}".encode())


def problem(status, code, fields="", **members):
    body = {"type": "about:blank", "title": "No", "status": status, "detail": "No.", "code": code, "request_id": ID, **members}
    return answer(status, body, "application/problem+json", fields)


GOOD = [
    ("GET", "/health/live", answer(200, {"status": "ok"})),
    ("GET", "/health/live?a=b", answer(200, {"status": "ok"})),
    ("HEAD", "/health/live", answer(200)),
    ("OPTIONS", "/health/live", answer(204, fields="Allow: GET, HEAD, OPTIONS\r\n")),
    ("GET", "/nothing", problem(404, "not-found")),
    ("PUT", "/health/live", problem(405, "method-not-allowed", "Allow: GET\r\n")),
    ("GET", f"/api/v1/calls/{ID}", problem(404, "no-such-call")),
    ("GET", f"/api/v1/calls/{ID}", problem(401, "not-authenticated", "WWW-Authenticate: Bearer\r\n")),
]
BAD = [
    ("GET", "/health/live", answer(200, {"status": "ok", "more": 1}), "more"),
    ("GET", "/health/live", answer(200, {}), "required"),
    ("GET", "/health/live", answer(200, {"status": "ok"}, "text/plain"), "is “text/plain”"),
    ("GET", "/health/live", answer(201, {"status": "ok"}), "not in the contract"),
    ("GET", "/health/live", problem(404, "not-found"), "not in the contract"),
    ("GET", "/health/live", problem(405, "method-not-allowed", "Allow: GET\r\n"), "not in the contract"),
    ("GET", "/health/live", problem(503, "not-found"), "says “not-found”"),
    ("GET", "/health/live", problem(500, "failed", detail=5), "string"),
    ("HEAD", "/health/live", answer(200, {"status": "ok"}), "has a body"),
    ("OPTIONS", "/health/live", answer(200, fields="Allow: GET\r\n"), "answers 200"),
    ("GET", "/nothing", answer(200, {"status": "ok"}), "not in the contract"),
    ("PUT", "/health/live", problem(405, "method-not-allowed"), "lacks Allow"),
    ("GET", f"/api/v1/calls/{ID}", problem(404, "not-found"), "says “not-found”"),
    ("GET", f"/api/v1/calls/{ID}", problem(404, "no-such-call", more=1), "more"),
    ("GET", f"/api/v1/calls/{ID}", problem(401, "not-authenticated"), "lacks WWW-Authenticate"),
]


@pytest.mark.parametrize("method, target, given", GOOD)
def test_in_the_contract(method, target, given):
    answers.check(method, target, given)


@pytest.mark.parametrize("method, target, given, words", BAD)
def test_not_in_the_contract(method, target, given, words):
    with pytest.raises(AssertionError, match=words):
        answers.check(method, target, given)


def test_times_have_offsets():
    contract.validate("2026-03-01T09:15:00Z", {"$ref": "#/components/schemas/Time"})
    with pytest.raises(AssertionError):
        contract.validate("2026-03-01T09:15:00", {"$ref": "#/components/schemas/Time"})


def test_schemas_say_what_is_known():
    with pytest.raises(AssertionError, match="maxLenght"):
        contract.validate("", {"type": "string", "maxLenght": 3})


def test_events():
    assert contract.check_event({"type": "pong", "seq": 1, "id": 0, "server_time": "2026-03-01T09:15:00Z"}) == "pong"
    for event in ({"type": "pong", "seq": 1}, {"type": "unheard", "seq": 1}):
        with pytest.raises(AssertionError):
            contract.check_event(event)
