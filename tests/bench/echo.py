# SPDX-License-Identifier: GPL-3.0-or-later
"""Echo that is left of a room between speaker and microphone: PulseAudio and PipeWire, without and with a delay nobody reports.

    /usr/bin/python3 tests/bench/echo.py [--runs 3]

Two confab-cli in a call; one speaks with a file and records what comes back, the other one sits in a room of 40 ms that
carries its speaker to its microphone, 6 dB softer. Counted are four seconds, from the fifth second of the far voice on.
Prints a Markdown table. Needs what ./check installs.
"""

import argparse
import pathlib
import statistics
import sys
import tempfile

TESTS = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TESTS / "integration"))

from confabtest import audio  # noqa: E402
from confabtest.daemon import Daemon  # noqa: E402
from confabtest.echo import measure_echo  # noqa: E402
from confabtest.pipewire import PipeWireServer  # noqa: E402
from confabtest.sessions import PulseServer  # noqa: E402

SERVERS = {"PulseAudio": PulseServer, "PipeWire": PipeWireServer}
DELAYS_MS = (0, 100)


def run_once(make_server, delay_ms):
    with tempfile.TemporaryDirectory(prefix="cf") as folder:
        home = pathlib.Path(folder)
        for name in ("run", "data", "config", "cache", "state", "records"):
            (home / name).mkdir(mode=0o700)
        far = audio.make_speech(home / "speech.wav")
        with Daemon(home) as daemon, make_server(home) as server:
            return measure_echo(daemon, server, far, home / "records/far.wav", delay_ms=delay_ms)[0]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    print("| sound server | delay that it does not report, ms | ERLE, dB, median of the runs | min–max |")
    print("|---|---|---|---|")
    for name, make_server in SERVERS.items():
        for delay_ms in DELAYS_MS:
            erle = [run_once(make_server, delay_ms) for _ in range(options.runs)]
            row = f"| {name} | {delay_ms} | {statistics.median(erle):.1f} | {min(erle):.1f}–{max(erle):.1f} |"
            print(row, flush=True)


if __name__ == "__main__":
    main()
