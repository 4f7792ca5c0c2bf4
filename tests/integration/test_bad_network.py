# SPDX-License-Identifier: GPL-3.0-or-later
"""Speech over bad networks in simulated time: our encoder, its adaptation and our jitter buffer, judged by STOI."""

import concurrent.futures
import json
import subprocess

import numpy as np
import pytest

from confabtest import audio, stoi
from confabtest.paths import BUILD, DEADLINE_S

pytestmark = pytest.mark.sound

TRIAL = BUILD / "tests/client/audio/network-trial"
SECONDS = 20
SETTLE_S = 2  # until the first reports are in

#: What the network does, what has to be understood of it, and the most that encoder and buffer may add to its delay.
NETWORKS = {
    "good": ({"delay-ms": 30}, 0.985, 30),
    "loses 5 %": ({"delay-ms": 30, "loss": 0.05}, 0.98, 40),
    "loses 10 %": ({"delay-ms": 30, "loss": 0.1}, 0.98, 40),
    "loses 20 %": ({"delay-ms": 30, "loss": 0.2}, 0.96, 40),
    "loses 10 % in bursts of 3": ({"delay-ms": 30, "loss": 0.1, "burst": 3}, 0.94, 40),
    "10 ms of jitter": ({"delay-ms": 30, "jitter-ms": 10}, 0.97, 60),
    "30 ms of jitter": ({"delay-ms": 90, "jitter-ms": 30}, 0.97, 110),
    "stalls once a second": ({"delay-ms": 30, "stall-s": 1, "stall-ms": 20}, 0.98, 30),
    "stalls three times a second": ({"delay-ms": 30, "stall-s": 0.3, "stall-ms": 50}, 0.94, 60),
    "stalls for long": ({"delay-ms": 30, "stall-s": 6, "stall-ms": 200}, 0.85, 30),
    "repeats every third": ({"delay-ms": 30, "duplicates": 0.3}, 0.985, 30),
}


@pytest.fixture(scope="module")
def speech(tmp_path_factory):
    return audio.make_speech(tmp_path_factory.mktemp("speech") / "speech.wav")


def trial(folder, speech, *options, **figures):
    """One run: (pieces as they were heard, what the programme counted)."""
    heard = folder / f"{abs(hash((options, tuple(figures.items()))))}.wav"
    arguments = [f"--{key}={value}" for key, value in {"seconds": SECONDS, **figures}.items()]
    done = subprocess.run(
        [TRIAL, f"--speech={speech}", f"--out={heard}", *arguments, *options],
        check=True,
        capture_output=True,
        text=True,
        timeout=DEADLINE_S,
    )
    out = audio.read(heard)
    said = np.resize(audio.read(speech), len(out))
    skip = SETTLE_S * audio.RATE
    return stoi.compare(said[skip:], out[skip:]), json.loads(done.stdout)


def test_is_understood_whatever_the_network_does(tmp_path, speech):
    """Better than what is demanded, and than speexdsp's buffer hears out of the same packets."""
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        ours = {name: pool.submit(trial, tmp_path, speech, **one[0]) for name, one in NETWORKS.items()}
        theirs = {name: pool.submit(trial, tmp_path, speech, "--speex", **one[0]) for name, one in NETWORKS.items()}
    for name, (figures, wanted, most_ms) in NETWORKS.items():
        pieces, _ = ours[name].result()
        mark = stoi.quality(pieces)
        assert mark >= wanted, f"{name}: {mark:.3f}"
        assert stoi.delay_ms(pieces) - figures["delay-ms"] <= most_ms, f"{name}: {stoi.delay_ms(pieces):.0f} ms"
        assert mark >= stoi.quality(theirs[name].result()[0]) - 0.005, name


def test_delay_is_back_after_a_disturbance(tmp_path, speech):
    pieces, counts = trial(tmp_path, speech, "--recover", seconds=24, **{"delay-ms": 90, "jitter-ms": 30})
    idle, _ = trial(tmp_path, speech, **{"delay-ms": 90})
    after = [piece.delay_ms for piece in pieces if piece.at_s + SETTLE_S >= 12 + 5]
    assert after and max(after) <= stoi.delay_ms(idle) + 12
    assert counts["delay_us"] < 15000


def test_sends_less_into_a_narrow_network_and_more_again(tmp_path, speech):
    narrow = {"delay-ms": 30, "rate-kbps": 40}
    pieces, counts = trial(tmp_path, speech, seconds=40, **narrow)
    assert counts["frame_ms"] >= 20 and counts["bitrate"] <= 32000
    # once it is found out; now and then it is tried whether more gets through
    assert np.median([piece.stoi for piece in pieces[-10:]]) > 0.85
    _, counts = trial(tmp_path, speech, "--recover", seconds=160, **narrow)
    assert counts["frame_ms"] == 10 and counts["bitrate"] >= 48000
