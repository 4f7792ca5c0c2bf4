# SPDX-License-Identifier: GPL-3.0-or-later
"""confab-cli with a sound server: what devices there are, when the microphone is heard, and who talks while muted."""

import json
import signal

import pytest

from confabtest.cli import CliParticipant, create_call, run_cli
from confabtest.process import wait_until

pytestmark = pytest.mark.sound

TONE_HZ = 440


def wait_level(participant, condition):
    def matches(event):
        return len(event["peers"]) == 1 and condition(event["peers"][0]["level_dbov"])

    wait_until(lambda: matches(participant.wait_event("stats")), "that level")


def list_recordings(pulse):
    """Who has a microphone open, as the desktop's indicator counts."""
    return pulse.pactl("list", "source-outputs").stdout.count("application.process.id")


def test_devices(pulse):
    done = run_cli("devices", "--json", env=pulse.env)
    assert done.returncode == 0, done.stderr
    devices = [json.loads(line) for line in done.stdout.splitlines()]
    assert devices == [
        {"event": "microphone", "id": "microphone", "name": "Microphone"},
        {"event": "speaker", "id": "speaker", "name": "Speaker"},
        {"event": "speaker", "id": "feed", "name": "Feed"},
    ]
    assert "Microphone" in run_cli("devices", env=pulse.env).stdout
    assert list_recordings(pulse) == 0


def test_devices_without_a_server(home):
    done = run_cli("devices", env={"PULSE_SERVER": "unix:/nowhere", "XDG_RUNTIME_DIR": str(home / "run")})
    assert done.returncode == 1 and not done.stdout
    assert "There is no sound server" in done.stderr


def test_push_to_talk_by_signals(daemon, pulse, tone):
    link = create_call(daemon)
    microphone = pulse.play(tone(TONE_HZ, 60))
    options = ["--mic=microphone", "--talk-mode=push-to-talk", "--no-noise-suppression"]
    with CliParticipant(link, "Ada") as ada, CliParticipant(link, "Bob", *options, env=pulse.env) as bob:
        ada.wait_event("first-audio")
        wait_level(ada, lambda level: level < -60)
        bob.popen.send_signal(signal.SIGUSR1)
        wait_level(ada, lambda level: level > -40)
        bob.popen.send_signal(signal.SIGUSR2)
        wait_level(ada, lambda level: level < -60)
    microphone.stop()


def test_talking_while_muted(daemon, pulse, speech):
    link = create_call(daemon)
    with CliParticipant(link, "Bob", "--mic=microphone", "--mute", env=pulse.env) as bob:
        bob.wait_event("joined")
        microphone = pulse.play(speech)
        bob.wait_event("talking-while-muted")
        microphone.stop()
    assert list_recordings(pulse) == 0


def test_wrong_talk_mode():
    done = run_cli("join", "http://127.0.0.1:1/j/abcd-efgh-jkmn", "--name", "Ada", "--talk-mode=shout")
    assert done.returncode == 2
    assert "“shout” is no way to talk" in done.stderr


def test_wrong_device_delay():
    done = run_cli("join", "http://127.0.0.1:1/j/abcd-efgh-jkmn", "--name", "Ada", "--device-delay=none")
    assert done.returncode == 2
    assert "--device-delay is normal, safe or lowest" in done.stderr


def test_pipelines_are_drawn(daemon, pulse, tmp_path):
    link = create_call(daemon)
    folder = tmp_path / "graphs"
    options = ["--mic=microphone", "--speaker=speaker", "--device-delay=lowest", f"--dump-dot={folder}"]
    with CliParticipant(link, "Ada") as ada, CliParticipant(link, "Bob", *options, env=pulse.env) as bob:
        bob.wait_event("first-audio")
        peer = f"peer-{ada.wait_event('joined')['self']}.dot"
        wait_until(lambda: (folder / peer).exists(), "a graph of the connection")
        assert "webrtcbin" in (folder / peer).read_text()
        (folder / peer).unlink()
    assert "webrtcbin" in (folder / peer).read_text()  # once more at the end
    assert "sound server" in (folder / "capture.dot").read_text()
    assert "sound server" in (folder / "playback.dot").read_text()
