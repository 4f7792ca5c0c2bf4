# SPDX-License-Identifier: GPL-3.0-or-later
"""Recording: where the call allows it, announced to all, one file a person and the mix, in step."""

import subprocess

import numpy as np
import pytest

from confabtest import audio
from confabtest.cli import CliParticipant, create_call, run_cli
from confabtest.guestpage import GuestPage
from confabtest.paths import DEADLINE_S, SCREENSHOTS
from confabtest.process import wait_until
from confabtest.webdriver import ChromeDriver

pytestmark = pytest.mark.sound

ADA_HZ = 600
BOB_HZ = 1100

#: Three seconds that both have said something in.
WANTED_S = 3


@pytest.fixture
def chrome(home):
    with ChromeDriver(home) as driver:
        yield driver


def decode(path):
    """The samples of an Ogg Opus file, by GStreamer."""
    wav = path.with_suffix(".wav")
    command = f'gst-launch-1.0 -q filesrc location="{path}" ! oggdemux ! opusdec ! audioconvert ! audio/x-raw,format=S16LE,channels=1 ! wavenc ! filesink location="{wav}"'
    subprocess.run(command, shell=True, check=True, timeout=DEADLINE_S)
    return audio.read(wav)


def begin_of(samples, frequency_hz):
    """When a tone is there first, s."""
    step = audio.RATE // 50
    return next(at for at in range(0, len(samples) - step, step) if audio.tone_db(samples[at : at + step], frequency_hz) > -30) / audio.RATE


def test_each_person_and_the_mix(daemon, home, tone, chrome, speech):
    link = create_call(daemon, recording="everyone")
    folder = home / "tapes"
    page = GuestPage(chrome.open(microphone=speech), link, name="Cleo").join()
    with CliParticipant(link, "Bob", "--play", tone(BOB_HZ), "--loop") as bob:
        bob.wait_event("joined")
        ada = CliParticipant(link, "Ada", "--play", tone(ADA_HZ), "--loop", "--record-folder", folder)
        with ada:
            told = bob.wait_event("recording", display_name="Ada")
            assert told["is_recording"]
            ada.wait_event("recording", display_name="Ada")
            words = "return document.querySelector('#recording-words').textContent"
            page.browser.wait(lambda: page.browser.run(words) == "Ada is recording this call.", "the notice")
            page.browser.screenshot(SCREENSHOTS / "guest-recording.png")
            with CliParticipant(link, "Dan") as dan:
                joined = dan.wait_event("joined")
                (recorder,) = [one for one in joined["participants"] if one["display_name"] == "Ada"]
                assert recorder["recording_since"]
            wait_until(lambda: any(one["elapsed_s"] > 0 and len(one["peers"]) > 1 for one in ada.events if one["event"] == "stats"), "both")
            count = len(ada.events)
            wait_until(lambda: len(ada.events) > count + WANTED_S + 2, "some seconds")
            assert ada.stop() == 0, ada.report()
        page.browser.wait(lambda: page.browser.run(words) == "", "the end of the notice")

    tracks = {path.stem.split(" ", 1)[-1]: decode(path) for path in sorted(folder.glob("*.opus"))}
    assert {"Ada", "Bob", "Cleo", "mix"} <= set(tracks)
    assert audio.tone_db(tracks["Ada"], ADA_HZ) > -30 and audio.tone_db(tracks["Ada"], BOB_HZ) < -45
    assert audio.tone_db(tracks["Bob"], BOB_HZ) > -30 and audio.tone_db(tracks["Bob"], ADA_HZ) < -45
    assert audio.tone_db(tracks["mix"], ADA_HZ) > -35 and audio.tone_db(tracks["mix"], BOB_HZ) > -35
    lengths = np.array([len(one) for one in tracks.values()]) / audio.RATE
    assert lengths.min() > WANTED_S and lengths.max() - lengths.min() < 0.1
    for name, frequency_hz in (("Ada", ADA_HZ), ("Bob", BOB_HZ)):
        assert abs(begin_of(tracks[name], frequency_hz) - begin_of(tracks["mix"], frequency_hz)) < 0.06


@pytest.mark.parametrize("option, name", [("--record-folder", "tapes"), ("--record", "tape.wav")])
def test_not_where_the_call_forbids_it(daemon, home, option, name):
    record = home / name
    link = create_call(daemon, recording=None)
    with CliParticipant(link, "Bob") as bob:
        bob.wait_event("joined")
        done = run_cli("join", link, "--name", "Ada", option, record)
        assert done.returncode == 1
        assert "may not be recorded" in done.stderr
        bob.wait_event("participant-left", display_name="Ada")
        assert not any(one["event"] == "recording" for one in bob.events)
    assert not record.exists() or len(audio.read(record)) == 0


def test_a_wav_is_announced(daemon, home, tone):
    link = create_call(daemon)
    with CliParticipant(link, "Bob", "--play", tone(BOB_HZ), "--loop") as bob:
        bob.wait_event("joined")
        with CliParticipant(link, "Ada", "--record", home / "tape.wav") as ada:
            assert bob.wait_event("recording", display_name="Ada")["is_recording"]
            wait_until(lambda: len(audio.read(home / "tape.wav")) > audio.RATE, "a second of it")
            assert ada.stop() == 0, ada.report()
        bob.wait_event("participant-left", display_name="Ada")


def test_what_is_played_is_not_recorded_over(daemon, tone):
    played = tone(ADA_HZ)
    before = played.read_bytes()
    done = run_cli("join", create_call(daemon), "--name", "Ada", "--play", played, "--record", played)
    assert done.returncode != 0 and "same file" in done.stderr
    assert played.read_bytes() == before


def test_a_recording_ends_when_it_is_forbidden(daemon, home, tone):
    """By a moderator of the call, while it goes on; and nobody can begin another one."""
    token = daemon.sign_in("Grace")
    created = daemon.create_call(token, recording_policy="everyone")
    path = f"/api/v1/calls/{created['call']['id']}"
    with CliParticipant(created["link"], "Bob", "--play", tone(BOB_HZ), "--loop") as bob:
        bob.wait_event("joined")
        with CliParticipant(created["link"], "Ada", "--record-folder", home / "tapes") as ada:
            assert bob.wait_event("recording", display_name="Ada")["is_recording"]
            guest = daemon.sign_in("Eve")
            assert daemon.request("PATCH", path, {"recording_policy": "everyone"}, guest).status == 404
            assert daemon.request("POST", "/api/v1/calls/join", {"code": created["call"]["code"]}, guest).status == 200
            assert daemon.request("PATCH", path, {"recording_policy": "everyone"}, guest).status == 403
            assert daemon.request("PATCH", path, {"recording_policy": "all"}, token).status == 400

            reply = daemon.request("PATCH", path, {"recording_policy": "never"}, token)
            assert reply.status == 200 and reply.json["call"]["recording_policy"] == "never"
            assert not bob.wait_event("recording", display_name="Ada")["is_recording"]
            assert not ada.wait_event("recording", display_name="Ada", is_recording=False)["is_recording"]
            with CliParticipant(created["link"], "Dan", "--record-folder", home / "more") as dan:
                assert dan.wait() != 0
    assert (home / "tapes").exists() and not list((home / "more").glob("*.opus"))
    assert daemon.request("GET", path, None, token).json["call"]["recording_policy"] == "never"
    assert daemon.request("POST", f"{path}/end", {}, token).status == 200
    assert daemon.request("PATCH", path, {"recording_policy": "host"}, token).status == 410
