# SPDX-License-Identifier: GPL-3.0-or-later
"""One end of a call as GStreamer's elements make it by themselves: webrtcbin, opusenc and opusdec with their defaults.

    plain_webrtcbin.py (offer | answer) SOCKET MICROPHONE SPEAKER [--fec]

The two ends meet at the Unix socket, where the answering one listens, and exchange whole descriptions. --fec: the encoder
expects loss and the decoder uses what it sends for it. Prints “heard” when the other's sound begins.
"""

import argparse
import json
import os
import signal
import socket
import threading

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstSdp", "1.0")
gi.require_version("GstWebRTC", "1.0")
from gi.repository import GLib, Gst, GstSdp, GstWebRTC  # noqa: E402

CAPS = "application/x-rtp,media=audio,encoding-name=OPUS,clock-rate=48000,payload=96"
SEND = (
    "pulsesrc device={microphone} ! audio/x-raw,rate=48000,channels=1 ! queue ! "
    "opusenc {encoder} ! rtpopuspay pt=96 ! {caps} ! webrtcbin name=rtc"
)
RECEIVE = "rtpopusdepay ! opusdec {decoder} ! audioconvert ! audioresample ! pulsesink device={speaker}"
FEC = {"encoder": "inband-fec=true packet-loss-percentage=20", "decoder": "use-inband-fec=true plc=true"}
PLAIN = {"encoder": "", "decoder": ""}


class Wire:
    """Descriptions, a line of JSON each."""

    def __init__(self, path, is_offering):
        self.socket = socket.socket(socket.AF_UNIX)
        if is_offering:
            self.socket.connect(path)
        else:
            self.socket.bind(f"{path}.new")
            self.socket.listen(1)
            os.rename(f"{path}.new", path)  # there is one once it listens
            self.socket, _ = self.socket.accept()
        self.lines = self.socket.makefile()

    def send(self, kind, text):
        self.socket.sendall(json.dumps([kind, text]).encode() + b"\n")

    def receive(self):
        kind, text = json.loads(self.lines.readline())
        _, message = GstSdp.SDPMessage.new_from_text(text)
        return GstWebRTC.WebRTCSessionDescription.new(getattr(GstWebRTC.WebRTCSDPType, kind.upper()), message)


class Peer:
    def __init__(self, options):
        self.options = options
        self.elements = FEC if options.fec else PLAIN
        self.is_offering = options.role == "offer"
        self.wire = Wire(options.socket, self.is_offering)
        send = SEND.format(microphone=options.microphone, caps=CAPS, encoder=self.elements["encoder"])
        self.pipeline = Gst.parse_launch(send)
        bus = self.pipeline.get_bus()
        bus.add_signal_watch()
        bus.connect("message::latency", lambda *_: self.pipeline.recalculate_latency())
        self.rtc = self.pipeline.get_by_name("rtc")
        self.rtc.connect("pad-added", self._on_pad_added)
        self.rtc.connect("notify::ice-gathering-state", self._on_gathering)
        if self.is_offering:
            self.rtc.connect("on-negotiation-needed", lambda _: self._describe("offer"))
        self.kept = []  # promises: what they hold is freed with them

    def start(self):
        self.pipeline.set_state(Gst.State.PLAYING)
        threading.Thread(target=self._take_description, daemon=True).start()

    def _ask(self, action, *arguments):
        promise = Gst.Promise.new()
        self.kept.append(promise)
        self.rtc.emit(action, *arguments, promise)
        promise.wait()
        return promise.get_reply()

    def _describe(self, kind):
        threading.Thread(target=self._describe_and_wait, args=(kind,), daemon=True).start()

    def _describe_and_wait(self, kind):
        reply = self._ask(f"create-{kind}", None)
        self._ask("set-local-description", reply.get_value(kind))

    def _on_gathering(self, *_):
        if self.rtc.get_property("ice-gathering-state") == GstWebRTC.WebRTCICEGatheringState.COMPLETE:
            description = self.rtc.get_property("local-description")
            self.wire.send("offer" if self.is_offering else "answer", description.sdp.as_text())

    def _take_description(self):
        self._ask("set-remote-description", self.wire.receive())
        if not self.is_offering:
            self._describe_and_wait("answer")

    def _on_pad_added(self, _, pad):
        if pad.direction != Gst.PadDirection.SRC:
            return
        words = RECEIVE.format(speaker=self.options.speaker, decoder=self.elements["decoder"])
        player = Gst.parse_bin_from_description(words, True)
        self.pipeline.add(player)
        player.sync_state_with_parent()
        pad.link(player.get_static_pad("sink"))
        print("heard", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("role", choices=["offer", "answer"])
    parser.add_argument("socket")
    parser.add_argument("microphone")
    parser.add_argument("speaker")
    parser.add_argument("--fec", action="store_true")
    Gst.init(None)
    peer = Peer(parser.parse_args())
    peer.start()
    loop = GLib.MainLoop()
    GLib.unix_signal_add(GLib.PRIORITY_DEFAULT, signal.SIGTERM, loop.quit)
    loop.run()
    peer.pipeline.set_state(Gst.State.NULL)


if __name__ == "__main__":
    main()
