# SPDX-License-Identifier: GPL-3.0-or-later
"""The signaling WebSocket through python3-websockets: a client that knows nothing of ours but the contract."""

import asyncio
import json
import os

import websockets

from . import contract
from .paths import DEADLINE_S

FIN = 0x80
CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA


def frame(first_byte, payload=b"", masked=True):
    """One frame as it is on the wire, good or not."""
    length = len(payload)
    mask_bit = 0x80 if masked else 0
    if length < 126:
        head = bytes([first_byte, mask_bit | length])
    elif length < 65536:
        head = bytes([first_byte, mask_bit | 126]) + length.to_bytes(2, "big")
    else:
        head = bytes([first_byte, mask_bit | 127]) + length.to_bytes(8, "big")
    if not masked:
        return head + payload
    mask = os.urandom(4)
    return head + mask + bytes(byte ^ mask[index % 4] for index, byte in enumerate(payload))


async def soon(awaitable):
    return await asyncio.wait_for(awaitable, DEADLINE_S)


def run(scenario):
    """Runs a scenario to its end and breaks what it left open, which websockets would wait for."""

    async def whole():
        try:
            await scenario
        finally:
            for session in Session.open:
                if session.socket.transport is not None:
                    session.socket.transport.abort()
            Session.open.clear()

    asyncio.run(whole())


class Session:
    """One connection. Every message that is received has to have the next seq and the shape of the contract."""

    open = []

    def __init__(self, socket, token=None):
        Session.open.append(self)
        self.socket = socket
        self.token = token
        self.seq = 0
        self.call = None
        self.joined = None

    @classmethod
    async def connect(cls, daemon, token=None, **options):
        options.setdefault("subprotocols", ["confab.v1"])
        options.setdefault("ping_interval", None)
        return cls(await soon(websockets.connect(daemon.ws_url, **options)), token)

    @classmethod
    async def greet(cls, daemon, name="Ada", token=None):
        """A session behind its hello; token: of somebody who is signed in."""
        token = token or daemon.sign_in(name)
        session = await cls.connect(daemon, token)
        await session.hello(daemon.ticket(token))
        await session.expect("welcome")
        return session

    @classmethod
    async def enter(cls, daemon, call=None, name="Ada", token=None, **fields):
        """A session in a call: in a new one as its host, or in that of another."""
        session = await cls.greet(daemon, name, token)
        if call is None:
            session.call = daemon.create_call(session.token)["call"]
        else:
            session.call = call
            reply = daemon.request("POST", "/api/v1/calls/join", {"code": call["code"]}, session.token)
            assert reply.status == 200, reply.body
        await session.send({"type": "join", "call": session.call["id"], **fields})
        session.joined = await session.expect("joined")
        return session

    @property
    def id(self):
        return self.joined["self"]

    async def hello(self, ticket, **fields):
        await self.send({"type": "hello", "version": 1, "ticket": ticket, "device": {"name": "test"}, **fields})

    async def send(self, message):
        await soon(self.socket.send(json.dumps(message) if isinstance(message, dict) else message))

    def send_raw(self, data):
        """Bytes below the framing, for what a library would not send."""
        self.socket.transport.write(data)

    async def receive(self):
        text = await soon(self.socket.recv())
        assert isinstance(text, str)
        message = json.loads(text)
        self.seq += 1
        assert message["seq"] == self.seq, f"A hole in seq: {text}"
        contract.check_event(message)
        return message

    async def expect(self, kind, /, **fields):
        message = await self.receive()
        assert message["type"] == kind, message
        for name, value in fields.items():
            assert message[name] == value, message
        return message

    async def expect_error(self, code, about=None):
        message = await self.expect("error", code=code)
        assert message.get("about") == about, message
        assert message["detail"]
        return message

    async def expect_close(self, code):
        try:
            text = await soon(self.socket.recv())
        except websockets.ConnectionClosed as closed:
            assert closed.rcvd is not None, "no close frame came"
            assert closed.rcvd.code == code, closed
            return
        raise AssertionError(f"Got {text} instead of the end with {code}")

    async def refused(self, code, close_code, about=None):
        await self.expect_error(code, about)
        await self.expect_close(close_code)

    async def sync(self):
        """Everything that was said before is answered, and nothing else came."""
        number = self.seq + 1000
        await self.send({"type": "ping", "id": number})
        return await self.expect("pong", id=number)
