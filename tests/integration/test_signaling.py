# SPDX-License-Identifier: GPL-3.0-or-later
"""The signaling WebSocket of a real confabd, driven by python3-websockets."""

import asyncio
import datetime
import json
import signal

import pytest
import websockets

from confabtest.process import wait_until
from confabtest.signaling import BINARY, CLOSE, CONTINUATION, FIN, PING, PONG, TEXT, Session, frame, run, soon

MESSAGE_LIMIT_BYTES = 64 * 1024
#: hello is due after 10 s; a second of the timer and a busy machine come on top.
HELLO_S = 10


# --- the way in


def test_welcome_joined_and_roster(daemon):
    async def scenario():
        ada = await Session.enter(daemon)
        joined = ada.joined
        assert joined["topology"] == "mesh" and joined["ice_servers"] == []
        assert joined["call"]["state"] == "live" and joined["link"] == f"{daemon.url}/j/{ada.call['code']}"
        started = datetime.datetime.fromisoformat(joined["room_started_at"].replace("Z", "+00:00"))
        assert started.tzinfo is not None
        assert [one["id"] for one in joined["participants"]] == [ada.id]
        assert joined["participants"][0]["role"] == "host"

        bob = await Session.enter(daemon, ada.call, "Bob", muted=True, listen_only=True)
        assert [one["display_name"] for one in bob.joined["participants"]] == ["Ada", "Bob"]
        assert bob.joined["room_started_at"] == joined["room_started_at"]
        news = await ada.expect("participant-joined")
        assert news["participant"] == bob.joined["participants"][1]
        assert news["participant"]["muted"] and news["participant"]["listen_only"]
        assert not news["participant"]["deafened"]

        reply = daemon.request("GET", f"/api/v1/calls/{ada.call['id']}", token=ada.token)
        assert [one["id"] for one in reply.json["participants"]] == [ada.id, bob.id]

    run(scenario())


def test_two_devices_of_one_user(daemon):
    async def scenario():
        desk = await Session.enter(daemon)
        sofa = await Session.enter(daemon, desk.call, token=desk.token)
        assert desk.id != sofa.id
        await desk.expect("participant-joined")
        await sofa.send({"type": "leave"})
        await sofa.expect_close(1000)
        await desk.expect("participant-left", participant=sofa.id, reason="left")
        await desk.sync()

    run(scenario())


def test_five_sockets_a_user(daemon):
    async def scenario():
        token = daemon.sign_in()
        sessions = [await Session.greet(daemon, token=token) for _ in range(5)]
        sixth = await Session.connect(daemon)
        await sixth.hello(daemon.ticket(token))
        await sixth.refused("too-many", 4429, "hello")
        await sessions[0].socket.close()
        await Session.greet(daemon, token=token)
        for session in sessions[1:]:
            await session.sync()

    run(scenario())


# --- refusals


def test_tickets(daemon):
    async def scenario():
        token = daemon.sign_in()
        ticket = daemon.ticket(token)
        first = await Session.connect(daemon)
        await first.hello(ticket)
        await first.expect("welcome")
        second = await Session.connect(daemon)
        await second.hello(ticket)
        await second.refused("ticket-used", 4401, "hello")
        for unknown in ("0" * 26, "x", token):
            session = await Session.connect(daemon)
            await session.hello(unknown)
            message = await session.receive()
            assert message["type"] == "error" and message["code"] in ("not-authenticated", "bad-message")
            await session.expect_close(4401 if message["code"] == "not-authenticated" else 4400)

    run(scenario())


def test_ticket_of_another_address_family(make_daemon):
    daemon = make_daemon("--listen", "[::1]:0")

    async def scenario():
        token = daemon.sign_in()
        ticket = daemon.ticket(token)
        line = await asyncio.to_thread(find_ipv6_port, daemon)
        socket = await soon(
            websockets.connect(f"ws://[::1]:{line}/api/v1/signaling", subprotocols=["confab.v1"], ping_interval=None)
        )
        session = Session(socket)
        await session.hello(ticket)
        message = await session.receive()
        assert message["type"] == "error" and message["code"] == "not-authenticated"
        await session.expect_close(4401)

    run(scenario())


