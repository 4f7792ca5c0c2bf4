# SPDX-License-Identifier: GPL-3.0-or-later
"""The gate against strangers who know TCP better than HTTP: raw sockets against a real confabd."""

import json
import resource
import select
import socket
import struct
import subprocess
import time

import pytest

from confabtest import answers
from confabtest.paths import CONFABD, DEADLINE_S
from confabtest.process import wait_until

HOST = b"Host: localhost\r\n"
LIVE = b"GET /health/live HTTP/1.1\r\n" + HOST + b"\r\n"
HANDSHAKE = (
    b"GET /api/v1/signaling HTTP/1.1\r\n" + HOST + b"Upgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    b"Sec-WebSocket-Protocol: confab.v1\r\n"
)
TEXT, BINARY, CLOSE, PING, FIN = 0x1, 0x2, 0x8, 0x9, 0x80


class Raw(socket.socket):
    """A connection that does just what it is told."""

    def __init__(self, daemon, source="127.0.0.1", family=socket.AF_INET):
        super().__init__(family, socket.SOCK_STREAM)
        self.settimeout(DEADLINE_S)
        host = "::1" if family == socket.AF_INET6 else "127.0.0.1"
        if source != "127.0.0.1":
            self.bind((source, 0))
        self.connect((host, daemon.port))

    def read_to_end(self):
        data = b""
        while True:
            try:
                chunk = self.recv(65536)
            except ConnectionResetError:
                return data
            if not chunk:
                return data
            data += chunk

    def read_to(self, end):
        data = b""
        while end not in data:
            chunk = self.recv(65536)
            assert chunk, f"ended after {data!r}"
            data += chunk
        return data

    def shake_hands(self, more=b""):
        self.sendall(HANDSHAKE + more + b"\r\n")
        head = self.read_to(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 101 "), head
        return head

    def read_close_code(self):
        """The code of the close frame, whatever comes before it; None when the connection ends without one."""
        data = self.read_to_end()
        while len(data) >= 2:
            length = data[1]
            start = 2
            if length == 126:
                length, start = struct.unpack(">H", data[2:4])[0], 4
            if data[0] == FIN | CLOSE:
                return struct.unpack(">H", data[start : start + 2])[0]
            data = data[start + length :]
        return None


    def send_json(self, **message):
        self.sendall(frame(FIN | TEXT, json.dumps(message).encode()))

    def read_json(self, kind):
        """All messages up to the first of that kind."""
        messages = []
        while not messages or messages[-1]["type"] != kind:
            opcode, length = self.recv(2, socket.MSG_WAITALL)
            if length == 126:
                length = struct.unpack(">H", self.recv(2, socket.MSG_WAITALL))[0]
            payload = self.recv(length, socket.MSG_WAITALL) if length else b""
            if opcode == FIN | TEXT:
                messages.append(json.loads(payload))
        return messages

    def join(self, daemon, token, call_id):
        """Goes through to the call; returns the message “joined”."""
        self.shake_hands()
        self.send_json(type="hello", version=1, ticket=daemon.ticket(token), device={"name": "raw"}, features=["audio"])
        self.send_json(type="join", call=call_id, muted=True, listen_only=True)
        return self.read_json("joined")[-1]


def frame(first_byte, payload=b""):
    mask = b"\x11\x22\x33\x44"
    if len(payload) < 126:
        head = struct.pack(">BB", first_byte, 0x80 | len(payload))
    elif len(payload) < 65536:
        head = struct.pack(">BBH", first_byte, 0x80 | 126, len(payload))
    else:
        head = struct.pack(">BBQ", first_byte, 0x80 | 127, len(payload))
    return head + mask + bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload))


def post(fields, body=b""):
    return b"POST /api/v1/calls HTTP/1.1\r\n" + HOST + fields + b"\r\n" + body


def assert_serves(daemon):
    assert daemon.request("GET", "/health/live").json == {"status": "ok"}


def assert_problem(answer, status, code, request_bytes=LIVE):
    """One whole answer of the shape that every error has, and nothing behind it."""
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 %d " % status), answer
    assert b"application/problem+json" in head
    assert b"connection: close" in head.lower()
    problem = json.loads(body)
    assert problem["status"] == status
    assert problem["code"] == code
    assert problem["title"] and problem["detail"].endswith(".") and problem["request_id"]
    answers.check_raw(request_bytes, answer)


def test_refused_without_body(daemon):
    with Raw(daemon) as raw:
        raw.sendall(b"HEAD /a HTTP/1.1\r\n" + HOST * 2 + b"\r\n")
        answer = raw.read_to_end()
    assert answer.startswith(b"HTTP/1.1 400 ") and answer.endswith(b"\r\n\r\n"), answer


