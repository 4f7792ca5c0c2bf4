# SPDX-License-Identifier: GPL-3.0-or-later
"""PipeWire with the same devices and the same commands as the PulseAudio of sessions.py."""

import contextlib
import os
import pathlib
import subprocess

from .cli import take_priority
from .process import Process, wait_until

DEVICES = (
    ("module-null-sink", "sink_name=speaker", "rate=48000", "channels=2"),
    ("module-null-sink", "sink_name=feed", "rate=48000", "channels=2"),
)


class PipeWireServer:
    """pipewire, wireplumber and pipewire-pulse on a bus of their own. The microphone is “feed.monitor”."""

    microphone = "feed.monitor"

    def __init__(self, home):
        self.home = pathlib.Path(home)
        self.run = self.home / "run"
        self._stack = contextlib.ExitStack()

    @property
    def env(self):
        return {"PULSE_SERVER": f"unix:{self.run}/pulse/native", "XDG_RUNTIME_DIR": str(self.run)}

    def _start(self, *arguments, **env):
        process = Process(arguments, env={**self._env, **env}, preexec_fn=take_priority)
        self._stack.callback(process.stop)
        return process

    def __enter__(self):
        with contextlib.ExitStack() as self._stack:
            self._env = {**os.environ, **self.env, "HOME": str(self.home), "XDG_STATE_HOME": str(self.home / "state")}
            self._env["XDG_CONFIG_HOME"] = str(self.home / "config")
            self._env.pop("PULSE_SERVER")
            bus = f"unix:path={self.run}/bus"
            self._start("dbus-daemon", "--session", "--nofork", "--nopidfile", f"--address={bus}")
            wait_until((self.run / "bus").exists, "the bus")
            self._env["DBUS_SESSION_BUS_ADDRESS"] = bus
            self._start("pipewire")
            wait_until((self.run / "pipewire-0").exists, "PipeWire")
            self._start("wireplumber")
            self._start("pipewire-pulse")
            wait_until(lambda: self.pactl("info", check=False).returncode == 0, "pipewire-pulse")
            for device in DEVICES:
                self.pactl("load-module", *device)
            wait_until(lambda: "feed.monitor" in self.pactl("list", "short", "sources").stdout, "the devices")
            self._stack = self._stack.pop_all()
        return self

    def pactl(self, *arguments, check=True):
        env = {**os.environ, **self.env}
        return subprocess.run(["pactl", *arguments], env=env, capture_output=True, text=True, timeout=20, check=check)

    def __exit__(self, *_):
        self._stack.close()
