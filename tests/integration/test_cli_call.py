# SPDX-License-Identifier: GPL-3.0-or-later
"""Calls of confab-cli through a real confabd, judged by what was recorded."""

import os
import re
import resource
import signal
import subprocess

import pytest

from confabtest import audio
from confabtest.cli import CliParticipant, create_call, run_cli
from confabtest.paths import CONFAB_CLI, SOURCE
from confabtest.process import Process
from confabtest.stalls import again_when_stalled

pytestmark = pytest.mark.sound

HEARD_DB = -26  # of a tone that is sent at -12, over a whole recording with its begin and its repaired places
UNHEARD_DB = -60


def record_path(home, name):
    return home / "records" / f"{name}.wav"


def finish(*participants):
    """Ends them all; every one of them must end cleanly."""
    for participant in participants:
        assert participant.stop(signal.SIGTERM) == 0, participant.report()


def let_seconds_pass(participant, count):
    """So many seconds of the call, by the clock of one in it."""
    for _ in range(count):
        participant.wait_event("stats")


def find_gaps(samples, frequency_hz):
    """Seconds at which the tone is missing for 15 ms or more after the first 0.3 s of it, in which a decoder finds its feet.

    In pieces of 5 ms, in which tones that are 200 Hz apart do not disturb each other, and in which a repaired packet is a
    step of the phase in one piece but not silence in three.
    """
    missing = audio.tone_gaps(samples, frequency_hz, window_ms=5)
    assert missing is not None, f"{frequency_hz} Hz is not heard at all"
    begin = next(at / audio.RATE for at in range(0, len(samples), 240) if audio.tone_db(samples[at : at + 4800], frequency_hz) > -30)
    rounded = {round(at * 200) for at in missing if at > begin + 0.3}
    return sorted(at / 200 for at in rounded if {at + 1, at + 2} <= rounded)


# --- hearing ---


@again_when_stalled()
def test_two_hear_each_other_and_not_themselves(daemon, home, speech, tone):
    link = create_call(daemon)
    ada_heard, bob_heard = record_path(home, "ada"), record_path(home, "bob")
    with CliParticipant(link, "Bob", "--play", tone(700), "--loop", "--record", bob_heard) as bob:
        bob.wait_event("joined")
        with CliParticipant(link, "Ada", "--play", speech, "--record", ada_heard, "--duration", "14") as ada:
            joined = ada.wait_event("joined")
            assert {one["display_name"] for one in joined["participants"]} == {"Ada", "Bob"}
            bob_id = next(one["id"] for one in joined["participants"] if one["display_name"] == "Bob")
            assert joined["self"] != bob_id and joined["link"] == link
            first = ada.wait_event("first-audio", participant=bob_id)
            assert 0 < first["ms_since_join"] < 10000
            assert bob.wait_event("first-audio")["participant"] == joined["self"]
            assert ada.wait() == 0
            assert ada.events[-1] == {"event": "left", "reason": "duration"}
        assert bob.wait_event("participant-left")["participant"] == joined["self"]
        finish(bob)

    original = audio.read(speech)
    heard_by_ada, heard_by_bob = audio.read(ada_heard), audio.read(bob_heard)
    assert audio.tone_db(heard_by_ada, 700) > HEARD_DB
    assert audio.likeness(heard_by_ada, original) < 0.4  # a tone is 0.24 like a voice
    assert audio.likeness(heard_by_bob, original) > 0.5
    assert audio.tone_db(heard_by_bob, 700) < UNHEARD_DB + 27  # the voice itself has some there, made as loud as others


def test_statistics_come_every_second(daemon, tone):
    link = create_call(daemon)
    with CliParticipant(link, "Bob", "--play", tone(500), "--loop") as bob, CliParticipant(link, "Ada") as ada:
        ada.wait_event("first-audio")
        let_seconds_pass(ada, 3)
        before, after = [event for event in ada.events if event["event"] == "stats"][-2:]
        assert after["elapsed_s"] - before["elapsed_s"] in (0, 1, 2)
        (peer,) = after["peers"]
        assert peer["is_connected"] and -25 < peer["level_dbov"] < -10
        assert peer["packets"] > before["peers"][0]["packets"] > 0
        assert 0 <= peer["jitter_ms"] < 100 and 0 <= peer["lost_ratio"] < 0.5
        assert after["level_dbov"] < -100
        finish(ada, bob)