def cpu_seconds(daemon):
    with open(f"/proc/{daemon.pid}/schedstat", encoding="ascii") as file:
        return int(file.read().split()[0]) / 1e9


SMUGGLED = LIVE.replace(b"/health/live", b"/smuggled")


@pytest.mark.parametrize(
    "status, code, request_bytes",
    [
        pytest.param(400, "bad-request", post(b"Content-Length: 5\r\nContent-Length: 6\r\n", SMUGGLED), id="two-lengths"),
        pytest.param(400, "bad-request", post(b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n", b"0\r\n\r\n" + SMUGGLED), id="length-and-encoding"),
        pytest.param(400, "bad-request", post(b"Transfer-Encoding : chunked\r\n", b"0\r\n\r\n" + SMUGGLED), id="space-before-colon"),
        pytest.param(400, "bad-request", b"GET /a HTTP/1.1\r\n" + HOST + b"Host: evil\r\n\r\n" + SMUGGLED, id="two-hosts"),
        pytest.param(400, "bad-request", b"GET /a HTTP/1.1\n" + HOST + b"\n" + SMUGGLED, id="bare-line-feed"),
        pytest.param(400, "bad-request", b"GET /a HTTP/1.1\r\n" + HOST + b"X: a\r\n Content-Length: 99\r\n\r\n" + SMUGGLED, id="continued-line"),
        pytest.param(400, "bad-request", b"GET http://evil/ HTTP/1.1\r\n" + HOST + b"\r\n" + SMUGGLED, id="absolute-target"),
        pytest.param(400, "bad-request", b"GET /a HTTP/1.1\r\n\r\n" + SMUGGLED, id="no-host"),
        pytest.param(411, "bad-request", post(b"Transfer-Encoding: chunked\r\n", b"-1\r\n" + SMUGGLED), id="chunked"),
        pytest.param(413, "too-large", post(b"Content-Length: 1048577\r\n", b"x" * 100000), id="large-body"),
        pytest.param(431, "too-large", b"GET /a HTTP/1.1\r\n" + HOST + b"X: y\r\n" * 100 + b"\r\n", id="many-fields"),
        pytest.param(431, "too-large", b"GET /a HTTP/1.1\r\n" + HOST + b"X: " + b"y" * 17000 + b"\r\n\r\n", id="long-head"),
        pytest.param(417, "unsupported", b"GET /a HTTP/1.1\r\n" + HOST + b"Expect: nonsense\r\n\r\n", id="expectation"),
        pytest.param(505, "unsupported", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", id="http2"),
        pytest.param(426, "unsupported", b"GET /api/v1/signaling HTTP/1.1\r\n" + HOST + b"\r\n", id="plain-request-to-the-socket"),
    ],
)
def test_refused_heads(daemon, status, code, request_bytes):
    with Raw(daemon) as raw:
        raw.sendall(request_bytes)
        assert_problem(raw.read_to_end(), status, code, request_bytes)


def test_one_request_per_connection(daemon):
    """What stands behind a good request is never taken for a second one."""
    with Raw(daemon) as raw:
        raw.sendall(LIVE + SMUGGLED)
        answer = raw.read_to_end()
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert answer.count(b"HTTP/1.1 ") == 1
    assert b"connection: close" in answer.lower()


def test_range_is_dropped(daemon):
    """libsoup would answer 3 kB of ranges with 170 kB of parts."""
    with Raw(daemon) as raw:
        raw.sendall(b"GET /health/live HTTP/1.1\r\n" + HOST + b"Range: bytes=" + b",".join([b"0-1"] * 700) + b"\r\n\r\n")
        answer = raw.read_to_end()
    assert answer.startswith(b"HTTP/1.1 200 "), answer[:200]
    assert b"content-range" not in answer.lower()
    assert len(answer) < 2000


def test_half_open_heads(daemon):
    """A hundred heads at one byte a second: each ends at the deadline of 10 s, and meanwhile others are served."""
    before = daemon.open_descriptors()
    started = time.monotonic()
    raws = [Raw(daemon) for _ in range(100)]
    waiting = set(raws)
    for byte in LIVE[:40]:
        for raw in waiting:
            try:
                raw.send(bytes([byte]))
            except OSError:
                pass
        readable, _, _ = select.select(list(waiting), [], [], 0)
        for raw in readable:
            assert_problem(raw.read_to_end(), 408, "timed-out")
            waiting.discard(raw)
        if not waiting:
            break
        assert_serves(daemon)
        time.sleep(1)
    took = time.monotonic() - started
    assert not waiting and 9 < took < 20
    for raw in raws:
        raw.close()
    wait_until(lambda: daemon.open_descriptors() <= before, "the descriptors back")


def test_idle_costs_nothing(daemon):
    """Half a head that lies in the kernel wakes nobody."""
    with Raw(daemon) as raw:
        raw.sendall(LIVE[:20])
        assert_serves(daemon)
        before = cpu_seconds(daemon)
        time.sleep(1)
        assert cpu_seconds(daemon) - before < 0.2


def visit_and_close(daemon, n, source):
    """n keep-alive connections at once, each with one answered request, closed idle by the client."""
    raws = [Raw(daemon, source) for _ in range(n)]
    for raw in raws:
        raw.sendall(b"GET /health/live HTTP/1.1\r\n" + HOST + b"Connection: keep-alive\r\n\r\n")
    for raw in raws:
        assert raw.read_to(b"\r\n\r\n").startswith(b"HTTP/1.1 200 ")
    for raw in raws:
        raw.close()


def test_twenty_thousand_visits(daemon):
    """The trap of libsoup 3.2: a descriptor for each keep-alive connection that is closed idle."""
    visit_and_close(daemon, 250, "127.0.0.1")
    wait_until(lambda: daemon.open_descriptors() < 60, "the first visitors to be gone")
    before, memory = daemon.open_descriptors(), daemon.resident_bytes()
    for batch in range(80):
        visit_and_close(daemon, 250, f"127.0.1.{1 + batch % 40}")
    wait_until(lambda: daemon.open_descriptors() <= before, f"{before} descriptors")
    assert daemon.resident_bytes() - memory < 8 * 1024 * 1024
    assert_serves(daemon)


def test_soft_limit_of_descriptors_is_raised(make_daemon):
    """Desktops and systemd give 1024 at first; what the administrator allows is the hard limit."""
    daemon = make_daemon(preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (128, 1000)))
    assert resource.prlimit(daemon.pid, resource.RLIMIT_NOFILE) == (1000, 1000)


def limit_descriptors():
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))


