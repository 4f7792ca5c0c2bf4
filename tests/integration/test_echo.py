# SPDX-License-Identifier: GPL-3.0-or-later
"""Nobody hears themselves: a real sound server, a room of 40 ms in it, a call."""

import pytest
from confabtest.echo import measure_echo
from confabtest.pipewire import PipeWireServer
from confabtest.sessions import PulseServer
from confabtest.stalls import again_when_stalled

pytestmark = pytest.mark.sound


@pytest.mark.parametrize("make_server", [PulseServer, PipeWireServer])
@again_when_stalled()
def test_echo_is_cancelled(daemon, home, speech, make_server):
    with make_server(home) as server:
        erle_db, events = measure_echo(daemon, server, speech, home / "records/far.wav")
    assert not [event for event in events if event["event"] == "echo"]
    assert erle_db > 25


@again_when_stalled()
def test_echo_stays_when_nobody_takes_it_out(daemon, home, speech):
    with PulseServer(home) as server:
        erle_db, _ = measure_echo(daemon, server, speech, home / "records/far.wav", "--no-echo-cancellation", "--no-noise-suppression")
    assert abs(erle_db) < 4
