# SPDX-License-Identifier: GPL-3.0-or-later
"""A participant made of python3-aiortc: another WebRTC than ours and than the browsers', speaking our signaling."""

import asyncio
import fractions
import json
import re
import signal
import sys

import numpy as np
from aiortc import RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamTrack
from aiortc.sdp import candidate_from_sdp
from av import AudioFrame

from . import audio
from .daemon import Server
from .signaling import Session, run

RATE = 48000
MAX_ENTRIES = 60  # ids are drawn by lot, and a quarter of them or more is on the wanted side
SAMPLES = RATE // 50


class Tone(MediaStreamTrack):
    """20 ms of a sine at a time, by the clock."""

    kind = "audio"

    def __init__(self, frequency_hz):
        super().__init__()
        self._frequency_hz = frequency_hz
        self._position = 0
        self._start = None

    async def recv(self):
        loop = asyncio.get_running_loop()
        self._start = self._start or loop.time()
        await asyncio.sleep(max(0, self._start + self._position / RATE - loop.time()))
        phase = 2 * np.pi * self._frequency_hz * (np.arange(SAMPLES) + self._position) / RATE
        samples = (8000 * np.sin(phase)).astype(np.int16)
        frame = AudioFrame.from_ndarray(samples.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = RATE, self._position, fractions.Fraction(1, RATE)
        self._position += SAMPLES
        return frame


class AiortcPeer:
    """Connections to one participant over a Session of the signaling, one after the other."""

    def __init__(self, session, other, frequency_hz):
        self.session, self.other, self.frequency_hz = session, other, frequency_hz
        self.offers = session.id < other
        self.generation = 0
        self.heard = []  # samples, mono
        self._pc = None
        self._tasks = []

    async def _open(self, generation):
        """A new connection instead of the old one."""
        await self.break_connection()
        self.generation = generation
        self._pc = RTCPeerConnection()
        self._pc.addTrack(Tone(self.frequency_hz))
        self._pc.on("track", self._take_track)

    async def break_connection(self):
        """Ends it without a word to the other side."""
        if self._pc is not None:
            await self._pc.close()
        self.heard.clear()

    def _take_track(self, track):
        self._tasks.append(asyncio.ensure_future(self._listen(track)))

    async def _listen(self, track):
        while True:
            frame = await track.recv()
            samples = frame.to_ndarray().reshape(-1, len(frame.layout.channels))[:, 0]
            self.heard.extend(samples.tolist())

    async def _send(self, kind, payload):
        addressed = {"type": "signal", "to": self.other, "generation": self.generation}
        await self.session.send({**addressed, "kind": kind, "payload": payload})

    async def _describe(self, kind, description):
        await self._pc.setLocalDescription(description)
        await self._send(kind, {"sdp": self._pc.localDescription.sdp})

    async def _offer(self):
        await self._open(self.generation + 1)
        await self._describe("offer", await self._pc.createOffer())

    async def run(self, until):
        """Negotiates until the condition holds."""
        if self.offers:
            await self._offer()
        receiving = asyncio.ensure_future(self._receive())
        try:
            while not until():
                if receiving.done():
                    receiving.result()
                await asyncio.sleep(0.05)
        finally:
            for task in (receiving, *self._tasks):
                task.cancel()
            await self._pc.close()

    async def _receive(self):
        while True:
            message = await self.session.receive()
            if message["type"] == "signal" and message["from"] == self.other:
                await self._take(message["kind"], message["generation"], message["payload"])

    async def _take(self, kind, generation, payload):
        if kind == "offer":
            await self._open(generation)
        if kind in ("offer", "answer"):
            sdp = re.sub(r"(?m)^(a=extmap:\S+ \S+) .*$", r"\1", payload["sdp"])  # aiortc 1.4 stumbles over RFC 8285's attributes
            await self._pc.setRemoteDescription(RTCSessionDescription(sdp, kind))
            if kind == "offer":
                await self._describe("answer", await self._pc.createAnswer())
        elif kind == "rebuild" and self.offers:
            await self._offer()
        elif kind == "candidate" and generation == self.generation:
            candidate = candidate_from_sdp(payload["candidate"].split(":", 1)[-1])
            candidate.sdpMid, candidate.sdpMLineIndex = payload.get("sdp_mid"), payload["sdp_mline_index"]
            await self._pc.addIceCandidate(candidate)


async def enter_as(server, call, other, offers):
    """Enters until our id is on the wanted side of the other's."""
    for _ in range(MAX_ENTRIES):
        session = await Session.enter(server, call, name="Aiortc")
        if (session.id < other) == offers:
            return session
        await session.socket.close()
    raise AssertionError("No id on the wanted side")


async def take_part(url, call, other, offers, frequency_hz, wanted_hz):
    """Prints “heard N” whenever the wanted tone comes out of the Nth connection; SIGUSR1 breaks the one there is."""
    session = await enter_as(Server(url), call, other, offers)
    peer = AiortcPeer(session, other, frequency_hz)
    told = 0

    def tell():
        nonlocal told
        heard = np.array(peer.heard[-RATE:], float) / 32768
        if peer.generation > told and len(heard) == RATE and audio.tone_db(heard, wanted_hz) > -40:
            told = peer.generation
            print("heard", told, flush=True)

    def break_connection():
        asyncio.ensure_future(peer.break_connection())

    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, break_connection)
    await peer.run(tell)


if __name__ == "__main__":
    setup = json.loads(sys.argv[1])
    run(take_part(**setup))