@again_when_stalled()
def test_four_talk_while_one_leaves_and_one_comes_late(daemon, home, tone):
    link = create_call(daemon)
    tones = {"Ada": 500, "Bob": 700, "Cleo": 1100, "Dan": 1300}

    def join(name):
        return CliParticipant(link, name, "--play", tone(tones[name]), "--loop", "--record", record_path(home, name))

    with join("Ada") as ada, join("Bob") as bob:
        ada.wait_event("first-audio")
        bob.wait_event("first-audio")
        with join("Cleo") as cleo:
            for _ in range(2):
                cleo.wait_event("first-audio")
            let_seconds_pass(cleo, 3)
            finish(cleo)
        ada.wait_event("participant-left")
        let_seconds_pass(ada, 1)
        with join("Dan") as dan:
            for _ in range(2):
                dan.wait_event("first-audio")
            let_seconds_pass(dan, 3)
            finish(dan)
        finish(ada, bob)

    heard = {name: audio.read(record_path(home, name)) for name in tones}
    for name, samples in heard.items():
        assert audio.tone_db(samples, tones[name]) < UNHEARD_DB, f"{name} hears themself"
        for other in ("Ada", "Bob"):
            if other != name:
                assert audio.tone_db(samples, tones[other]) > HEARD_DB, f"{name} does not hear {other}"
                assert find_gaps(samples, tones[other]) == [], f"{name} hears {other} with gaps"
    for name in ("Ada", "Bob"):
        for passing in ("Cleo", "Dan"):
            assert audio.tone_db(heard[name], tones[passing]) > HEARD_DB - 6, f"{name} does not hear {passing}"
    assert audio.tone_db(heard["Dan"], tones["Cleo"]) < UNHEARD_DB


def test_echo_sends_back(daemon, home, tone):
    link = create_call(daemon)
    heard = record_path(home, "ada")
    with CliParticipant(link, "Echo", "--echo") as echo:
        echo.wait_event("joined")
        with CliParticipant(link, "Ada", "--play", tone(700), "--loop", "--record", heard) as ada:
            ada.wait_event("first-audio")
            let_seconds_pass(ada, 4)
            finish(ada)
        finish(echo)
    assert audio.tone_db(audio.read(heard), 700) > HEARD_DB


def test_mute_is_silent_and_says_so(daemon, home, tone):
    link = create_call(daemon)
    heard = record_path(home, "ada")
    with CliParticipant(link, "Ada", "--record", heard) as ada:
        ada.wait_event("joined")
        with CliParticipant(link, "Bob", "--play", tone(700), "--loop", "--mute") as bob:
            assert ada.wait_event("participant-joined")["participant"]["muted"] is True
            ada.wait_event("first-audio")
            bob.wait_event("first-audio")
            let_seconds_pass(ada, 3)
            finish(bob)
        finish(ada)
    assert audio.level_db(audio.read(heard)) < -70


def test_a_sound_card_is_used_when_asked_for(daemon, home, tone, pulse):
    link = create_call(daemon)
    heard, played = record_path(home, "ada"), home / "records/speaker.wav"
    with CliParticipant(link, "Ada", "--play", tone(700), "--loop", "--record", heard) as ada, CliParticipant(
        link, "Bob", "--mic=microphone", "--speaker", env=pulse.env
    ) as bob:
        ada.wait_event("first-audio")
        bob.wait_event("first-audio")
        with pulse.play(tone(900)), pulse.record(played):
            let_seconds_pass(ada, 5)
        assert not [event for event in bob.events if event["event"] == "audio-problem"]
        finish(ada, bob)
    heard_by_ada = audio.read(heard)
    assert audio.tone_db(heard_by_ada, 900) > HEARD_DB - 6
    assert audio.tone_db(heard_by_ada, 700) < audio.tone_db(heard_by_ada, 900) - 15
    assert audio.tone_db(audio.read(played), 700) > HEARD_DB


def test_without_a_sound_server_the_call_goes_on(daemon, home, tone):
    link = create_call(daemon)
    nowhere = {"PULSE_SERVER": f"unix:{home}/run/nobody", "XDG_RUNTIME_DIR": str(home / "run")}
    with CliParticipant(link, "Bob", "--play", tone(700), "--loop") as bob:
        bob.wait_event("joined")
        with CliParticipant(link, "Ada", "--mic", "--speaker", env=nowhere) as ada:
            assert ada.wait_event("audio-problem")["detail"]
            bob.wait_event("participant-joined")
            bob.wait_event("first-audio")  # silence, but present
            assert ada.is_running()
            finish(ada)
        finish(bob)


# --- ends ---


