# SPDX-License-Identifier: GPL-3.0-or-later
"""data/api and the daemon agree, both ways; every example is valid, and every request of them is made."""

import asyncio
import json
import re
import subprocess

import jsonschema
import pytest
import yaml

from confabtest import contract, telegram
from confabtest.accounts import Accounts
from confabtest.paths import BUILD, DEADLINE_S, SOURCE
from confabtest.signaling import Session, run

LIST_ROUTES = BUILD / "tests/daemon/http/list-routes"
#: The upgrade is the gate's, before any router.
NOT_ROUTED = {("GET", "/api/v1/signaling")}
#: Codes of the socket that no REST answer has.
SAID_BY_SIGNALING = {"bad-message", "ticket-expired", "ticket-used", "no-such-participant", "too-slow", "replaced"}


def describe(method, path, operation):
    """An operation as the daemon lists its route: with its permission, from which role on, and the scope of API keys."""
    if operation.get("security") == []:
        return method, path, "public", "guest", "-"
    permission = operation.get("x-permission")
    row = contract.OPENAPI["x-permissions"].get(permission, {})
    return method, path, permission, row.get("role"), row.get("scope", "-")


def test_routes_and_contract_agree():
    done = subprocess.run([LIST_ROUTES], capture_output=True, text=True, timeout=DEADLINE_S, check=True)
    routes = {tuple(line.split(" ")) for line in done.stdout.splitlines()}
    documented = {describe(*one) for one in contract.operations() if one[:2] not in NOT_ROUTED}
    assert routes == documented


def test_permissions_and_contract_agree():
    """The table of libconfab, whether a route needs the permission yet or not."""
    source = (SOURCE / "shared/model/confab-permission.c").read_text()
    rows = re.findall(r'{ "([a-z-]+)", CONFAB_USER_ROLE_(\w+), (?:NULL|"([a-z:]+)") }', source)
    table = {name: {"role": role.lower(), **({"scope": scope} if scope else {})} for name, role, scope in rows}
    assert table.pop("public") == {"role": "guest"}
    assert contract.OPENAPI["x-permissions"] == table


def test_document_is_openapi():
    """What the version of the specification asks for, in a schema of our own; and the schemas are schemas."""
    form = yaml.safe_load((SOURCE / "tests/data/openapi-document.schema.yaml").read_text())
    for error in jsonschema.Draft202012Validator(form).iter_errors(contract.OPENAPI):
        raise AssertionError(f"{error.json_path}: {error.message}")
    for name, schema in contract.OPENAPI["components"]["schemas"].items():
        contract.validator(json.dumps(schema, sort_keys=True), "openapi.yaml")
        for part in contract.subschemas(schema):
            contract.resolve(part, contract.OPENAPI)
            assert set(part.get("required", ())) <= set(part.get("properties", part.get("required", ()))), name


def references(node):
    if isinstance(node, dict):
        yield from [node["$ref"]] if isinstance(node.get("$ref"), str) else []
        for part in node.values():
            yield from references(part)
    elif isinstance(node, list):
        for part in node:
            yield from references(part)


def test_nothing_is_left_over():
    """Whatever is in the components is used, and whatever is used is there."""
    for name, document in contract.DOCUMENTS.items():
        used = set(references(document)) | {one.removeprefix(name) for other in contract.DOCUMENTS.values() for one in references(other)}
        kinds_of_parts = {kind: parts for kind, parts in document["components"].items() if kind != "securitySchemes"}
        listed = {f"#/components/{kind}/{part}" for kind, parts in kinds_of_parts.items() for part in parts}
        assert not listed - used, f"{name}: nobody uses this"
        for reference in references(document):
            contract.resolve({"$ref": reference}, document)


def test_document_is_whole():
    names = [operation["operationId"] for _, _, operation in contract.operations()]
    assert len(names) == len(set(names))
    for method, path, operation in contract.operations():
        where = f"{method} {path}"
        listed = contract.parameters(path, operation)
        assert [one["name"] for one in listed if one["in"] == "path"] == re.findall(r"{(\w+)}", path), where
        assert operation["summary"] and operation["tags"] and operation["responses"], where
        assert operation.get("security") == [] or {"401", "403"} <= set(operation["responses"]), where
        is_limited = path.startswith("/api/v1/") and not path.endswith(".json") and (method, path) not in NOT_ROUTED
        assert not is_limited or "429" in operation["responses"], where


def test_every_error_has_a_code():
    """A program decides by the code: each response of an error names those that it may have."""
    named = set()
    listed = [(f"{method} {path}", contract.responses(operation)) for method, path, operation in contract.operations()]
    for where, responses in [*listed, ("anywhere", contract.anywhere())]:
        for status, response in responses.items():
            if "application/problem+json" in response.get("content", {}):
                assert contract.codes(response), f"{where} {status} names no code"
                named |= contract.codes(response)
            else:
                assert int(status) < 400 or response.get("content"), f"{where} {status} has no body"
    assert named == contract.ERROR_CODES - SAID_BY_SIGNALING


def test_answers_are_closed():
    """What an answer may have is spelled out: a member that is not in the contract is a mistake."""
    for method, path, operation in contract.operations():
        for where, schema, _ in contract.contents(operation):
            if not where.startswith("request"):
                assert_closed(schema, f"{method} {path} {where}")


def assert_closed(schema, where):
    schema, _ = contract.resolve(schema, contract.OPENAPI)
    for part in contract.subschemas(schema):
        if part is not schema and "$ref" in part:
            assert_closed(part, f"{where} {part['$ref']}")
        elif part.get("type") == "object":
            assert "additionalProperties" in part, f"{where}: an object does not say whether it is complete"


