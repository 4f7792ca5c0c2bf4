# SPDX-License-Identifier: GPL-3.0-or-later
"""The desktop around a program: sound server, display, session bus; each private to one test."""

import os
import pathlib
import subprocess

from .cli import take_priority
from .paths import SCHEMAS, SERVICES
from .process import Process, wait_until


#: A null sink “speaker”, and “microphone”, a source fed by what is played to the null sink “feed”.
SOUND_CARD = (
    "module-null-sink sink_name=speaker rate=48000 channels=2 sink_properties=device.description=Speaker",
    "module-null-sink sink_name=feed rate=48000 channels=2 sink_properties=device.description=Feed",
    "module-remap-source source_name=microphone master=feed.monitor source_properties=device.description=Microphone",
)


class PulseServer:
    """PulseAudio with these modules as its devices."""

    def __init__(self, home, modules=SOUND_CARD):
        self.home = pathlib.Path(home)
        self.modules = modules
        self.socket = self.home / "run/pulse.sock"
        self.process = None

    @property
    def env(self):
        return {
            "PULSE_SERVER": f"unix:{self.socket}",
            "PULSE_COOKIE": str(self.home / "run/pulse-cookie"),
            "PULSE_RUNTIME_PATH": str(self.home / "run"),
            "XDG_RUNTIME_DIR": str(self.home / "run"),
        }

    def __enter__(self):
        modules = [f"module-native-protocol-unix socket={self.socket} auth-anonymous=1", *self.modules]
        arguments = ["pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no", "--log-target=stderr"]
        for module in modules:
            arguments += ["-L", module]
        env = {**os.environ, **self.env, "HOME": str(self.home)}
        env.pop("DBUS_SESSION_BUS_ADDRESS", None)
        self.process = Process(arguments, env=env, preexec_fn=take_priority)  # as on a desktop
        wait_until(lambda: self.pactl("info", check=False).returncode == 0, "PulseAudio")
        if self.modules is SOUND_CARD:
            self.pactl("set-default-sink", "speaker")
            self.pactl("set-default-source", "microphone")
        return self

    def pactl(self, *arguments, check=True):
        return subprocess.run(
            ["pactl", *arguments], env={**os.environ, **self.env}, capture_output=True, text=True, timeout=20, check=check
        )

    def play(self, path, sink="feed"):
        """Plays a WAV to the sink; a Process."""
        return Process(["paplay", "--latency-msec=20", "-d", sink, path], env={**os.environ, **self.env})

    def record(self, path, source="speaker.monitor"):
        """Records the source to a WAV until stopped; a Process."""
        options = ["--rate=48000", "--channels=1", "--format=s16le", "--file-format=wav", "--latency-msec=20"]
        return Process(["parecord", *options, "-d", source, path], env={**os.environ, **self.env})

    def __exit__(self, *_):
        self.process.stop()


class Display:
    def __init__(self, home, size="1280x1024"):
        self.size = size
        self.number = None
        self.process = None

    def __enter__(self):
        read_end, write_end = os.pipe()
        os.set_inheritable(write_end, True)
        arguments = ["Xvfb", "-displayfd", str(write_end), "-screen", "0", f"{self.size}x24", "-nolisten", "tcp", "-noreset"]
        self.popen = subprocess.Popen(
            arguments, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, pass_fds=[write_end]
        )
        os.close(write_end)
        with os.fdopen(read_end) as stream:
            self.number = stream.readline().strip()
        assert self.number, "Xvfb did not start"
        return self

    @property
    def env(self):
        return {"DISPLAY": f":{self.number}", "GDK_BACKEND": "x11", "GSK_RENDERER": "cairo", "GDK_DEBUG": "gl-disable"}

    def screenshot(self, path):
        subprocess.run(["import", "-window", "root", str(path)], env={**os.environ, **self.env}, check=True, timeout=30)
        return path

    def __exit__(self, *_):
        self.popen.terminate()
        self.popen.wait(20)


BUS_CONFIG = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><keep_umask/><listen>unix:dir={run}</listen><auth>EXTERNAL</auth>
<servicedir>{services}</servicedir><servicedir>{extra}</servicedir>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy>
</busconfig>
"""


class SessionBus:
    """dbus-daemon that activates the build tree's services, with the environment of the test's home."""

    def __init__(self, home):
        self.home = pathlib.Path(home)
        self.address = None
        self.process = None

    @property
    def env(self):
        home = self.home
        return {
            "DBUS_SESSION_BUS_ADDRESS": self.address or "",
            "HOME": str(home),
            "XDG_RUNTIME_DIR": str(home / "run"),
            "XDG_DATA_HOME": str(home / "data"),
            "XDG_CONFIG_HOME": str(home / "config"),
            "XDG_CACHE_HOME": str(home / "cache"),
            "XDG_STATE_HOME": str(home / "state"),
            "XDG_CURRENT_DESKTOP": "GNOME",
            "GSETTINGS_BACKEND": "keyfile",
            "GSETTINGS_SCHEMA_DIR": str(SCHEMAS),
            "GIO_USE_VFS": "local",
            "ADW_DISABLE_PORTAL": "1",
        }

    def start(self, **extra_env):
        extra = self.home / "run/services"
        extra.mkdir(exist_ok=True)
        accessibility = pathlib.Path("/usr/share/dbus-1/services/org.a11y.Bus.service")
        (extra / accessibility.name).write_text(accessibility.read_text())
        config = self.home / "run/bus.conf"
        config.write_text(BUS_CONFIG.format(run=self.home / "run", services=SERVICES, extra=extra))
        env = {**os.environ, **self.env, **extra_env}
        env.pop("DBUS_SESSION_BUS_ADDRESS", None)
        self.process = Process(["dbus-daemon", f"--config-file={config}", "--nofork", "--print-address"], env=env)
        self.address = self.process.wait_line(lambda line: line.startswith("unix:"), "bus address")
        return self

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.process.stop()
