# SPDX-License-Identifier: GPL-3.0-or-later
"""The app as somebody with a keyboard and a screen reader uses it."""

import json
import os
import pathlib
import subprocess
import sys

from .paths import CONFAB, SCREENSHOTS
from .process import Process, wait_until

READER = pathlib.Path(__file__).with_name("screen_reader.py")


#: what GTK and libadwaita leave without a name, and what cannot do anything when it is reached
UNNAMED_ROLES = {"scroll pane", "text"}


def write_settings(home, **settings):
    """What the app finds as its GSettings: values as GVariant text, with _ for - in the keys."""
    folder = home / "config/glib-2.0/settings"
    folder.mkdir(parents=True, exist_ok=True)
    lines = [f"{key.replace('_', '-')}={value}" for key, value in settings.items()]
    (folder / "keyfile").write_text("\n".join(["[app/confab/Confab]", *lines]) + "\n")


class App:
    """A running confab on a display and session bus of the test."""

    def __init__(self, display, session_bus, *arguments, pulse_env=None, command=CONFAB):
        self.display = display
        self.command = command
        self.arguments = arguments
        self.env = {**os.environ, **(pulse_env or {}), **session_bus.env, **display.env, "GTK_A11Y": "atspi", "LANGUAGE": "en"}
        self.process = None
        self.reader = None

    def __enter__(self):
        self.process = Process([self.command, *self.arguments], env=self.env)
        self.reader = subprocess.Popen(
            ["/usr/bin/python3", str(READER)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=self.env,
            text=True,
        )
        wait_until(self.look, "the window")
        self.focus()
        return self

    def __exit__(self, kind, error, trace):
        if error is not None:
            print(self.describe(), self.process.report(), sep="\n", file=sys.stderr)
            self.screenshot("app-failed")
        self.reader.stdin.close()
        self.reader.wait(20)
        self.process.stop()

    def _ask(self, **request):
        self.reader.stdin.write(json.dumps({"program": "confab", **request}) + "\n")
        self.reader.stdin.flush()
        return json.loads(self.reader.stdout.readline())

    def look(self):
        """What is on the screen: dictionaries with role, name, text and states."""
        assert self.process.is_running(), self.process.report()
        return self._ask()["seen"]

    def describe(self):
        return "\n".join(f"{seen['role']}: {seen['name']!r} {seen['text'] or ''}" for seen in self.look())

    def wait(self, role, condition, **states):
        """The first thing of that role whose name is condition, or fulfils it, and that is in these states."""
        matches = condition if callable(condition) else lambda name: name == condition

        def find():
            for seen in self.look():
                if seen["role"] == role and matches(seen["name"]) and all(seen[key] == value for key, value in states.items()):
                    return seen
            return None

        return wait_until(find, f"{role} {condition} {states or ''} on the screen")

    def wait_gone(self, role, condition):
        matches = condition if callable(condition) else lambda name: name == condition
        wait_until(
            lambda: not any(seen["role"] == role and matches(seen["name"]) for seen in self.look()), f"{role} {condition} to go"
        )

    def has(self, role, name):
        return any(seen["role"] == role and seen["name"] == name for seen in self.look())

    def click(self, role, name):
        wait_until(lambda: self._ask(click=[role, name])["clicked"], f"{role} {name} to click")

    def point(self, role, name):
        """Clicks with the mouse: GTK 4.8 gives a button of a menu no action. Without a window manager places are true."""
        middle = wait_until(lambda: self._ask(where=[role, name])["middle"], f"{role} {name} to point at")
        self.xdotool("mousemove", *middle, "click", 1)

    def xdotool(self, *arguments):
        done = subprocess.run(
            ["xdotool", *map(str, arguments)], env=self.env, capture_output=True, text=True, timeout=20, check=False
        )
        return done.stdout.split() if done.returncode == 0 else []

    def focus(self, title=None):
        """There is no window manager to give the keyboard to the window, or to the dialog of that title."""
        which = ["--name", title] if title else ["--class", "confab"]
        windows = wait_until(lambda: self.xdotool("search", "--onlyvisible", *which), "the window of X")
        wait_until(lambda: self.xdotool("windowfocus", windows[0]) is not None, "the focus")

    def press(self, *keys):
        self.xdotool("key", "--delay", "50", *keys)

    def type(self, text):
        self.xdotool("type", "--delay", "10", text)

    def screenshot(self, name):
        """The window alone, without the empty screen around it."""
        path = self.display.screenshot(SCREENSHOTS / f"{name}.png")
        subprocess.run(["mogrify", "-trim", "+repage", str(path)], check=True, timeout=30)


def assert_all_named(app):
    """A screen reader can say everything that the keyboard can reach."""
    nameless = [
        seen
        for seen in app.look()
        if seen["focusable"] and seen["role"] not in UNNAMED_ROLES and (not seen["name"] or seen["name"].startswith(("Gtk", "Adw", "Confab")))
    ]
    assert not nameless, nameless


def assert_quiet(app):
    """Neither GTK nor we had anything to complain about; that GTK 4.8 loses its own way to a dialog that goes is known."""
    complaints = [line for line in app.process.errors if "WARNING" in line or "CRITICAL" in line]
    complaints = [line for line in complaints if "g_variant_is_object_path" not in line and "g_variant_new_object_path" not in line]
    assert not complaints, complaints
