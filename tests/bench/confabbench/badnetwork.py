# SPDX-License-Identifier: GPL-3.0-or-later
"""Two network namespaces with a link between them that can be made bad.

Bursts, delay, jitter and cuts are the link's doing, random loss is that of nftables.
"""

import contextlib
import json
import os
import pathlib
import socket
import subprocess

from confabtest.process import Process

LINK = pathlib.Path(__file__).resolve().parents[1] / "impaired_link.py"
ADDRESSES = ("10.77.0.1", "10.77.0.2")

#: Of what arrives, so many thousandths are thrown away, each packet by itself.
RANDOM_LOSS = """
table inet confab
delete table inet confab
table inet confab {{
  chain arrivals {{
    type filter hook prerouting priority raw;
    iifname "confab0" meta l4proto udp numgen random mod 1000 < {thousandths} drop;
  }}
}}
"""


def run(*arguments, text=None):
    return subprocess.run(list(map(str, arguments)), input=text, check=True, capture_output=True, text=True, timeout=20)


@contextlib.contextmanager
def namespace(name):
    run("ip", "netns", "add", name)
    try:
        run("ip", "-n", name, "link", "set", "lo", "up")
        yield name
    finally:
        run("ip", "netns", "delete", name)


class BadNetwork:
    """Good until set() says otherwise."""

    def __init__(self, home):
        self.names = [f"confab-bench-{os.getpid()}-{end}" for end in ("a", "b")]
        self.control = pathlib.Path(home) / "link.sock"
        self.process = None
        self._stack = contextlib.ExitStack()

    def __enter__(self):
        with contextlib.ExitStack() as stack:
            for name in self.names:
                stack.enter_context(namespace(name))
            ends = [word for end in zip(self.names, ADDRESSES) for word in end]
            command = ["/usr/bin/python3", LINK, self.control, *ends]
            self.process = stack.enter_context(Process(command))
            self.process.wait_line(lambda line: line == "ready", "the link")
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_):
        self._stack.close()

    def counts(self):
        """Ends the link: what became of the packets of each direction."""
        self.process.stop()
        return json.loads(self.process.lines[-1])

    def prefix(self, end):
        """What goes in front of a command that shall run at that end, 0 or 1."""
        return ("ip", "netns", "exec", self.names[end])

    def set(self, *, random_loss=0.0, delay_ms=0.0, jitter_ms=0.0, loss=0.0, burst=1.0, is_cut=False):
        """What is not given is as in a good network. random_loss: by nftables; loss: by the link, in bursts of that mean."""
        for end in (0, 1):
            run(*self.prefix(end), "nft", "-f", "-", text=RANDOM_LOSS.format(thousandths=round(random_loss * 1000)))
        figures = {"delay_ms": delay_ms, "jitter_ms": jitter_ms, "loss": loss, "burst": burst, "is_cut": is_cut}
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
            sender.sendto(json.dumps(figures).encode(), str(self.control))
        self.process.wait_line(lambda line: line == "set", "the change of the link")
