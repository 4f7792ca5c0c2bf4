# SPDX-License-Identifier: GPL-3.0-or-later
"""data/api and the daemon agree, both ways; every example is valid, and every request of them is made."""

import asyncio
import re
import subprocess

import pytest

from confabtest import contract
from confabtest.paths import BUILD, DEADLINE_S, SOURCE
from confabtest.signaling import Session, run

LIST_ROUTES = BUILD / "tests/daemon/http/list-routes"
#: The upgrade is the gate's, before any router.
NOT_ROUTED = {("GET", "/api/v1/signaling")}


def test_routes_and_contract_agree():
    done = subprocess.run([LIST_ROUTES], capture_output=True, text=True, timeout=DEADLINE_S, check=True)
    routes = {tuple(line.split(" ", 2)) for line in done.stdout.splitlines()}
    documented = {(method, path, "public" if operation.get("security") == [] else "user") for method, path, operation in contract.operations()}
    assert routes == {entry for entry in documented if entry[:2] not in NOT_ROUTED}


def test_document_is_whole():
    assert contract.OPENAPI["openapi"].startswith("3.1.")
    names = [operation["operationId"] for _, _, operation in contract.operations()]
    assert len(names) == len(set(names))
    for method, path, operation in contract.operations():
        parameters = [contract.resolve(one, contract.OPENAPI)[0]["name"] for one in contract.OPENAPI["paths"][path].get("parameters", [])]
        assert parameters == re.findall(r"{(\w+)}", path)
        assert operation["summary"] and operation["tags"] and operation["responses"]
        if operation.get("security") != []:
            assert "401" in operation["responses"], f"{method} {path}"


def test_examples_of_rest_are_valid():
    for method, path, operation in contract.operations():
        for where, schema, example in contract.contents(operation):
            if example is not None:
                contract.validate(example, schema, where=f"{method} {path} {where}")
        for status, response in operation["responses"].items():
            if status.startswith("2") and status != "204":
                for kind, content in response.get("content", {}).items():
                    assert kind != "application/json" or "example" in content, f"{method} {path} {status} has no example"


def example_of(operation):
    return operation["requestBody"]["content"]["application/json"]["example"] if "requestBody" in operation else None


def query_of(operation):
    """The only parameter of a query so far is the id of a call."""
    names = [one["name"] for one in operation.get("parameters", []) if one["in"] == "query" and one.get("required")]
    assert names in ([], ["call"])
    return "?call={id}" if names else ""


def test_examples_of_rest_are_run(daemon):
    """Each operation as documented: by somebody who may, by nobody, and with an id that is nobody's."""
    token = daemon.sign_in()
    call = daemon.create_call(token)["call"]
    values = {"id": call["id"], "code": call["code"], "file": "main.js"}
    late = []
    for method, path, operation in contract.operations():
        if (method, path) in NOT_ROUTED:
            continue
        path += query_of(operation)
        target = path.format(**values)
        body = example_of(operation)
        if operation["operationId"] == "joinCall":
            body = {"code": call["code"]}
        if operation["operationId"] == "endCall":
            late.append((method, target, body, operation))
            continue
        reply = daemon.request(method, target, body, token)
        assert 200 <= reply.status < 300, reply.body
        contract.validate_reply(operation, reply)
        if operation.get("security") != []:
            contract.validate_reply(operation, daemon.request(method, target, body))
        contract.validate_reply(operation, daemon.request(method, path.format(id="0" * 26, code="x", file="none"), body, token))
        if method == "POST":
            contract.validate_reply(operation, daemon.request(method, target, body, token, {"Origin": "http://evil.example"}))
    for method, target, body, operation in late:
        for _ in range(2):
            contract.validate_reply(operation, daemon.request(method, target, body, token))


def test_examples_of_signaling_are_valid():
    for direction in ("publish", "subscribe"):
        for name, message in contract.messages(direction).items():
            assert message["summary"] and message["examples"], name
            for example in message["examples"]:
                contract.validate(example["payload"], message["payload"], contract.ASYNCAPI, name)
                assert example["payload"]["type"] == message["payload"]["properties"]["type"]["const"]


def kinds(direction):
    return {message["payload"]["properties"]["type"]["const"] for message in contract.messages(direction).values()}


def test_kinds_and_contract_agree():
    """The table of the session and what the daemon makes, against the document; and a golden file of each."""
    folder = SOURCE / "daemon/realtime"
    table = re.search(r"kinds\[\] = {(.*?)^};", (folder / "confabd-leg.c").read_text(), re.DOTALL | re.MULTILINE).group(1)
    assert set(re.findall(r'^  { "([a-z-]+)"', table, re.MULTILINE)) == kinds("publish")
    made = {kind for path in folder.glob("*.c") for kind in re.findall(r'confab_message_new \("([a-z-]+)"\)', path.read_text())}
    assert made | {"signal", "error"} == kinds("subscribe")
    golden = {path.stem.removeprefix("message-") for path in (SOURCE / "tests/wire/golden").glob("message-*.json")}
    assert {name for name in golden if not name.startswith("signal-")} == (kinds("publish") | kinds("subscribe")) - {"signal"}


class Witness:
    """Takes in what a session hears and holds it against the document."""

    def __init__(self):
        self.seen = set()

    def note(self, message):
        name = "relayed-signal" if message["type"] == "signal" else message["type"]
        contract.validate(message, contract.messages("subscribe")[name]["payload"], contract.ASYNCAPI, name)
        self.seen.add(name)

    async def listen(self, session, kind):
        while True:
            message = await session.receive()
            self.note(message)
            if message["type"] == kind:
                return message


@pytest.mark.parametrize("ends", ["by host", "by time"])
def test_examples_of_signaling_are_said(make_daemon, ends):
    """Every message of the client's as documented, and every answer as documented."""
    daemon = make_daemon(env={"CONFAB_LIMITS_CALL_HOURS": "0.002"} if ends == "by time" else {})
    said = {name: [one["payload"] for one in message["examples"]] for name, message in contract.messages("publish").items()}
    witness = Witness()

    async def scenario():
        token = daemon.sign_in()
        ada = await Session.connect(daemon, token)
        await ada.send({**said["hello"][0], "ticket": daemon.ticket(token)})
        await witness.listen(ada, "welcome")
        call = daemon.create_call(token)["call"]
        await ada.send({**said["join"][0], "call": call["id"]})
        await witness.listen(ada, "joined")
        bob = await Session.enter(daemon, call, "Bob")
        witness.note(bob.joined)
        await witness.listen(ada, "participant-joined")
        for example in said["signal"]:
            await ada.send({**example, "to": bob.id})
            await witness.listen(bob, "signal")
            await ada.send(example)
        (sample,) = said["quality"][0]["samples"]
        await ada.send({**said["quality"][0], "samples": [{**sample, "peer": bob.id}]})
        for kind in ("state", "ack", "ping"):
            await ada.send(said[kind][0])
        await witness.listen(ada, "pong")
        await witness.listen(bob, "participant-updated")
        cleo = await Session.enter(daemon, call, "Cleo")
        await cleo.send(said["leave"][0])
        await cleo.expect_close(1000)
        if ends == "by host":
            await ada.send(said["end"][0])
        for session in (ada, bob):
            await witness.listen(session, "call-ended")
            await session.expect_close(4410)
        last = await Session.greet(daemon, "Last")
        daemon.process.popen.terminate()
        await witness.listen(last, "draining")
        assert await asyncio.to_thread(daemon.process.wait) == 0

    run(scenario())
    missing = set(contract.messages("subscribe")) - witness.seen
    assert missing == ({"call-ending"} if ends == "by host" else set())
