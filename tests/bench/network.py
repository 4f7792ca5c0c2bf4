# SPDX-License-Identifier: GPL-3.0-or-later
"""Speech over bad networks, live: confab-cli, plain webrtcbin and Chromium, in turn over the same link.

    /usr/bin/python3 tests/bench/network.py [--seconds 12] [--runs 1] [--only WORD…] [--networks WORD]

Two network namespaces with a link of our own between them (confabbench/badnetwork.py); the faults begin once the call is up.
Both ends of the sound are on the one clock of a null sink, as in delay.py. It is the network that is compared, not the machine:
sound server and programs start with real-time priority. Prints a Markdown table. Needs root, what ./check
installs, and data/packages/bench. Whatever it makes is gone when it ends, however it ends.
"""

import argparse
import contextlib
import os
import pathlib
import signal
import statistics
import sys
import tempfile
import time
import traceback

import numpy as np
from confabbench import contenders
from confabbench.badnetwork import ADDRESSES, BadNetwork
from confabbench.card import BUS, Seat, SoundCard
from confabbench.judge import judge
from confabtest import audio, cli
from confabtest.process import Process, wait_until

SETTLE_S = 5  # reports are in, buffers have grown
ATTEMPTS = 2
REPEATS = 8  # of the speech, so that it lasts for a call
PEER = pathlib.Path(__file__).with_name("plain_webrtcbin.py")
REFERENCE = "plain webrtcbin"

NETWORKS = {
    "good": {"delay_ms": 30},
    "5 % lost": {"delay_ms": 30, "random_loss": 0.05},
    "10 % lost": {"delay_ms": 30, "random_loss": 0.1},
    "20 % lost": {"delay_ms": 30, "random_loss": 0.2},
    "10 % lost, in bursts of 3": {"delay_ms": 30, "loss": 0.1, "burst": 3},
    "10 ms of jitter": {"delay_ms": 30, "jitter_ms": 10},
    "30 ms of jitter": {"delay_ms": 90, "jitter_ms": 30},
}


class Confab(contenders.Confab):
    """confab-cli, which says how much it had to make up."""

    before_start = staticmethod(cli.take_priority)

    def join(self, stack, link, seat):
        self.listener = super().join(stack, link, seat)
        return self.listener

    def concealed(self):
        """The share of the last ten seconds, at the one who joined last."""
        stats = [event for event in self.listener.events if event["event"] == "stats"]
        return stats[-1]["peers"][0].get("concealed_ratio") if stats and stats[-1]["peers"] else None


class Webrtcbin:
    """Two ends of plain_webrtcbin.py."""

    def __init__(self, title, *options):
        self.title = title
        self.options = options

    @contextlib.contextmanager
    def meet(self, stage, seats):
        path = stage.make_folder() / "wire"
        with contextlib.ExitStack() as stack:
            people = []
            for role, seat in zip(("answer", "offer"), seats):
                command = [*seat.prefix, "/usr/bin/python3", PEER, role, path, seat.microphone, seat.speaker, *self.options]
                env = {**os.environ, **seat.card.env}
                people.append(stack.enter_context(Process(command, env=env, preexec_fn=cli.take_priority)))
                wait_until(path.exists, "the one who answers")
            for one in people:
                one.wait_line(lambda line: line == "heard", "sound of the other")
            yield [one.pid for one in people]

    def concealed(self):
        return None


#: Of all samples that the page got, those that are no sound of the other side.
CONCEALED = """
const found = [];
for (const one of window.spy.connections)
  for (const [, report] of await one.getStats())
    if (report.type === 'inbound-rtp' && report.totalSamplesReceived) found.push(report.concealedSamples / report.totalSamplesReceived);
return found.at(-1) ?? null;
"""


class Chromium(contenders.Chromium):
    """The guest page at both ends."""

    def join(self, *arguments):
        self.listener, page = super().join(*arguments)
        return self.listener, page

    def concealed(self):
        """The share of the whole call, at the one who joined last."""
        return self.listener.browsers[0].run(CONCEALED)