def find_ipv6_port(daemon):
    """The port of [::1] among the sockets of the daemon; only the first address is printed."""
    inodes = set()
    for link in (daemon.proc / "fd").iterdir():
        try:
            target = str(link.readlink())
        except OSError:
            continue
        if target.startswith("socket:["):
            inodes.add(target[8:-1])
    for line in (daemon.proc / "net/tcp6").read_text().splitlines()[1:]:
        fields = line.split()
        if fields[3] == "0A" and fields[9] in inodes:
            return int(fields[1].rsplit(":", 1)[1], 16)
    raise AssertionError("confabd does not listen on IPv6")


def test_hello_comes_first_and_once(daemon):
    async def scenario():
        for text in ('{"type":"join","call":"x"}', '{"type":"ping","id":1}', '{"type":"dance"}'):
            session = await Session.connect(daemon)
            await session.send(text)
            kind = json.loads(text)["type"]
            await session.refused("not-authenticated", 4401, kind if kind != "dance" else None)
        session = await Session.greet(daemon)
        await session.hello(daemon.ticket(session.token))
        await session.refused("bad-message", 4400, "hello")
        session = await Session.connect(daemon)
        await session.hello(daemon.ticket(daemon.sign_in()), version=2)
        await session.refused("unsupported", 4400, "hello")

    run(scenario())


def test_calls_one_cannot_join(daemon):
    async def scenario():
        host = daemon.sign_in("Host")
        call = daemon.create_call(host, max_participants=2)["call"]
        over = daemon.create_call(host)["call"]
        daemon.request("POST", f"/api/v1/calls/{over['id']}/end", {}, host)

        for unknown in ("0" * 26, "x", call["code"]):
            session = await Session.greet(daemon, token=host)
            await session.send({"type": "join", "call": unknown})
            await session.refused("no-such-call", 4404, "join")
        stranger = await Session.greet(daemon, "Eve")
        await stranger.send({"type": "join", "call": call["id"]})
        await stranger.refused("no-such-call", 4404, "join")
        session = await Session.greet(daemon, token=host)
        await session.send({"type": "join", "call": over["id"]})
        await session.refused("call-over", 4410, "join")

        late = await Session.greet(daemon, "Late")
        assert daemon.request("POST", "/api/v1/calls/join", {"code": call["code"]}, late.token).status == 200
        first = await Session.enter(daemon, call, "Ada")
        await Session.enter(daemon, call, "Bob")
        await late.send({"type": "join", "call": call["id"]})
        await late.refused("call-full", 4403, "join")
        await first.expect("participant-joined")
        await first.send({"type": "join", "call": call["id"]})
        await first.expect_error("conflict", "join")
        await first.sync()

    run(scenario())


def test_call_that_fills_up_at_once(daemon):
    """Ten come at the same moment for two places: two are in."""

    async def scenario():
        call = daemon.create_call(daemon.sign_in("Host"), max_participants=2)["call"]
        sessions = [await Session.greet(daemon, f"Guest {index}") for index in range(10)]
        for session in sessions:
            daemon.request("POST", "/api/v1/calls/join", {"code": call["code"]}, session.token)
        for session in sessions:
            await session.send({"type": "join", "call": call["id"]})
        kinds = [(await session.receive())["type"] for session in sessions]
        assert sorted(kinds) == ["error"] * 8 + ["joined"] * 2

    run(scenario())


