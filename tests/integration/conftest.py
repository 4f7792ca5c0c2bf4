# SPDX-License-Identifier: GPL-3.0-or-later
"""Fixtures of the integration tests: real processes, each in a fresh home, ended by the test that started them."""

import os
import pathlib
import shutil
import tempfile

import pytest

from confabtest import audio, sessions
from confabtest.daemon import Daemon
from confabtest.postgres import Postgres
from confabtest.paths import BUILD, SCREENSHOTS


def pytest_configure(config):
    missing = [str(path) for path in (BUILD / "daemon/confabd", BUILD / "client-gtk/cli/confab-cli") if not path.exists()]
    if missing:
        pytest.exit(f"Not built: {', '.join(missing)}", returncode=4)
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)


@pytest.fixture
def home():
    """A whole fresh home; short, since socket paths are limited to 108 bytes."""
    path = pathlib.Path(tempfile.mkdtemp(prefix="cf", dir=os.environ.get("CONFAB_TEST_TMP", "/tmp")))
    for name in ("run", "data", "config", "cache", "state", "records"):
        (path / name).mkdir(mode=0o700)
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def daemon(home):
    """A running confabd with default limits."""
    with Daemon(home) as running:
        yield running


@pytest.fixture
def make_daemon(home):
    """Starts daemons with options of the test's own: make_daemon("--config", path, env={...})."""
    started = []

    def make(*options, **keywords):
        started.append(Daemon(home, *options, **keywords).start())
        return started[-1]

    yield make
    for one in reversed(started):
        one.stop()


@pytest.fixture(scope="session")
def postgres():
    """A PostgreSQL server for all tests; each makes its own databases."""
    with Postgres() as server:
        yield server


@pytest.fixture(scope="session")
def speech(tmp_path_factory):
    """About eight seconds of speech as a WAV, 48 kHz mono."""
    return audio.make_speech(tmp_path_factory.mktemp("speech") / "speech.wav")


@pytest.fixture(scope="session")
def tone(tmp_path_factory):
    """make(frequency_hz) -> a WAV of ten seconds of that tone at -12 dBFS."""
    folder = tmp_path_factory.mktemp("tones")

    def make(frequency_hz, seconds=10):
        return audio.make_tone(folder / f"{frequency_hz}-{seconds}.wav", frequency_hz, seconds)

    return make


@pytest.fixture
def pulse(home):
    """A private PulseAudio with null sinks: the sound card of the test."""
    with sessions.PulseServer(home) as server:
        yield server


@pytest.fixture
def display(home):
    """A private Xvfb; str(display) is the value of DISPLAY."""
    with sessions.Display(home) as server:
        yield server


@pytest.fixture
def session_bus(home):
    """A private session bus that can activate only the build tree's own services (and the accessibility bus)."""
    with sessions.SessionBus(home) as bus:
        yield bus