def test_out_of_descriptors(make_daemon):
    """More come than there are descriptors: they are sent away, nothing spins, and then everybody is served again."""
    daemon = make_daemon(preexec_fn=limit_descriptors)
    for _ in range(3):
        raws = [Raw(daemon) for _ in range(200)]
        wait_until(lambda: sum(bool(select.select([raw], [], [], 0)[0]) for raw in raws) > 100, "most to be sent away")
        before = cpu_seconds(daemon)
        time.sleep(1)
        assert cpu_seconds(daemon) - before < 0.5
        for raw in raws:
            raw.close()
        wait_until(lambda: daemon.open_descriptors() < 50, "the descriptors back")
        assert_serves(daemon)
    assert daemon.sign_in()


def test_too_many_connections(make_daemon, home):
    config = home / "confabd.conf"
    config.write_text("[limits]\nmax-connections=20\nmax-connections-per-address=5\n")
    daemon = make_daemon("--config", config)
    crowd = [Raw(daemon, "127.0.2.1") for _ in range(5)]
    with Raw(daemon, "127.0.2.1") as raw:
        assert_problem(raw.read_to_end(), 429, "too-many")
    assert_serves(daemon)
    crowd += [Raw(daemon, f"127.0.2.{2 + i // 5}") for i in range(15)]
    with Raw(daemon, "127.0.2.9") as raw:
        assert_problem(raw.read_to_end(), 503, "too-many")
    for raw in crowd:
        raw.close()
    wait_until(lambda: daemon.request("GET", "/health/live").status == 200, "room again")


def test_ipv6(home, make_daemon):
    daemon = make_daemon("--listen", "[::1]:0")
    addresses = subprocess.run(["ss", "-Hltnp"], capture_output=True, text=True, check=True).stdout
    ports = [line.split()[3].rsplit(":", 1)[1] for line in addresses.splitlines() if "[::1]" in line and f"pid={daemon.pid}," in line]
    assert len(ports) == 1
    with socket.create_connection(("::1", int(ports[0])), DEADLINE_S) as raw:
        raw.sendall(LIVE)
        assert raw.recv(100).startswith(b"HTTP/1.1 200 ")


def test_port_in_use(daemon, home):
    arguments = [CONFABD, "--listen", f"127.0.0.1:{daemon.port}", "--database", f"sqlite://{home}/data/other.db"]
    result = subprocess.run(arguments, capture_output=True, text=True, timeout=DEADLINE_S, check=False, env=daemon.env)
    assert result.returncode == 1
    assert result.stdout == ""
    complaints = [line for line in result.stderr.splitlines() if line.startswith("confabd: ")]
    assert complaints == [f"confabd: Port {daemon.port} on 127.0.0.1 is already in use"]
    assert_serves(daemon)