@again_when_stalled()
def test_a_file_that_was_played_ends_the_stay(daemon, home, tone):
    link = create_call(daemon)
    heard = record_path(home, "ada")
    with CliParticipant(link, "Ada", "--record", heard) as ada:
        ada.wait_event("joined")
        with CliParticipant(link, "Bob", "--play", tone(700, seconds=2)) as bob:
            assert bob.wait() == 0
            assert bob.events[-1] == {"event": "left", "reason": "played"}
        ada.wait_event("participant-left")
        finish(ada)
    samples = audio.read(heard)
    window = audio.RATE // 10
    loud = [audio.tone_db(samples[at : at + window], 700) > -30 for at in range(0, len(samples) - window, window)]
    assert 17 <= sum(loud) <= 22, "the whole file is heard, from its beginning"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_is_a_clean_end(daemon, number):
    link = create_call(daemon)
    with CliParticipant(link, "Ada") as ada:
        ada.wait_event("joined")
        with CliParticipant(link, "Bob") as bob:
            bob.wait_event("joined")
            ada.wait_event("participant-joined")
            assert bob.stop(number) == 0
        assert bob.events[-1] == {"event": "left", "reason": "left"}
        assert ada.wait_event("participant-left")["display_name"] == "Bob"
        finish(ada)


def test_the_host_ends_the_call(daemon):
    token = daemon.sign_in("Host")
    created = daemon.create_call(token)
    with CliParticipant(created["link"], "Ada") as ada:
        ada.wait_event("joined")
        assert daemon.request("POST", f"/api/v1/calls/{created['call']['id']}/end", {}, token).status == 200
        assert ada.wait() == 0
        assert ada.events[-1] == {"event": "left", "reason": "ended-by-host"}
        assert ada.errors == []


def test_a_server_that_comes_back_is_joined_again(make_daemon, tone):
    daemon = make_daemon()
    link = create_call(daemon)
    with CliParticipant(link, "Ada", "--play", tone(500), "--loop") as ada, CliParticipant(link, "Bob") as bob:
        before = bob.wait_event("joined")
        bob.wait_event("first-audio")
        daemon.restart()
        bob.wait_event("reconnecting")
        assert bob.wait_event("joined")["self"] != before["self"]
        bob.wait_event("first-audio")
        finish(ada, bob)


def test_nobody_reads_what_is_printed(daemon):
    link = create_call(daemon)
    read_end, write_end = os.pipe()
    arguments = [CONFAB_CLI, "join", link, "--name", "Ada", "--json"]
    process = subprocess.Popen(arguments, stdin=subprocess.DEVNULL, stdout=write_end, stderr=subprocess.PIPE, text=True)
    os.close(write_end)
    os.read(read_end, 1)
    os.close(read_end)
    _, errors = process.communicate(timeout=45)
    assert process.returncode == 1
    assert errors.startswith("confab-cli: Nobody reads")


def test_readable_lines(daemon):
    link = create_call(daemon, title="Stand-up")
    done = run_cli("join", link, "--name", "Zoë", "--duration", "0.5", env={"LC_ALL": "C"})
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == ["Joined “Stand-up”; nobody else is here", "Left the call (duration)"]


# --- refusals ---


def assert_refused(done, *words, code=1):
    """One line on standard error with these words in it, nothing on standard output."""
    assert done.returncode == code, (done.stdout, done.stderr)
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert line.startswith("confab-cli: ")
    for word in words:
        assert word in line, line


def join(link, *options):
    return run_cli("join", link, "--name", "Ada", *options)


@pytest.mark.parametrize("link", ["nonsense", "", "http://", "https://example.org/", "http://127.0.0.1:1/j/short"])
def test_no_link(link):
    assert_refused(join(link), f"“{link}”")


def test_a_code_needs_a_server(daemon):
    code = create_call(daemon).rsplit("/", 1)[1]
    assert_refused(join(code), "--server")
    done = join(code, "--server", daemon.url, "--duration", "0.2")
    assert done.returncode == 0, done.stderr


def test_a_server_that_is_not_there():
    assert_refused(join("http://127.0.0.1:1/j/abcd-efgh-jkmn"), "127.0.0.1:1")
    assert_refused(run_cli("create", "--server", "http://127.0.0.1:1", "--name", "Ada"), "127.0.0.1:1")
    assert_refused(run_cli("create", "--server", "no server", "--name", "Ada"), "“no server”")


