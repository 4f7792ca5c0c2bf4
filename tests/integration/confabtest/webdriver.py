# SPDX-License-Identifier: GPL-3.0-or-later
"""Headless Chromium, driven over the W3C WebDriver protocol by chromedriver."""

import base64
import http.client
import json
import os
import socket
import pathlib

from .paths import DEADLINE_S
from .process import Process, wait_until

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"

#: Quiet, without a sandbox (tests run in containers) and without any host but the daemon's.
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

#: Without it a page that may not use the microphone gives names like “….local” instead of addresses (RFC 8828).
SHOW_ADDRESSES = "--disable-features=WebRtcHideLocalIpsWithMdns"


class WebDriverError(Exception):
    def __init__(self, code, message):
        super().__init__(f"{code}: {message}")
        self.code = code


class SocketConnection(http.client.HTTPConnection):
    """HTTP over a socket that has a path: out of another network."""

    def __init__(self, path, timeout):
        super().__init__("localhost", timeout=timeout)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self.path))


class ChromeDriver:
    """The chromedriver process, on a port of its own choice. prefix: what runs it, and its browsers, in another network."""

    def __init__(self, home, env=None, prefix=()):
        self.home = pathlib.Path(home)
        self.prefix = prefix
        self.env = {**os.environ, "HOME": str(home), "TMPDIR": str(home), **(env or {})}
        self.env.pop("DBUS_SESSION_BUS_ADDRESS", None)
        self.process = None
        self.tunnel = None
        self.port = None
        self.browsers = []

    def __enter__(self):
        self.process = Process([*self.prefix, "chromedriver", "--port=0", "--allowed-ips=127.0.0.1"], env=self.env)
        line = self.process.wait_line(lambda text: "started successfully on port" in text, "the port of chromedriver")
        self.port = int(line.rstrip(".").rsplit(" ", 1)[1])
        if self.prefix:
            way = [f"UNIX-LISTEN:{self._socket},fork", f"TCP:127.0.0.1:{self.port}"]
            self.tunnel = Process([*self.prefix, "socat", *way])
            wait_until(self._is_reachable, "the way to chromedriver")
        return self

    def _is_reachable(self):
        try:
            self.connect().connect()
        except OSError:
            return False
        return True

    @property
    def _socket(self):
        return self.home / "chromedriver.sock"

    def connect(self):
        """A connection for one command."""
        if self.tunnel:
            return SocketConnection(self._socket, 2 * DEADLINE_S)
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=2 * DEADLINE_S)

    def open(
        self,
        *arguments,
        microphone=None,
        allow_microphone=True,
        fake_device=True,
        hides_addresses=False,
        language="en-US",
        size=(1000, 720),
        logs=("browser", "performance"),
    ):
        """A new browser with a fresh profile. microphone: a WAV that plays in a loop; None for the browser's beeps.

        fake_device=False: the devices of the sound server. logs: what log () can tell; watching costs the browser time.
        """
        profile = self.home / f"profile-{len(self.browsers)}"
        options = [*ARGUMENTS, *arguments, f"--user-data-dir={profile}", f"--window-size={size[0]},{size[1]}", f"--lang={language}"]
        if not hides_addresses:
            options.append(SHOW_ADDRESSES)
        if fake_device:
            options.append("--use-fake-device-for-media-stream")
        if microphone:
            options.append(f"--use-file-for-fake-audio-capture={microphone}")
        permission = 1 if allow_microphone else 2
        preferences = {
            "intl.accept_languages": language,
            "profile.default_content_setting_values.media_stream_mic": permission,
        }
        capabilities = {
            "goog:chromeOptions": {"args": options, "prefs": preferences},
            "goog:loggingPrefs": {kind: "ALL" for kind in logs},
        }
        self.browsers.append(Browser(self.connect, capabilities))
        return self.browsers[-1]

    def __exit__(self, *_):
        for browser in self.browsers:
            browser.close()
        if self.tunnel:
            self.tunnel.stop()
        self.process.stop()


