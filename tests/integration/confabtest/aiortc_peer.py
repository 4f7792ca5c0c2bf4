# SPDX-License-Identifier: GPL-3.0-or-later
"""A participant made of python3-aiortc: another WebRTC than ours and than the browsers', speaking our signaling."""

import asyncio
import fractions
import re

import numpy as np
from aiortc import RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamTrack
from aiortc.sdp import candidate_from_sdp
from av import AudioFrame

RATE = 48000
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
    """One connection to one participant over a Session of the signaling."""

    def __init__(self, session, other, frequency_hz):
        self.session, self.other = session, other
        self.offers = session.id < other
        self.generation = 1
        self.heard = []  # samples, mono
        self._pc = RTCPeerConnection()
        self._pc.addTrack(Tone(frequency_hz))
        self._pc.on("track", self._take_track)
        self._tasks = []

    def _take_track(self, track):
        self._tasks.append(asyncio.ensure_future(self._listen(track)))

    async def _listen(self, track):
        while True:
            frame = await track.recv()
            samples = frame.to_ndarray().reshape(-1, len(frame.layout.channels))[:, 0]
            self.heard.extend(samples.tolist())

    async def _send(self, kind, payload):
        signal = {"type": "signal", "to": self.other, "kind": kind, "generation": self.generation, "payload": payload}
        await self.session.send(signal)

    async def _describe(self, kind, description):
        await self._pc.setLocalDescription(description)
        await self._send(kind, {"sdp": self._pc.localDescription.sdp})

    async def run(self, until):
        """Negotiates until the condition holds."""
        if self.offers:
            await self._describe("offer", await self._pc.createOffer())
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
        if kind in ("offer", "answer"):
            self.generation = generation
            sdp = re.sub(r"(?m)^(a=extmap:\S+ \S+) .*$", r"\1", payload["sdp"])  # aiortc 1.4 stumbles over RFC 8285's attributes
            await self._pc.setRemoteDescription(RTCSessionDescription(sdp, kind))
            if kind == "offer":
                await self._describe("answer", await self._pc.createAnswer())
        elif kind == "candidate" and generation == self.generation:
            candidate = candidate_from_sdp(payload["candidate"].split(":", 1)[-1])
            candidate.sdpMid, candidate.sdpMLineIndex = payload.get("sdp_mid"), payload["sdp_mline_index"]
            await self._pc.addIceCandidate(candidate)
