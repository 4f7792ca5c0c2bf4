# SPDX-License-Identifier: GPL-3.0-or-later
"""confab-cli as the tests use it."""

import json
import os
import subprocess

from .paths import CONFAB_CLI, DEADLINE_S
from .process import Process


def run_cli(*arguments, deadline_s=DEADLINE_S, env=None, prefix=()):
    """Runs to the end: CompletedProcess with text output."""
    return subprocess.run(
        [*prefix, str(CONFAB_CLI), *map(str, arguments)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=deadline_s,
        env={**os.environ, **(env or {})},
    )


def create_call(daemon, name="Host", title=None, prefix=(), recording="everyone"):
    """The join link that confab-cli create prints; recording=None: as it is when nobody says so."""
    extra = ["--title", title] if title else []
    extra += ["--recording", recording] if recording else []
    done = run_cli("create", "--server", daemon.url, "--name", name, *extra, prefix=prefix)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert len(lines) == 1, done.stdout
    return lines[0]


def take_priority():
    """Real-time scheduling where it is allowed: sound without a gap on a machine that has other things to do."""
    try:
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(5))
    except PermissionError:
        pass


class CliParticipant(Process):
    """One confab-cli join --json; its events are dictionaries."""

    def __init__(self, link, name, *options, env=None, preexec_fn=take_priority, prefix=()):
        arguments = [*prefix, CONFAB_CLI, "join", link, "--name", name, "--json", *options]
        super().__init__(arguments, env={**os.environ, **(env or {})}, preexec_fn=preexec_fn)

    def wait_event(self, kind, deadline_s=DEADLINE_S, **members):
        """The next event of that kind whose members have these values."""

        def matches(line):
            event = json.loads(line)
            return event if event["event"] == kind and all(event.get(k) == v for k, v in members.items()) else False

        return self.wait_line(matches, f"event {kind} {members or ''}", deadline_s)

    @property
    def events(self):
        return [json.loads(line) for line in self.lines]