def test_deflate_offered_and_refused(daemon):
    with Raw(daemon) as raw:
        head = raw.shake_hands(b"Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n")
        assert b"extensions" not in head.lower()
        assert b"\r\nSec-WebSocket-Protocol: confab.v1\r\n" in head
        raw.sendall(frame(FIN | 0x40 | TEXT, b"\xaaV*\xa9,HU\xb2R\xcaH\xcd\xc9\xc9W\xaa\x05\x00"))
        assert raw.read_close_code() == 1002


@pytest.mark.parametrize(
    "code, data",
    [
        pytest.param(1002, b"\x81\x02hi", id="unmasked"),
        pytest.param(1007, frame(FIN | TEXT, b"\xff\xfe"), id="no-utf8"),
        pytest.param(4413, frame(FIN | TEXT, b"x" * 65537), id="large-message"),
        pytest.param(4413, frame(TEXT, b"x" * 40000) + frame(0, b"x" * 40000), id="large-in-fragments"),
        pytest.param(4413, frame(TEXT, b"x") + frame(0) * 2000, id="many-fragments"),
        pytest.param(4429, frame(FIN | PING, b"x") * 1000, id="ping-flood"),
    ],
)
def test_bad_frames(daemon, code, data):
    with Raw(daemon) as raw:
        raw.shake_hands()
        raw.sendall(data)
        assert raw.read_close_code() == code
    assert_serves(daemon)


def test_unfinished_fragments_are_bounded(daemon):
    """A hundred peers that begin a message of almost the limit and never finish it."""
    before = daemon.resident_bytes()
    raws = [Raw(daemon) for _ in range(100)]
    piece = frame(TEXT, b"x" * 60000)
    for raw in raws:
        raw.shake_hands()
        raw.sendall(piece)
    assert_serves(daemon)
    wait_until(lambda: daemon.resident_bytes() - before < 32 * 1024 * 1024, "memory that is bounded", 5)
    codes = {raw.read_close_code() for raw in raws}
    assert codes <= {4408, 4401}, codes
    for raw in raws:
        raw.close()


def test_ping_flood_delays_nobody(daemon):
    """Twenty peers send pings as fast as they can and read nothing."""
    before = daemon.resident_bytes()
    flood = frame(FIN | PING, b"flood") * 2000
    raws = [Raw(daemon) for _ in range(20)]
    for raw in raws:
        raw.shake_hands()
        raw.setblocking(False)
    started = time.monotonic()
    for _ in range(50):
        for raw in raws:
            try:
                raw.send(flood)
            except OSError:
                pass
        assert_serves(daemon)
    assert time.monotonic() - started < 20
    # Nobody has read: what was kept for them is still kept. At its start a daemon measures the cost of a password, with 64 MiB.
    wait_until(lambda: daemon.resident_bytes() - before < 16 * 1024 * 1024, "memory that is bounded")
    for raw in raws:
        raw.close()


def test_peer_that_never_reads(daemon):
    """One participant stops reading: it is shut out as too slow, and nobody else waits a moment for it."""
    before = daemon.resident_bytes()
    token = daemon.sign_in()
    call_id = daemon.create_call(token)["call"]["id"]
    deaf, good = Raw(daemon), Raw(daemon)
    deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
    victim = deaf.join(daemon, token, call_id)["self"]
    good.join(daemon, token, call_id)
    news = []
    for i in range(400):
        good.send_json(type="signal", to=victim, kind="candidate", generation=1, payload={"candidate": "x" * 50000})
        good.send_json(type="ping", id=i)
        started = time.monotonic()
        news += good.read_json("pong")
        assert time.monotonic() - started < 5
        if any(message["type"] == "participant-left" for message in news):
            break
    left = [message for message in news if message["type"] == "participant-left"]
    assert [(message["participant"], message["reason"]) for message in left] == [(victim, "too-slow")]
    # Not at once: a daemon that has just begun may still be finding out what a password may cost, which takes memory.
    wait_until(lambda: daemon.resident_bytes() - before < 16 * 1024 * 1024, "the memory of what was not read")
    deaf.close()
    good.close()


def test_reset_during_handshake(daemon):
    """A client that resets is no event: nothing is logged, nothing stays."""
    before = daemon.open_descriptors()
    for i in range(300):
        raw = Raw(daemon)
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        if i % 3:
            raw.sendall(LIVE if i % 3 == 1 else HANDSHAKE + b"\r\n")
        raw.close()
    wait_until(lambda: daemon.open_descriptors() <= before, "the descriptors back")
    assert_serves(daemon)
    assert "WARNING" not in daemon.process.error_text