def test_origins(make_daemon):
    daemon = make_daemon(env={"CONFAB_SERVER_ALLOWED_ORIGINS": "https://friend.example"})

    async def scenario():
        for good in (daemon.url, "https://friend.example"):
            session = await Session.connect(daemon, origin=good)
            await session.hello(daemon.ticket(daemon.sign_in()))
            await session.expect("welcome")
        for bad in ("http://evil.example", "null", "https://friend.example.evil.example", daemon.url + "1"):
            session = await Session.connect(daemon, origin=bad)
            await session.refused("bad-origin", 4403)

    run(scenario())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "null",
        "[]",
        '"hello"',
        '{"id":1}',
        '{"type":7}',
        '{"type":"ping","id":1} x',
        '{"type":"ping","id":1,}',
        "{'type':'ping','id':1}",
        '{"type":"ping","type":"ping","id":1}',
        '{"type":"ping","id":01}',
        '{"type":"ping","id":NaN}',
        '{"type":"ping","id":1,"x":"\\ud800"}',
        '{"type":"ping","id":1/**/}',
        "[" * 60000,
        '{"type":"ping","id":1,"x":' + "[" * 40 + "]" * 40 + "}",
        '{"type":"ping","id":1,"x":[' + "[]," * 2000 + "[]]}",
    ],
    ids=lambda text: text[:24] or "empty",
)
def test_malformed_and_too_deep(daemon, text):
    async def scenario():
        session = await Session.greet(daemon)
        await session.send(text)
        message = await session.receive()
        assert (message["type"], message["code"]) == ("error", "bad-message")
        await session.expect_close(4400)

    run(scenario())