def test_examples_of_rest_are_valid():
    for method, path, operation in contract.operations():
        for where, schema, example in contract.contents(operation):
            if example is not None:
                contract.validate(example, schema, where=f"{method} {path} {where}")
            else:
                assert "problem" in where, f"{method} {path} {where} has no example"


def example_of(operation):
    return operation["requestBody"]["content"]["application/json"]["example"] if "requestBody" in operation else None


def query_of(operation):
    """Of what a query needs there is the id of a call, and what to look for."""
    names = [one["name"] for one in operation.get("parameters", []) if one["in"] == "query" and one.get("required")]
    assert names in ([], ["call"], ["query"])
    return {"call": "?call={id}", "query": "?query=a"}[names[0]] if names else ""


def prepare_account(name, accounts):
    """What belongs to people with a password, to letters and to Telegram."""
    if name == "changePassword":
        token = accounts.daemon.request("POST", "/api/v1/auth/login", example_named("logIn")).json["token"]
        return {name: (token, None, example_named(name))}
    if name in ("resetPassword", "verifyEmail"):
        token = accounts.add_letter(accounts.add_user(), name.removesuffix("Password").removesuffix("Email"))
        return {name: (None, None, {**example_named(name), "token": token})}
    if name == "sendVerification":
        person = accounts.sign_in()
        accounts.run("UPDATE users SET email = 'ada@example.org' WHERE id = ?", person.user_id)
        return {name: (person.token, None, {})}
    if name == "administerUser":
        return {name: (accounts.sign_in("admin").token, accounts.add_user(), example_named(name))}
    if name == "revokeRegistrationInvite":
        token = accounts.sign_in("admin").token
        invite = accounts.daemon.request("POST", "/api/v1/admin/registration-invites", {}, token).json
        return {name: (token, invite["id"], None)}
    if name == "signInWithTelegram":
        return {name: (None, None, {"init_data": telegram.init_data()})}
    return {"deleteOwnAccount": (accounts.sign_in().token, None, None)}


def example_named(name):
    return next(example_of(operation) for _, _, operation in contract.operations() if operation["operationId"] == name)


def prepare(operation, accounts):
    """Who does it, to what, and with which body, where the one who does everything else cannot."""
    person = accounts.sign_in()
    prepared = {
        **prepare_account(operation["operationId"], accounts),
        "refreshSession": (None, None, {"refresh_token": person.refresh_token}),
        "signOut": (person.token, None, {}),
        "createKey": (person.token, None, example_of(operation)),
        "rotateKey": (person.token, accounts.add_key(person.user_id)[0], {}),
        "revokeKey": (person.token, accounts.add_key(person.user_id)[0], None),
        "revokeSession": (person.token, person.session_id, None),
        "revokeSessions": (person.token, None, None),
    }
    return prepared.get(operation["operationId"])


def test_examples_of_rest_are_run(make_daemon, tmp_path):
    """Each operation as documented: by somebody who may, by nobody, and with an id that is nobody's."""
    bot = tmp_path / "telegram.token"
    bot.write_text(telegram.BOT_TOKEN)
    bot.chmod(0o600)
    daemon = make_daemon(env={"CONFAB_AUTH_REGISTRATION": "open", "CONFAB_AUTH_TELEGRAM_TOKEN_FILE": str(bot)})
    accounts = Accounts(daemon)
    token = accounts.sign_in("owner").token
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
        prepared = prepare(operation, accounts)
        if prepared:
            own_token, own_id, body = prepared
            if own_token or operation["operationId"] == "refreshSession":
                assert daemon.request(method, target, example_of(operation), "x").status == 401
            reply = daemon.request(method, path.format(id=own_id), body, own_token)
            assert 200 <= reply.status < 300, reply.body
            continue
        if operation["operationId"] == "endCall":
            late.append((method, target, body))
            continue
        if operation["operationId"] == "getMetrics":
            assert [daemon.request(method, target, None, bearer).status for bearer in (None, token)] == [200, 200]
            continue
        reply = daemon.request(method, target, body, token)
        assert 200 <= reply.status < 300, reply.body
        if operation.get("security") != []:
            assert daemon.request(method, target, body).status == 401
        daemon.request(method, path.format(id="0" * 26, code="x", file="none"), body, token)
        if method != "GET":
            assert daemon.request(method, target, body, token, {"Origin": "http://evil.example"}).status == 403
    for method, target, body in late:
        assert [daemon.request(method, target, body, token).status for _ in range(2)] == [200, 410]


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
    table = re.search(r"kinds\[.*?\] = {(.*?)^};", (folder / "confabd-leg-kind.c").read_text(), re.DOTALL | re.MULTILINE).group(1)
    assert set(re.findall(r'= { "([a-z-]+)"', table)) == kinds("publish")
    made = {kind for path in folder.glob("*.c") for kind in re.findall(r'confab_message_new \("([a-z-]+)"\)', path.read_text())}
    assert made | {"signal", "error"} == kinds("subscribe")
    golden = {path.stem.removeprefix("message-") for path in (SOURCE / "tests/wire/golden").glob("message-*.json")}
    assert {name for name in golden if not name.startswith("signal-")} == (kinds("publish") | kinds("subscribe")) - {"signal"}


class Witness:
    """Takes in what a session hears and holds it against the document."""

    def __init__(self):
        self.seen = set()

    def note(self, message):
        self.seen.add(contract.check_event(message))

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
        change = await asyncio.to_thread(daemon.request, "PATCH", f"/api/v1/calls/{call['id']}", {"recording_policy": "host"}, token)
        assert change.status == 200
        await witness.listen(bob, "call-updated")
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