class Browser:
    """One WebDriver session. Elements are named by CSS selectors; the first match is meant."""

    def __init__(self, connect, capabilities):
        self.connect = connect
        self.session = "/session"
        value = self.command("POST", "", {"capabilities": {"alwaysMatch": capabilities}})
        self.session += "/" + value["sessionId"]
        self.is_open = True

    def command(self, method, path, body=None):
        data = json.dumps(body).encode() if body is not None else None
        connection = self.connect()
        connection.request(method, self.session + path, data, {"Content-Type": "application/json"})
        reply = connection.getresponse()
        value = json.loads(reply.read())["value"]
        connection.close()
        if reply.status >= 400:
            raise WebDriverError(value["error"], value["message"])
        return value

    def go(self, url):
        self.command("POST", "/url", {"url": url})

    def run(self, script, *arguments):
        """The value that the body of a function returns; promises are awaited."""
        return self.command("POST", "/execute/sync", {"script": script, "args": list(arguments)})

    def devtools(self, name, **parameters):
        """One command of the DevTools protocol."""
        return self.command("POST", "/goog/cdp/execute", {"cmd": name, "params": parameters})

    def run_before_page(self, script):
        """Runs the script in each page before the page's own."""
        self.devtools("Page.addScriptToEvaluateOnNewDocument", source=script)

    def find(self, selector):
        return self.command("POST", "/element", {"using": "css selector", "value": selector})[ELEMENT]

    def click(self, selector):
        self.command("POST", f"/element/{self.find(selector)}/click", {})

    def type(self, selector, text):
        element = self.find(selector)
        self.command("POST", f"/element/{element}/clear", {})
        self.command("POST", f"/element/{element}/value", {"text": text})

    def press(self, key):
        """A key of the keyboard for whatever has the focus."""
        actions = [{"type": "keyDown", "value": key}, {"type": "keyUp", "value": key}]
        self.command("POST", "/actions", {"actions": [{"type": "key", "id": "keyboard", "actions": actions}]})

    def text(self, selector):
        """What a person sees there; empty when it is hidden."""
        return self.command("GET", f"/element/{self.find(selector)}/text")

    def label(self, selector):
        """The accessible name, as a screen reader gets it."""
        return self.command("GET", f"/element/{self.find(selector)}/computedlabel")

    def role(self, selector):
        return self.command("GET", f"/element/{self.find(selector)}/computedrole")

    def is_shown(self, selector):
        return self.run("return document.querySelector(arguments[0])?.checkVisibility({visibilityProperty: true}) ?? false", selector)

    def wait(self, condition, what, deadline_s=DEADLINE_S):
        try:
            return wait_until(condition, what, deadline_s)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.report()}") from None

    def wait_text(self, selector, words, deadline_s=DEADLINE_S):
        return self.wait(lambda: words in self.text(selector), f"“{words}” in {selector}", deadline_s)

    def wait_shown(self, selector, deadline_s=DEADLINE_S):
        return self.wait(lambda: self.is_shown(selector), f"{selector} to be shown", deadline_s)

    def log(self, kind):
        """The entries since the last call; kind: browser, performance."""
        return self.command("POST", "/se/log", {"type": kind})

    def devtools_events(self):
        """The events of the DevTools protocol since the last call: {method, params}."""
        return [json.loads(entry["message"])["message"] for entry in self.log("performance")]

    def screenshot(self, path):
        path.write_bytes(base64.b64decode(self.command("GET", "/screenshot")))

    def resize(self, width, height):
        """The size of the page itself; windows cannot be as narrow as phones."""
        self.devtools("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def emulate(self, **features):
        """Media features of CSS: emulate(prefers_color_scheme="dark")."""
        values = [{"name": name.replace("_", "-"), "value": value} for name, value in features.items()]
        self.devtools("Emulation.setEmulatedMedia", features=values)

    def report(self):
        body = self.run("return document.body.innerText")
        messages = [entry["message"] for entry in self.log("browser")]
        return "\n".join(["--- page", body, "--- console", *messages[-30:]])

    def close(self):
        if self.is_open:
            self.is_open = False
            self.command("DELETE", "")
