# SPDX-License-Identifier: GPL-3.0-or-later
"""The link between two network namespaces, as bad as one wants it; for kernels without netem.

    impaired_link.py CONTROL NAMESPACE ADDRESS NAMESPACE ADDRESS

Makes one TUN device in each of the namespaces and carries packets between them until SIGTERM. A datagram of JSON that is sent
to the Unix socket CONTROL changes members of Figures. Faults hit UDP alone: signalling is not what is measured. Prints “ready”,
“set” after each change, and at the end what became of the packets, as JSON. Needs root. Runs before everything else that
sounds: what it does late would be jitter that nobody asked for.
"""

import contextlib
import ctypes
import dataclasses
import fcntl
import heapq
import itertools
import json
import os
import random
import select
import signal
import socket
import struct
import subprocess
import sys
import time

DEVICE = "confab0"
MTU = 1400
TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 0x0001, 0x1000  # linux/if_tun.h
CLONE_NEWNET = 0x40000000  # linux/sched.h
UDP = 17
PROTOCOL_AT = {4: 9, 6: 6}  # by IP version
NEXT_LOOK_S = 0.2
PRIORITY = 50
LATE_S = 0.005

libc = ctypes.CDLL(None, use_errno=True)


@dataclasses.dataclass
class Figures:
    """delay_ms: of each packet; jitter_ms: standard deviation on top, packets overtake each other; burst: mean length."""

    delay_ms: float = 0.0
    jitter_ms: float = 0.0
    loss: float = 0.0
    burst: float = 1.0
    is_cut: bool = False


def enter(path):
    descriptor = os.open(path, os.O_RDONLY)
    try:
        if libc.setns(descriptor, CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), path)
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def inside(namespace):
    home = f"/proc/self/fd/{os.open('/proc/self/ns/net', os.O_RDONLY)}"
    enter(f"/run/netns/{namespace}")
    try:
        yield
    finally:
        enter(home)
        os.close(int(home.rpartition("/")[2]))


def make_device(namespace, address, peer):
    """The descriptor from which packets of the namespace come."""
    with inside(namespace):
        device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
        fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH22x", DEVICE.encode(), IFF_TUN | IFF_NO_PI))
    for words in (
        f"link set {DEVICE} addrgenmode none mtu {MTU}",  # IPv4 alone
        f"address add {address} peer {peer} dev {DEVICE}",
        f"link set {DEVICE} up",
    ):
        subprocess.run(["ip", "-n", namespace, *words.split()], check=True)
    return device


def is_udp(packet):
    at = PROTOCOL_AT.get(packet[0] >> 4) if packet else None
    return at is not None and len(packet) > at and packet[at] == UDP


class Way:
    """One direction: packets wait in the order in which they are due."""

    def __init__(self, figures, device):
        self.figures = figures
        self.device = device
        self.counts = {"carried": 0, "late": 0, "lost": 0}
        self._waiting = []
        self._numbers = itertools.count()
        self._in_burst = False

    def _is_lost(self):
        """Two states (Gilbert): in one of them everything is lost, and it lasts for burst packets on average."""
        rate, burst = self.figures.loss, self.figures.burst
        if self._in_burst:
            self._in_burst = random.random() >= 1 / burst
        else:
            self._in_burst = random.random() < min(1.0, rate / (burst * (1 - rate)))
        return self._in_burst

    def take(self, packet, now):
        faulty = is_udp(packet)
        if self.figures.is_cut or (faulty and self._is_lost()):
            self.counts["lost"] += 1
            return
        jitter_ms = random.gauss(0, self.figures.jitter_ms) if faulty else 0
        due = now + max(0.0, self.figures.delay_ms + jitter_ms) / 1000
        heapq.heappush(self._waiting, (due, next(self._numbers), packet))

    @property
    def next_due(self):
        return self._waiting[0][0] if self._waiting else float("inf")

    def deliver(self, now):
        while self.next_due <= now:
            due, _, packet = heapq.heappop(self._waiting)
            try:
                os.write(self.device, packet)
                self.counts["carried"] += 1
                self.counts["late"] += now - due > LATE_S
            except OSError:  # its queue is full, or the device is down
                self.counts["lost"] += 1


class Link:
    def __init__(self, control, ends):
        (here, my_address), (there, their_address) = ends
        self.figures = Figures()
        devices = make_device(here, my_address, their_address), make_device(there, their_address, my_address)
        self.ways = {devices[0]: Way(self.figures, devices[1]), devices[1]: Way(self.figures, devices[0])}
        self.control = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.control.bind(control)

    def _read_device(self, device, now):
        with contextlib.suppress(BlockingIOError):
            while True:
                self.ways[device].take(os.read(device, 2 * MTU), now)

    def _read_control(self):
        for name, value in json.loads(self.control.recv(4096)).items():
            setattr(self.figures, name, value)
        print("set", flush=True)

    def turn(self):
        """Waits for the next packet that comes or is due, and does what is to be done."""
        due = min(way.next_due for way in self.ways.values())
        wait_s = min(NEXT_LOOK_S, max(0.0, due - time.monotonic()))
        ready = select.select([*self.ways, self.control], [], [], wait_s)[0]
        now = time.monotonic()
        for one in ready:
            if one is self.control:
                self._read_control()
            else:
                self._read_device(one, now)
        for way in self.ways.values():
            way.deliver(now)


def main():
    control, here, my_address, there, their_address = sys.argv[1:]
    os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(PRIORITY))
    stopped = []
    signal.signal(signal.SIGTERM, lambda *_: stopped.append(True))
    link = Link(control, ((here, my_address), (there, their_address)))
    print("ready", flush=True)
    while not stopped:
        link.turn()
    print(json.dumps([way.counts for way in link.ways.values()]), flush=True)


if __name__ == "__main__":
    main()
