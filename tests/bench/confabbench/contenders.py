# SPDX-License-Identifier: GPL-3.0-or-later
"""The programs that are compared. Each meets in a call: meet(stage, seats) yields the processes of the seats, once they sound."""

import contextlib
import pathlib
import subprocess
import tempfile

from confabtest import cli
from confabtest.daemon import Daemon
from confabtest.guestpage import GuestPage
from confabtest.sessions import Display
from confabtest.webdriver import ChromeDriver

from .mumble import MumbleClient, MumbleServer


class Stage:
    """What a call needs besides sound cards; servers start when somebody first asks for them."""

    def __init__(self, home, prefix=(), address="127.0.0.1"):
        """prefix, address: where the daemon runs, and is found by all."""
        self.home = pathlib.Path(home)
        self.prefix = prefix
        self.address = address
        self._stack = contextlib.ExitStack()
        self._parts = {}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._stack.close()

    def _get(self, name, make):
        if name not in self._parts:
            self._parts[name] = self._stack.enter_context(make())
        return self._parts[name]

    @property
    def daemon(self):
        where = {"prefix": self.prefix, "listen": f"{self.address}:0"}
        return self._get("daemon", lambda: Daemon(self.home, database=self.home / "confab.db", **where))

    def create_call(self):
        """The link of a new call."""
        return cli.create_call(self.daemon, prefix=self.prefix)

    @property
    def display(self):
        return self._get("display", lambda: Display(self.home))

    @property
    def mumble_server(self):
        return self._get("mumble", lambda: MumbleServer(self.make_folder()))

    def make_folder(self):
        return pathlib.Path(tempfile.mkdtemp(dir=self.home))


UNTOUCHED = ("--no-echo-cancellation", "--no-noise-suppression", "--no-high-pass")


class Confab:
    """confab-cli on the devices of its seat."""

    takes_priority = True  # by itself, for the threads that need it
    before_start = None

    def __init__(self, title, *options):
        self.title = title
        self.options = options

    def join(self, stack, link, seat):
        devices = [f"--mic={seat.microphone}", f"--speaker={seat.speaker}"]
        where = {"env": seat.card.env, "preexec_fn": self.before_start, "prefix": seat.prefix}
        return stack.enter_context(cli.CliParticipant(link, seat.name, *devices, *self.options, **where))

    @contextlib.contextmanager
    def meet(self, stage, seats):
        link = stage.create_call()
        with contextlib.ExitStack() as stack:
            people = [self.join(stack, link, seat) for seat in seats]
            wait_first_audio(people, len(seats))
            yield [one.pid for one in people]


def wait_first_audio(participants, n_people):
    """Until each hears everybody else."""
    for one in participants:
        for _ in range(n_people - 1):
            one.wait_event("first-audio")


#: Before the page: what a page that wants little delay can ask Chromium for.
TUNE = """
const munge = (description) => description?.sdp
  ? { type: description.type, sdp: description.sdp.replace(/(a=fmtp:111 [^\\r\\n]*)/, '$1;ptime=10')
        .replace(/(a=rtpmap:111 [^\\r\\n]*)/, '$1\\r\\na=ptime:10') }
  : description;
const setRemote = RTCPeerConnection.prototype.setRemoteDescription;
RTCPeerConnection.prototype.setRemoteDescription = function (description) { return setRemote.call(this, munge(description)); };
window.addEventListener('DOMContentLoaded', () => setInterval(() => window.spy?.connections.forEach((one) =>
  one.getReceivers().forEach((receiver) => { receiver.jitterBufferTarget = 0; })), 100));
"""

UNPROCESSED = """
const getUserMedia = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
navigator.mediaDevices.getUserMedia = (wanted) => getUserMedia({ ...wanted, audio: { ...wanted.audio,
  echoCancellation: false, noiseSuppression: false, autoGainControl: false } });
"""


class Chromium:
    """Headless Chromium on the guest page; scripts run before the page does."""

    takes_priority = False

    def __init__(self, title, *scripts, arguments=(), others=None):
        """others: who sits in all seats but the first; browsers when it is None."""
        self.title = title
        self.scripts = scripts
        self.arguments = arguments
        self.others = others

    def join(self, stack, stage, link, seat):
        env = {**seat.card.env, "PULSE_SOURCE": seat.microphone, "PULSE_SINK": seat.speaker}
        driver = stack.enter_context(ChromeDriver(stage.make_folder(), env=env, prefix=seat.prefix))
        trust = f"--unsafely-treat-insecure-origin-as-secure={stage.daemon.url}"  # else no microphone beside loopback
        browser = driver.open(trust, *self.arguments, fake_device=False, logs=["browser"])
        for script in self.scripts:
            browser.run_before_page(script)
        return driver, GuestPage(browser, link, name=seat.name).join()

    @contextlib.contextmanager
    def meet(self, stage, seats):
        link = stage.create_call()
        browsers = seats if self.others is None else seats[:1]
        with contextlib.ExitStack() as stack:
            joined = [self.join(stack, stage, link, seat) for seat in browsers]
            others = [self.others.join(stack, link, seat) for seat in seats[len(browsers) :]]
            for _, page in joined:
                for seat in seats:
                    if seat.name != page.name:
                        page.wait_person(seat.name)
            wait_first_audio(others, len(seats))
            yield [browser_pid(driver) for driver, _ in joined] + [one.pid for one in others]


def browser_pid(driver):
    """The one child of chromedriver: the browser without its driver."""
    listed = subprocess.run(["pgrep", "-P", str(driver.process.pid)], capture_output=True, text=True, timeout=20, check=True)
    return int(listed.stdout.split()[0])


#: Packets of 10 ms; as little in its buffers as works everywhere, and as little as can be asked for.
MUMBLE_TUNED = {"net_framesperpacket": 1, "net_jitterbuffer": 1, "audio_outputdelay": 1, "audio_quality": 48000}
MUMBLE_EXTREME = {**MUMBLE_TUNED, "net_jitterbuffer": 0, "audio_outputdelay": 0}


class Mumble:
    """Mumble and its server, both of the distribution. settings: section_key=value of Mumble.conf."""

    takes_priority = False

    def __init__(self, title, **settings):
        self.title = title
        self.settings = {key.replace("_", "/", 1): value for key, value in settings.items()}

    @contextlib.contextmanager
    def meet(self, stage, seats):
        server = stage.mumble_server
        with contextlib.ExitStack() as stack:
            people = []
            for seat in seats:
                client = MumbleClient(stage.make_folder(), server, seat, self.settings, stage.display)
                people.append(stack.enter_context(client))
            for client in people:
                server.wait_authenticated(client.name)
            yield [client.pid for client in people]
