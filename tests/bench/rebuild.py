# SPDX-License-Identifier: GPL-3.0-or-later
"""How long nothing is heard when a way breaks without a word: both ends still live, their packets do not arrive.

    /usr/bin/python3 tests/bench/rebuild.py [--runs 12]

In a network of its own; each time the ports that the talker uses now are cut off, and the connection has to be rebuilt
on others. Prints a Markdown table of the gaps in what the listener recorded.
"""

import argparse
import pathlib
import re
import statistics
import sys
import tempfile

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "integration"))

from confabtest import audio  # noqa: E402
from confabtest.cli import CliParticipant, create_call  # noqa: E402
from confabtest.daemon import Daemon  # noqa: E402
from confabtest.network import Namespace  # noqa: E402
from confabtest.process import wait_until  # noqa: E402

NOTICED_S = 2  # without a packet for so long the connection counts as broken
ROUND_PACKETS = 400


def n_packets(participant):
    """Of the connection there is now; -1 while it has none."""
    peers = [event["peers"] for event in participant.events if event["event"] == "stats"]
    return peers[-1][0].get("packets", -1) if peers and peers[-1] else -1


def cut(network, pid):
    """What comes from the sockets that the process has now is lost from now on."""
    sockets = network.run("ss", "-Hulnp")
    ports = {re.search(r":(\d+)\s", line).group(1) for line in sockets.splitlines() if f"pid={pid}," in line}
    network.run("nft", f"add rule inet weather input udp sport {{ {', '.join(sorted(ports))} }} drop")


def gaps_ms(path):
    """The lengths of all silences of more than 100 ms between sounds, ms."""
    loud = np.flatnonzero(audio.envelope(audio.read(path)) > 0.01)
    steps = np.diff(loud) * 10
    return [int(step) for step in steps if step > 100]


def measure(runs, home):
    tone = audio.make_tone(home / "tone.wav", 700)
    with Namespace() as network:
        network.link("net0", "10.99.0.1/24")
        network.run("nft", "add table inet weather")
        network.run("nft", "add chain inet weather input { type filter hook input priority 0; }")
        with Daemon(home, prefix=network.prefix) as daemon:
            link = create_call(daemon, prefix=network.prefix)
            talker = CliParticipant(link, "Talker", "--play", tone, "--loop", prefix=network.prefix)
            listener = CliParticipant(link, "Listener", "--record", home / "heard.wav", prefix=network.prefix)
            with talker, listener:
                listener.wait_event("first-audio")
                for _ in range(runs):
                    wait_until(lambda: n_packets(listener) > ROUND_PACKETS, "some seconds of sound")
                    cut(network, talker.pid)
                    wait_until(lambda: -1 < n_packets(listener) < ROUND_PACKETS, "another connection")
                wait_until(lambda: n_packets(listener) > ROUND_PACKETS, "some seconds of sound")
    return gaps_ms(home / "heard.wav")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=12)
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory(prefix="cf") as folder:
        home = pathlib.Path(folder)
        (home / "data").mkdir()
        found = measure(runs, home)
    again = [gap - 1000 * NOTICED_S for gap in found]
    print(f"| {len(found)} breaks in {runs} | median | least | most |\n|---|---|---|---|")
    for name, values in (("nothing is heard, ms", found), ("of it after it was noticed, ms", again)):
        print(f"| {name} | {statistics.median(values):.0f} | {min(values)} | {max(values)} |")


if __name__ == "__main__":
    main()
