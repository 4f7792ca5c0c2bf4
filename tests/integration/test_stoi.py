# SPDX-License-Identifier: GPL-3.0-or-later
"""The ear that the other tests trust."""

import numpy as np
import pytest

from confabtest import audio, stoi


@pytest.fixture(scope="module")
def speech(tmp_path_factory):
    return audio.read(audio.make_speech(tmp_path_factory.mktemp("speech") / "speech.wav"))


def test_noise_costs_what_the_paper_says(speech):
    noise = np.random.default_rng(1).normal(size=len(speech)) * np.std(speech)
    marks = [stoi.stoi(speech, speech + noise * 10 ** (-db / 20)) for db in (60, 10, 0, -10)]
    assert marks[0] > 0.999
    assert marks == sorted(marks, reverse=True)
    assert 0.97 < marks[1] < 0.99 and 0.6 < marks[3] < 0.8, marks


def test_finds_each_piece_where_it_was_heard(speech):
    half = len(speech) // 2
    heard = np.concatenate([np.zeros(4800), speech[:half], np.zeros(960), speech[half:], np.zeros(48000)])
    pieces = stoi.compare(speech, heard)
    assert pieces[0].delay_ms == pytest.approx(100, abs=0.1)
    assert pieces[-1].delay_ms == pytest.approx(120, abs=0.1)
    assert np.median([piece.stoi for piece in pieces]) > 0.999


def test_a_piece_whose_delay_jumps_is_heard(speech):
    """Every half second, so that no lag fits enough of it."""
    half = stoi.RATE // 2
    parts = [part for start in range(0, 8 * half, half) for part in (np.zeros(480), speech[start : start + half])]
    pieces = stoi.compare(speech[: 8 * half], np.concatenate([*parts, np.zeros(48000)]), piece_s=4.0)
    assert np.isnan(pieces[0].delay_ms) and pieces[0].stoi > 0.8


def test_what_was_never_heard_counts_as_nothing(speech):
    noise = np.random.default_rng(2).normal(size=len(speech) + 48000) * 0.05
    assert stoi.quality(stoi.compare(speech, noise)) == 0
