# SPDX-License-Identifier: GPL-3.0-or-later
"""Mumble without anybody at its windows: a server of our own, and clients that ask nothing."""

import hashlib
import os
import pathlib
import pwd
import socket
import sqlite3
import ssl
import subprocess
import uuid

from confabtest.process import Process, wait_until

HOST = "127.0.0.1"

#: No wizards (lastupdate), no shortcuts, no voice that reads, no questions; the voice is sent all the time (transmit).
SETTINGS = {
    "General/lastupdate": 2,
    "audio/input": "PulseAudio",
    "audio/output": "PulseAudio",
    "audio/transmit": 0,
    "shortcut/enable": "false",
    "tts/enable": "false",
    "ui/updatecheck": "false",
    "ui/plugincheck": "false",
    "ui/usage": "false",
    "ui/askonquit": "false",
    "ui/disablepubliclist": "true",
}


def free_port():
    """One that is free for TCP and UDP now; the server wants to be told a number."""
    with socket.socket() as stream, socket.socket(type=socket.SOCK_DGRAM) as datagrams:
        stream.bind((HOST, 0))
        datagrams.bind((HOST, stream.getsockname()[1]))
        return stream.getsockname()[1]


def make_certificate(folder, name):
    """(certificate, key) as PEM files, self-signed."""
    certificate, key = folder / f"{name}.pem", folder / f"{name}.key"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={name}"]
    subprocess.run([*command, "-out", str(certificate), "-keyout", str(key)], check=True, capture_output=True, timeout=60)
    return certificate, key


class MumbleServer:
    """murmurd on a free port of loopback, with a bandwidth that refuses nobody."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.port = free_port()
        self.digest = None
        self.process = None

    def __enter__(self):
        certificate, key = make_certificate(self.folder, "server")
        self.digest = hashlib.sha1(ssl.PEM_cert_to_DER_cert(certificate.read_text())).hexdigest()
        config = self.folder / "murmur.ini"
        lines = {
            "database": self.folder / "murmur.sqlite",
            "host": HOST,
            "port": self.port,
            "bandwidth": 558000,
            "logfile": self.log,
            "pidfile": "",
            "sslCert": certificate,
            "sslKey": key,
            "bonjour": "false",
            "autobanAttempts": 0,
            "uname": pwd.getpwuid(os.getuid()).pw_name,  # who started it, be it root
        }
        config.write_text("".join(f"{key}={value}\n" for key, value in lines.items()))
        self.process = Process(["murmurd", "-fg", "-ini", config], env={**os.environ, "HOME": str(self.folder)})
        wait_until(lambda: "Server listening" in self.read_log(), "the Mumble server")
        return self

    @property
    def log(self):
        return self.folder / "murmur.log"

    def read_log(self):
        written = self.log.read_text(errors="replace") if self.log.exists() else ""
        return "\n".join([written, *self.process.lines, *self.process.errors])

    def wait_authenticated(self, name):
        def is_in():
            return any(f":{name}(" in line and line.endswith("Authenticated") for line in self.read_log().splitlines())

        wait_until(is_in, f"{name} in Mumble")

    def __exit__(self, *_):
        self.process.stop()


class MumbleClient:
    """One client on the devices of its seat, in a home of its own. Its name is its own, too: names in a server are unique."""

    def __init__(self, folder, server, seat, settings, display):
        self.folder = pathlib.Path(folder)
        self.server = server
        self.seat = seat
        self.settings = settings
        self.display = display
        self.name = f"{seat.name}-{uuid.uuid4().hex[:8]}"
        self.process = None

    @property
    def pid(self):
        return self.process.pid

    def _write_settings(self):
        devices = {"pulseaudio/input": self.seat.microphone, "pulseaudio/output": self.seat.speaker}
        certificate = {"net/certificate": self._make_identity()}
        sections = {}
        for path, value in {**SETTINGS, **devices, **certificate, **self.settings}.items():
            section, key = path.split("/")
            sections.setdefault(section, []).append(f"{key}={value}\n")
        path = self.folder / ".config/Mumble/Mumble.conf"
        path.parent.mkdir(parents=True)
        path.write_text("".join(f"[{name}]\n{''.join(lines)}" for name, lines in sections.items()))

    def _make_identity(self):
        """A PKCS#12 file as Qt writes bytes; without one Mumble makes one at each start."""
        certificate, key = make_certificate(self.folder, "client")
        command = ["openssl", "pkcs12", "-export", "-in", str(certificate), "-inkey", str(key), "-passout", "pass:"]
        packed = subprocess.run(command, check=True, capture_output=True, timeout=60).stdout
        return '"@ByteArray({})"'.format("".join(f"\\x{byte:02x}" for byte in packed))

    def _trust_server(self):
        """What a click on “accept this certificate” leaves behind."""
        path = self.folder / ".local/share/Mumble/Mumble/mumble.sqlite"
        path.parent.mkdir(parents=True)
        with sqlite3.connect(path) as database:
            database.execute(
                "CREATE TABLE cert (id INTEGER PRIMARY KEY AUTOINCREMENT, hostname TEXT, port INTEGER, digest TEXT)"
            )
            database.execute("CREATE UNIQUE INDEX cert_host_port ON cert (hostname, port)")
            row = (HOST, self.server.port, self.server.digest)
            database.execute("INSERT INTO cert (hostname, port, digest) VALUES (?, ?, ?)", row)
        database.close()

    def __enter__(self):
        self._write_settings()
        self._trust_server()
        (self.folder / "run").mkdir(mode=0o700)
        env = {**os.environ, **self.seat.card.env, **self.display.env, "HOME": str(self.folder), "QT_QPA_PLATFORM": "xcb"}
        env["XDG_RUNTIME_DIR"] = str(self.folder / "run")
        env.pop("DBUS_SESSION_BUS_ADDRESS", None)
        self.process = Process(["mumble", "-m", f"mumble://{self.name}@{HOST}:{self.server.port}/"], env=env)
        return self

    def __exit__(self, *_):
        self.process.stop()