def test_too_large(daemon):
    def padded(size):
        empty = '{"type":"ping","id":1,"x":""}'
        return empty[:-2] + "x" * (size - len(empty)) + empty[-2:]

    async def scenario():
        session = await Session.greet(daemon)
        await session.send(padded(MESSAGE_LIMIT_BYTES))
        await session.expect("pong", id=1)
        await session.send(padded(MESSAGE_LIMIT_BYTES + 1))
        await session.refused("too-large", 4413)
        session = await Session.greet(daemon)
        for _ in range(5):
            session.send_raw(frame(TEXT if _ == 0 else CONTINUATION, b" " * (MESSAGE_LIMIT_BYTES // 4)))
        await session.refused("too-large", 4413)

    run(scenario())


def test_binary_and_unknown(daemon):
    async def scenario():
        session = await Session.greet(daemon)
        for kind in ("chat", "moderate", "ring-answer", "süß", "x" * 5000):
            await session.send(json.dumps({"type": kind}, ensure_ascii=False))
            await session.expect_error("unsupported")
        for kind in ("signal", "state", "end"):
            await session.send({"type": kind, "to": "x"})
            await session.expect_error("conflict", kind)
        await session.sync()
        await session.send(b'{"type":"ping","id":1}')
        await session.refused("bad-message", 4400)

    run(scenario())


def test_too_many_messages(daemon):
    async def scenario():
        session = await Session.greet(daemon)
        session.send_raw(b"".join(frame(FIN | TEXT, b'{"type":"ack","seq":1}') for _ in range(5000)))
        await session.refused("too-many", 4429)

    run(scenario())


async def expired_ticket(daemon):
    token = daemon.sign_in()
    reply = daemon.request("POST", "/api/v1/auth/ws-ticket", {}, token).json
    expires_at = datetime.datetime.fromisoformat(reply["expires_at"].replace("Z", "+00:00"))
    left = (expires_at - datetime.datetime.now(datetime.timezone.utc)).total_seconds()
    assert left <= 30
    await asyncio.sleep(left + 0.2)
    session = await Session.connect(daemon)
    await session.hello(reply["ticket"])
    await session.refused("ticket-expired", 4401, "hello")


async def no_hello(daemon):
    session = await Session.connect(daemon)
    start = asyncio.get_running_loop().time()
    await session.refused("not-authenticated", 4401)
    assert asyncio.get_running_loop().time() - start >= HELLO_S - 1


async def silence(daemon):
    """The library answers the server's pings by itself: whoever says nothing for longer than 25 s is still there."""
    session = await Session.greet(daemon)
    await asyncio.sleep(26)
    await session.sync()


def test_deadlines(daemon):
    """What takes its time, side by side: a ticket that expires, a hello that does not come, a session that says nothing."""

    async def scenario():
        await asyncio.gather(expired_ticket(daemon), no_hello(daemon), silence(daemon))

    run(scenario())


# --- in the call


def test_signals_reach_the_addressee_alone(daemon):
    async def scenario():
        ada = await Session.enter(daemon)
        bob = await Session.enter(daemon, ada.call, "Bob")
        cleo = await Session.enter(daemon, ada.call, "Cleo")
        eve = await Session.enter(daemon, name="Eve")
        for session, others in ((ada, 2), (bob, 1)):
            for _ in range(others):
                await session.expect("participant-joined")
        payload = {"sdp": 'v=0\r\n"\\ä€😀', "more": [1.5, None, True, {"x": []}]}
        for generation in range(1, 40):
            await ada.send({"type": "signal", "to": bob.id, "kind": "offer", "generation": generation, "payload": payload})
        for generation in range(1, 40):
            await bob.expect("signal", to=bob.id, kind="offer", generation=generation, payload=payload, **{"from": ada.id})
        for to in (ada.id, "0" * 26, "x"):
            await eve.send({"type": "signal", "to": to, "kind": "offer", "generation": 1, "payload": {}})
            await eve.expect_error("no-such-participant", "signal")
        for session in (ada, bob, cleo, eve):
            await session.sync()
        for forged in ({"from": bob.id}, {"seq": 1}, {"to": None}):
            eve = await Session.enter(daemon, name="Eve")
            await eve.send({"type": "signal", "to": eve.id, "kind": "offer", **forged})
            message = await eve.receive()
            assert message["code"] == "bad-message"
            await eve.expect_close(4400)
        assert payload["sdp"] not in daemon.process.error_text

    run(scenario())


def test_state_is_told_and_kept(daemon):
    async def scenario():
        ada = await Session.enter(daemon)
        bob = await Session.enter(daemon, ada.call, "Bob")
        await ada.expect("participant-joined")
        await bob.send({"type": "state", "muted": True, "hand": True})
        for session in (ada, bob):
            told = (await session.expect("participant-updated"))["participant"]
            assert told["id"] == bob.id and told["muted"] and told["hand_raised_at"]
        await bob.send({"type": "state", "hand": False, "on_hold": True, "deafened": True})
        told = (await ada.expect("participant-updated"))["participant"]
        assert told["muted"] and told["on_hold"] and told["deafened"] and "hand_raised_at" not in told
        await bob.expect("participant-updated")
        for listens_only in (True, False):
            await bob.send({"type": "state", "listen_only": listens_only})
            told = (await ada.expect("participant-updated"))["participant"]
            assert told["listen_only"] is listens_only and told["muted"]
            await bob.expect("participant-updated")
        await bob.send({"type": "state", "muted": True})
        await ada.sync()

        def stored():
            reply = daemon.request("GET", f"/api/v1/calls/{ada.call['id']}", token=ada.token)
            return reply.json["participants"][1] == told

        await asyncio.to_thread(wait_until, stored, "the state in the store")
        await bob.send({"type": "state", "muted": "yes"})
        await bob.refused("bad-message", 4400, "state")

    run(scenario())


def test_lost_sockets_and_clean_ends(daemon):
    async def scenario():
        ada = await Session.enter(daemon)
        for how, reason in (("abort", "lost"), ("close", "left"), ("away", "left"), ("leave", "left"), ("odd", "lost")):
            bob = await Session.enter(daemon, ada.call, "Bob")
            await ada.expect("participant-joined")
            if how == "abort":
                bob.socket.transport.abort()
            elif how == "close":
                await bob.socket.close()
            elif how == "away":
                await bob.socket.close(1001)
            elif how == "odd":
                await bob.socket.close(4000)
            else:
                await bob.send({"type": "leave"})
                await bob.expect_close(1000)
            await ada.expect("participant-left", participant=bob.id, reason=reason)

        def is_alone():
            reply = daemon.request("GET", f"/api/v1/calls/{ada.call['id']}", token=ada.token)
            return [one["id"] for one in reply.json["participants"]] == [ada.id]

        await asyncio.to_thread(wait_until, is_alone, "the leave in the store")

    run(scenario())


def test_too_slow(make_daemon):
    """Who does not read is closed with 4408 and delays nobody."""
    daemon = make_daemon(env={"CONFAB_LIMITS_OUTBOX_MESSAGES": "16", "CONFAB_LIMITS_OUTBOX_BYTES": "65536"})

    async def scenario():
        ada = await Session.enter(daemon)
        bob = await Session.enter(daemon, ada.call, "Bob", token=None)
        cleo = await Session.enter(daemon, ada.call, "Cleo")
        await ada.expect("participant-joined")
        await ada.expect("participant-joined")
        await bob.expect("participant-joined")
        bob.socket.transport.pause_reading()
        left = None
        for generation in range(1, 900):
            signal_text = {"type": "signal", "to": bob.id, "kind": "offer", "generation": generation}
            await ada.send({**signal_text, "payload": {"sdp": "x" * 30000}})
            if generation % 20 == 0:
                left = await news_before_pong(ada)
                if left is not None:
                    break
        assert left is not None and left["participant"] == bob.id and left["reason"] == "too-slow"
        await cleo.expect("participant-left", participant=bob.id, reason="too-slow")
        await cleo.sync()

    run(scenario())


async def news_before_pong(session):
    """What the session hears before the answer to a ping: news of a participant, or None; errors pass."""
    await session.send({"type": "ping", "id": 1})
    news = None
    while True:
        message = await session.receive()
        if message["type"] == "pong":
            return news
        if message["type"] == "participant-left":
            news = message
        else:
            assert message["type"] == "error" and message["code"] == "no-such-participant", message


def test_end_for_everybody(daemon):
    async def scenario():
        ada = await Session.enter(daemon)
        bob = await Session.enter(daemon, ada.call, "Bob")
        await ada.expect("participant-joined")
        await bob.send({"type": "end"})
        await bob.expect_error("not-allowed", "end")
        await bob.sync()
        await ada.send({"type": "end"})
        for session in (ada, bob):
            await session.expect("call-ended", call=ada.call["id"], reason="ended-by-host")
            await session.expect_close(4410)
        again = await Session.enter(daemon, name="Ada")
        other = await Session.enter(daemon, again.call, "Bob")
        await again.expect("participant-joined")
        daemon.request("POST", f"/api/v1/calls/{again.call['id']}/end", {}, again.token)
        for session in (again, other):
            await session.expect("call-ended", call=again.call["id"], reason="ended-by-host")
            await session.expect_close(4410)

    run(scenario())


def test_draining(daemon):
    async def scenario():
        ada = await Session.enter(daemon)
        bob = await Session.enter(daemon, ada.call, "Bob")
        ready = await Session.greet(daemon, "Ready")
        await ada.expect("participant-joined")
        daemon.process.popen.send_signal(signal.SIGTERM)
        for session in (ada, bob, ready):
            await session.expect("draining")
            await session.expect_close(4503)
        assert await asyncio.to_thread(daemon.process.wait) == 0

    run(scenario())


# --- the framing


def test_fragments_and_controls_between(daemon):
    text = b'{"type":"ping","id":7,"x":"\xc3\xa4"}'

    async def scenario():
        session = await Session.greet(daemon)
        await session.send([text.decode()[:5], "", text.decode()[5:]])
        await session.expect("pong", id=7)
        cut = text.index(b"\xc3") + 1  # in the middle of a character
        session.send_raw(frame(TEXT, text[:cut]) + frame(FIN | PING, b"between") + frame(CONTINUATION, b""))
        session.send_raw(frame(FIN | PONG, b"unasked") + frame(FIN | CONTINUATION, text[cut:]))
        await session.expect("pong", id=7)
        waiter = await session.socket.ping(b"x" * 125)
        await soon(waiter)
        whole = frame(FIN | TEXT, text)
        for byte in whole:
            session.send_raw(bytes([byte]))
            await asyncio.sleep(0)
        await session.expect("pong", id=7)
        session.send_raw(whole * 20)
        for _ in range(20):
            await session.expect("pong", id=7)

    run(scenario())


@pytest.mark.parametrize(
    "name, close_code, data",
    [
        ("not masked", 1002, frame(FIN | TEXT, b"{}", masked=False)),
        ("reserved bit 1", 1002, frame(FIN | 0x40 | TEXT, b"{}")),
        ("reserved bit 2", 1002, frame(FIN | 0x20 | TEXT, b"{}")),
        ("reserved bit 3", 1002, frame(FIN | 0x10 | TEXT, b"{}")),
        ("reserved data opcode", 1002, frame(FIN | 0x3, b"")),
        ("reserved control opcode", 1002, frame(FIN | 0xB, b"")),
        ("fragmented ping", 1002, frame(PING, b"")),
        ("long ping", 1002, frame(FIN | PING, b"x" * 126)),
        ("continuation of nothing", 1002, frame(FIN | CONTINUATION, b"{}")),
        ("text within a message", 1002, frame(TEXT, b"{") + frame(FIN | TEXT, b"}")),
        ("binary within a message", 1002, frame(TEXT, b"{") + frame(FIN | BINARY, b"}")),
        ("length of 64 bits with its top bit", 1002, bytes([FIN | TEXT, 0xFF]) + b"\xff" * 8 + b"\0" * 4),
        ("close with one byte", 1002, frame(FIN | CLOSE, b"\x03")),
        ("close with a code that may not be sent", 1002, frame(FIN | CLOSE, (1005).to_bytes(2, "big"))),
        ("invalid UTF-8", 1007, frame(FIN | TEXT, b'{"type":"\xff"}')),
        ("UTF-8 that is too long", 1007, frame(FIN | TEXT, b'{"type":"\xc0\xaf"}')),
        ("surrogate in UTF-8", 1007, frame(FIN | TEXT, b'{"type":"\xed\xa0\x80"}')),
        ("cut UTF-8", 1007, frame(FIN | TEXT, b'{"type":"\xc3')),
        ("invalid UTF-8 in fragments", 1007, frame(TEXT, b'{"type":"\xc3') + frame(FIN | CONTINUATION, b'("}')),
        ("text of nothing but an invalid start", 1007, frame(FIN | TEXT, b"\x80")),
    ],
)
def test_broken_framing(daemon, name, close_code, data):
    async def scenario():
        witness = await Session.enter(daemon)
        session = await Session.enter(daemon, witness.call, "Mallory")
        await witness.expect("participant-joined")
        session.send_raw(data)
        await session.expect_close(close_code)
        await witness.expect("participant-left", participant=session.id, reason="lost")
        await witness.sync()

    run(scenario())


@pytest.mark.parametrize("code", [1000, 1001, 3000, 4999])
def test_close_codes_are_echoed(daemon, code):
    async def scenario():
        session = await Session.greet(daemon)
        await session.socket.close(code, "bye")
        assert session.socket.close_code == code

    run(scenario())


def test_close_without_a_code(daemon):
    async def scenario():
        session = await Session.greet(daemon)
        session.send_raw(frame(FIN | CLOSE))
        try:
            await soon(session.socket.recv())
        except websockets.ConnectionClosed as closed:
            assert closed.rcvd is not None and closed.rcvd.code in (1000, 1005)

    run(scenario())


@pytest.mark.parametrize("protocols", [None, ["chat"], ["confab.v2"]])
def test_sub_protocol_is_required(daemon, protocols):
    async def scenario():
        with pytest.raises(websockets.InvalidStatusCode) as refused:
            await soon(websockets.connect(daemon.ws_url, subprotocols=protocols))
        assert refused.value.status_code == 400

    run(scenario())


def test_no_deflate(daemon):
    async def scenario():
        session = await Session.connect(daemon, compression="deflate")
        assert session.socket.extensions == []
        await session.hello(daemon.ticket(daemon.sign_in()))
        await session.expect("welcome")

    run(scenario())