def test_unknown_full_and_ended_calls(daemon):
    token = daemon.sign_in("Host")
    assert_refused(join(f"{daemon.url}/j/zzzz-zzzz-zzzz"))

    small = daemon.create_call(token, max_participants=2)["link"]
    with CliParticipant(small, "Bob") as bob, CliParticipant(small, "Cleo") as cleo:
        bob.wait_event("joined")
        cleo.wait_event("joined")
        assert_refused(join(small))
        finish(bob, cleo)

    over = daemon.create_call(token)
    daemon.request("POST", f"/api/v1/calls/{over['call']['id']}/end", {}, token)
    assert_refused(join(over["link"]))


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["dance"],
        ["create"],
        ["create", "--server", "http://127.0.0.1:1"],
        ["create", "--name", "Ada"],
        ["create", "--server", "http://127.0.0.1:1", "--name", "Ada", "too-much"],
        ["create", "--server", "http://127.0.0.1:1", "--name", "x" * 65],
        ["join"],
        ["join", "LINK"],
        ["join", "--name", "Ada"],
        ["join", "LINK", "--name"],
        ["join", "LINK", "--name", "  "],
        ["join", "LINK", "--name", b"\xff\xfe"],
        ["join", "LINK", "OTHER", "--name", "Ada"],
        ["join", "LINK", "--name", "Ada", "--bogus"],
        ["join", "LINK", "--name", "Ada", "--loop"],
        ["join", "LINK", "--name", "Ada", "--echo", "--play", "x.wav"],
        ["join", "LINK", "--name", "Ada", "--echo", "--mic"],
        ["join", "LINK", "--name", "Ada", "--duration", "soon"],
        ["join", "LINK", "--name", "Ada", "--duration", "0"],
        ["join", "LINK", "--name", "Ada", "--duration", "-3"],
        ["join", "LINK", "--name", "Ada", "--duration", "nan"],
    ],
)
def test_wrong_options(arguments):
    done = subprocess.run([CONFAB_CLI, *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=45)
    assert_refused(done, "--help", code=2)


def test_files_that_cannot_be_played(daemon, home, tone):
    link = create_call(daemon)
    whole = tone(700, seconds=2).read_bytes()
    for name, content, words in (
        ("text.wav", b"This is no sound at all, but long enough.", "is not a WAV file"),
        ("empty.wav", b"", "is not a WAV file"),
        ("silent.wav", whole[:40] + b"\0\0\0\0", "no sound"),
        ("cut.wav", whole[: len(whole) // 2], "ends before"),
        ("header.wav", whole[:30], "ends in its header"),
        ("odd.wav", whole[:20] + b"\x55\0" + whole[22:], "kind"),
    ):
        path = home / name
        path.write_bytes(content)
        assert_refused(join(link, "--play", path), name, words)
    assert_refused(join(link, "--play", home / "missing.wav"), "missing.wav", "No such file")
    huge = home / "huge.wav"
    huge.touch()
    os.truncate(huge, 300 * 1024 * 1024)
    assert_refused(join(link, "--play", huge), "huge.wav", "256 MiB")


def test_recordings_that_cannot_be_written(daemon, home):
    link = create_call(daemon)
    for path in (home / "no/such/folder.wav", home, "/dev/full"):
        assert_refused(join(link, "--record", path), str(path), "cannot be written")


def test_a_refused_join_keeps_the_old_recording(daemon, tone, home):
    kept = record_path(home, "kept")
    kept.write_bytes(tone(700).read_bytes())
    assert_refused(join(f"{daemon.url}/j/zzzz-zzzz-zzzz", "--record", kept))
    assert kept.read_bytes() == tone(700).read_bytes()


def test_a_disk_that_fills_up_does_not_end_the_call(daemon, home, tone):
    link = create_call(daemon)
    heard = record_path(home, "ada")
    arguments = [CONFAB_CLI, "join", link, "--name", "Ada", "--json", "--record", heard, "--duration", "6"]

    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))

    with CliParticipant(link, "Bob", "--play", tone(700), "--loop") as bob:
        bob.wait_event("joined")
        with Process(arguments, preexec_fn=limit) as ada:
            assert ada.wait() == 1
            kinds = [re.search(r'"event":"([a-z-]+)"', line)[1] for line in ada.lines]
            assert kinds.count("audio-problem") == 1
            assert kinds.index("audio-problem") < kinds.index("left")
            assert str(heard) in ada.error_text and len(ada.errors) == 1
        finish(bob)
    assert 1.5 < len(audio.read(heard)) / audio.RATE < 2.2


# --- words ---


def test_help_and_man_page_name_the_same_options():
    page = (SOURCE / "data/man/confab-cli.1").read_text().replace("\\-", "-")
    in_page = set(re.findall(r"--[a-z]+", page))
    in_help = set()
    for command in (["--help"], ["create", "--help-all"], ["join", "--help-all"]):
        done = run_cli(*command)
        assert (done.returncode, done.stderr) == (0, "")
        in_help |= set(re.findall(r"--[a-z]+", done.stdout))
    assert in_page == in_help


def test_version():
    done = run_cli("--version")
    assert done.returncode == 0
    assert re.fullmatch(r"confab-cli \d+\.\d+\.\d+\n", done.stdout)


def test_create_prints_the_link_alone(daemon):
    done = run_cli("create", "--server", daemon.url, "--name", "Ada", "--title", "Größe ⅓")
    assert (done.returncode, done.stderr) == (0, "")
    assert re.fullmatch(re.escape(daemon.url) + r"/j/[0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{4}\n", done.stdout)
