# SPDX-License-Identifier: GPL-3.0-or-later
"""A network of its own for a test: namespaces in which addresses, routes and names are what the test says."""

import pathlib
import subprocess

from .paths import DEADLINE_S
from .process import Process, wait_until


def run(*arguments):
    done = subprocess.run(list(map(str, arguments)), capture_output=True, text=True, timeout=DEADLINE_S)
    assert done.returncode == 0, f"{arguments}: {done.stderr}"
    return done.stdout


class Namespace:
    """Network, mounts and users of its own, root inside whoever starts it; gone with its one process."""

    def __init__(self):
        self.holder = Process(["unshare", "--user", "--map-root-user", "--net", "--mount", "sh", "-c", "echo in; exec sleep infinity"])

    def __enter__(self):
        self.holder.wait_line(lambda line: line == "in", "the namespace")
        self.run("ip", "link", "set", "lo", "up")
        return self

    def __exit__(self, *_):
        self.holder.stop()

    @property
    def prefix(self):
        """What goes in front of a command that shall run inside."""
        keep = ["--user", "--net", "--mount", "--preserve-credentials"]
        return ["nsenter", f"--target={self.holder.popen.pid}", *keep, "--"]

    def run(self, *arguments):
        return run(*self.prefix, *arguments)

    def link(self, name, *addresses):
        """A pair of interfaces; the first one has the addresses, both are inside."""
        self.run("ip", "link", "add", name, "type", "veth", "peer", "name", f"{name}-far")
        for one in (name, f"{name}-far"):
            self.run("ip", "link", "set", one, "up")
        for address in addresses:
            family = ["-6"] if ":" in address else []
            nodad = ["nodad"] if ":" in address else []
            self.run("ip", *family, "address", "add", address, "dev", name, *nodad)

    def lose(self, percent):
        """From now on so many of the datagrams are lost on their way, by lot."""
        self.run("nft", "add table inet weather")
        self.run("nft", "add chain inet weather input { type filter hook input priority 0; }")
        self.run("nft", f"add rule inet weather input meta l4proto udp numgen random mod 100 < {percent} drop")

    def replace_file(self, path, source):
        """Whoever is inside sees another file there."""
        self.run("mount", "--bind", source, path)


class Relay:
    """coturn with a shared secret, on one address of a namespace."""

    PORT, TLS_PORT = 3478, 5349
    SECRET = "north-pole-north-pole"
    NAME = "relay.confab.test"

    def __init__(self, namespace, address, home):
        self.namespace, self.address, self.home = namespace, address, pathlib.Path(home)
        self.certificate = self.home / "relay.pem"
        self.key = self.home / "relay.key"
        self.process = None

    def _make_certificate(self):
        subject = ["-subj", f"/CN={self.NAME}", "-addext", f"subjectAltName=DNS:{self.NAME}"]
        options = ["-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *subject]
        run("openssl", "req", *options, "-keyout", self.key, "-out", self.certificate)

    def __enter__(self):
        self._make_certificate()
        hosts = self.home / "hosts"
        hosts.write_text(f"127.0.0.1 localhost\n{self.address} {self.NAME}\n")
        self.namespace.replace_file("/etc/hosts", hosts)
        ports = ["--listening-port", self.PORT, "--tls-listening-port", self.TLS_PORT]
        where = ["--listening-ip", self.address, "--relay-ip", self.address, *ports]
        secret = ["--use-auth-secret", "--static-auth-secret", self.SECRET, "--realm", "confab.test"]
        files = ["--cert", self.certificate, "--pkey", self.key, "--userdb", self.home / "relay.db", "--pidfile", self.home / "relay.pid"]
        rest = ["--log-file", "stdout", "--simple-log", "--no-cli", "--verbose"]
        self.process = Process([*self.namespace.prefix, "turnserver", "-n", *where, *secret, *files, *rest])
        wait_until(self._is_listening, "the relay")
        return self

    def _is_listening(self):
        listening = self.namespace.run("ss", "-Htln")
        return f":{self.PORT} " in listening and f":{self.TLS_PORT} " in listening

    def __exit__(self, *_):
        self.process.stop()

    def trust(self):
        """Whoever is inside knows the relay's certificate from now on, and no other."""
        self.namespace.replace_file("/etc/ssl/certs/ca-certificates.crt", self.certificate)

    @property
    def n_places(self):
        """How often somebody got a place."""
        return sum("ALLOCATE processed, success" in line for line in self.process.lines)