CONTENDERS = (
    Confab("Confab"),
    Webrtcbin(REFERENCE),
    Webrtcbin("webrtcbin, FEC", "--fec"),
    Chromium("Chromium"),
    Chromium("Chromium, no processing", contenders.UNPROCESSED),
)


def run_once(contender, stage, network, figures, card, speech, seconds):
    """One call: (verdict, concealed share); the verdict is None when the listener heard nothing like it."""
    prefixes = network.prefix(0), network.prefix(1)
    seats = [Seat("Talker", card, "mouth", "aside", prefixes[0]), Seat("Listener", card, "quiet.monitor", "ear", prefixes[1])]
    network.set(delay_ms=figures["delay_ms"])
    with card.speaking(speech), contender.meet(stage, seats):
        network.set(**figures)
        card.hurry()  # its threads come with its streams
        time.sleep(SETTLE_S)
        samples = card.record_bus(seconds)
        concealed = contender.concealed()
    return judge(samples), concealed


def run(contender, title, *arguments):
    for _ in range(ATTEMPTS):
        try:
            result = run_once(contender, *arguments)
        except Exception:  # whatever became of that call: the others' figures are wanted all the same
            traceback.print_exc()
            continue
        print(f"{title}: {contender.title}: {result}", file=sys.stderr, flush=True)
        if result[0] is not None:
            return result
    return None


def middle(results, read):
    values = [read(one) for one in results if one is not None and read(one) is not None]
    return statistics.median(values) if values else float("nan")


def row(network, contender, results, reference):
    mark, delay_ms = (middle(results, lambda one, name=name: getattr(one[0], name)) for name in ("stoi", "delay_ms"))
    known = middle(reference, lambda one: one[0].stoi), middle(reference, lambda one: one[0].delay_ms)
    concealed = middle(results, lambda one: one[1])
    share = f"{concealed * 100:.1f} %" if concealed == concealed else "–"
    good = sum(one is not None for one in results)
    return (
        f"| {network} | {contender.title} | {mark:.3f} | {mark / known[0]:.2f} | {share} "
        f"| {delay_ms:.0f} | {delay_ms / known[1]:.2f} | {good} of {len(results)} |"
    )


def table(results):
    """results: {network: {contender: [(verdict, concealed) or None]}}."""
    print("| network | | STOI | ratio | concealed | mouth to ear, ms | ratio | calls |")
    print("|---|---|---|---|---|---|---|---|")
    for network, by_contender in results.items():
        reference = next((found for one, found in by_contender.items() if one.title == REFERENCE), [])
        for contender, found in by_contender.items():
            print(row(network, contender, found, reference))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=12, help="of speech that are judged in each call")
    parser.add_argument("--only", nargs="+", default=[""], help="the programs whose name contains one of these")
    parser.add_argument("--networks", default="", help="the networks whose name contains this")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # else what was started would stay
    programs = [one for one in CONTENDERS if any(word.lower() in one.title.lower() for word in options.only)]
    results = {title: {one: [] for one in programs} for title in NETWORKS if options.networks in title}
    with tempfile.TemporaryDirectory(prefix="cf", ignore_cleanup_errors=True) as folder, contextlib.ExitStack() as stack:
        speech = audio.make_speech(pathlib.Path(folder) / "speech.wav")
        audio.write(speech, np.tile(audio.read(speech), REPEATS))
        network = stack.enter_context(BadNetwork(folder))
        stage = stack.enter_context(contenders.Stage(folder, network.prefix(0), ADDRESSES[0]))
        card = stack.enter_context(SoundCard(folder, BUS))
        for _ in range(options.runs):
            for title, by_contender in results.items():
                for one, found in by_contender.items():
                    found.append(run(one, title, stage, network, NETWORKS[title], card, speech, options.seconds))
    table(results)


if __name__ == "__main__":
    main()
