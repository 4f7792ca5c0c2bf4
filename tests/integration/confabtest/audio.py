# SPDX-License-Identifier: GPL-3.0-or-later
"""Sound to play and ears to judge it with. Samples are floats in -1..1, 48 kHz mono."""

import subprocess
import wave

import numpy as np
from scipy.io import wavfile
from scipy.signal import fftconvolve, resample_poly

RATE = 48000
TEXT = (
    "The quick brown fox jumps over the lazy dog. Private group voice calls, hosted by the people who use them. "
    "Press one button, hear each other at once, and be heard by nobody else."
)


def write(path, samples):
    with wave.open(str(path), "wb") as out:
        out.setparams((1, 2, RATE, 0, "NONE", ""))
        out.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
    return path


def read(path):
    rate, samples = wavfile.read(path)
    if samples.ndim > 1:
        samples = samples.mean(axis=1)
    samples = samples.astype(float) / 32768
    return samples if rate == RATE else resample_poly(samples, RATE, rate)


def make_tone(path, frequency_hz, seconds=10):
    return write(path, 0.25 * np.sin(2 * np.pi * frequency_hz * np.arange(int(seconds * RATE)) / RATE))


def make_speech(path, text=TEXT):
    raw = path.with_suffix(".raw.wav")
    subprocess.run(["espeak-ng", "-s", "150", "-w", str(raw), text], check=True, timeout=60)
    samples = read(raw)
    return write(path, 0.5 * samples / np.abs(samples).max())


def level_db(samples):
    """RMS in dBFS."""
    return 20 * np.log10(np.sqrt(np.mean(np.square(samples))) + 1e-9) if len(samples) else -180.0


def tone_db(samples, frequency_hz, width_hz=15):
    """Level of the energy within +-width of the frequency, dBFS."""
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples)))) / (len(samples) / 2) / np.sqrt(0.75)
    frequencies = np.fft.rfftfreq(len(samples), 1 / RATE)
    band = np.abs(frequencies - frequency_hz) <= width_hz
    return 10 * np.log10(np.sum(np.square(spectrum[band])) + 1e-18)


def tone_gaps(samples, frequency_hz, window_ms=20, threshold_db=-40):
    """Seconds at which the steady tone is missing between its first and last sound."""
    size = RATE * window_ms // 1000
    count = len(samples) // size
    phase = np.exp(-2j * np.pi * frequency_hz * np.arange(count * size) / RATE)
    energy = np.abs((samples[: count * size] * phase).reshape(count, size).mean(axis=1)) * 2
    loud = 20 * np.log10(energy + 1e-9) > threshold_db
    heard = np.flatnonzero(loud)
    if len(heard) == 0:
        return None
    return [index * window_ms / 1000 for index in range(heard[0], heard[-1]) if not loud[index]]


def envelope(samples, step_ms=10):
    size = RATE * step_ms // 1000
    count = len(samples) // size
    return np.sqrt(np.mean(np.square(samples[: count * size].reshape(count, size)), axis=1))


def _bands(samples):
    """Compressed energy in a dozen bands every 10 ms: what speech is recognised by, whatever became of its phase."""
    size, step = RATE // 50, RATE // 100
    count = max(0, (len(samples) - size) // step)
    frames = np.lib.stride_tricks.sliding_window_view(samples, size)[::step][:count] * np.hanning(size)
    power = np.square(np.abs(np.fft.rfft(frames, axis=1)))
    edges = np.geomspace(150, 6000, 13) / (RATE / size)
    rows = [power[:, int(low) : max(int(low) + 1, int(high))].sum(axis=1) for low, high in zip(edges, edges[1:])]
    return np.power(np.array(rows), 0.25)


def likeness(recording, original):
    """How much of the recording is the original, wherever it starts: 0..1; other speech stays below 0.4, the same is above 0.7.

    Codec, jitter buffer and the browser's noise suppression change waves but not where the energy is: pieces of one and a
    half seconds are searched in the recording by their band energies, and the median piece counts.
    """
    size = 150
    heard, said = _bands(recording), _bands(original)
    if heard.shape[1] < size:
        return 0.0
    window = np.ones(size)
    spread = [
        np.sqrt(np.maximum(fftconvolve(np.square(row), window, "valid") - np.square(fftconvolve(row, window, "valid")) / size, 1e-6))
        for row in heard
    ]
    best = []
    for start in range(0, said.shape[1] - size, size // 2):
        if level_db(original[start * RATE // 100 :][: size * RATE // 100]) < -45:
            continue
        piece = said[:, start : start + size]
        piece = piece - piece.mean(axis=1, keepdims=True)
        # each band by itself: a loud tone in one of them spoils only that one
        rows = [fftconvolve(h, p[::-1], "valid") / s / np.linalg.norm(p) for h, p, s in zip(heard, piece, spread)]
        best.append(np.max(np.mean(rows, axis=0)))
    return float(np.median(best)) if best else 0.0
