# SPDX-License-Identifier: GPL-3.0-or-later
"""What became of speech between mouth and ear: delay, intelligibility, holes."""

import dataclasses

import numpy as np
from confabtest.audio import RATE
from confabtest.stoi import compare, delay_ms, quality

SILENCE = 0.001
LOUD = 0.02
STEP = RATE // 50
MIN_PIECES = 3


@dataclasses.dataclass(frozen=True)
class Verdict:
    """delay_ms: median; drift_ms: the last quarter against the first; holes: 20 ms without sound amid speech."""

    delay_ms: float
    drift_ms: float
    stoi: float
    holes: int


def rms_steps(samples):
    count = len(samples) // STEP
    return np.sqrt(np.mean(np.square(samples[: count * STEP].reshape(count, STEP)), axis=1))


def count_holes(mouth, ear, lag):
    """Steps of 20 ms that are loud at the mouth, as their neighbours are, and silent at the ear."""
    loud = rms_steps(mouth[: len(mouth) - lag]) > LOUD
    inside = loud[1:-1] & loud[:-2] & loud[2:]
    silent = rms_steps(ear[lag:])[: len(loud)][1:-1] < SILENCE
    return int(np.sum(inside & silent))


def judge(samples):
    """The verdict on a recording of the bus; None when next to nothing that was said was heard."""
    mouth, ear = samples[:, 0], samples[:, 2]
    pieces = compare(mouth, ear, piece_s=1.0)
    heard = [piece for piece in pieces if not np.isnan(piece.delay_ms)]
    if len(heard) < MIN_PIECES:
        return None
    quarter = max(1, len(heard) // 4)
    middle = delay_ms(heard)
    return Verdict(
        delay_ms=middle,
        drift_ms=delay_ms(heard[-quarter:]) - delay_ms(heard[:quarter]),
        stoi=quality(compare(mouth, ear)),
        holes=count_holes(mouth, ear, int(middle * RATE / 1000)),
    )
