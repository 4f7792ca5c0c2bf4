# SPDX-License-Identifier: GPL-3.0-or-later
"""The guest page as a person uses it, and a look below it."""

from .process import wait_until

#: Runs before the page: keeps what the page makes and what the browser complains about, and lends an ear.
SPY = """
window.spy = { connections: [], violations: [] };
document.addEventListener('securitypolicyviolation', (event) => window.spy.violations.push(event.violatedDirective));
const RealConnection = window.RTCPeerConnection;
window.RTCPeerConnection = class extends RealConnection {
  constructor(...options) {
    super(...options);
    window.spy.connections.push(this);
  }
};
/* The level in dB of the strongest bin within +-30 Hz, for each voice that the page plays. */
window.spy.listen = async (frequency) => {
  const context = (window.spy.context ??= new AudioContext());
  await context.resume();
  const ears = [...document.querySelectorAll('audio')].filter((one) => one.srcObject && !one.paused).map((one) => {
    const ear = new AnalyserNode(context, { fftSize: 8192, smoothingTimeConstant: 0 });
    context.createMediaStreamSource(one.srcObject).connect(ear);
    return ear;
  });
  await new Promise((resolve) => setTimeout(resolve, 400)); /* two windows of the analyser */
  const width = context.sampleRate / 8192;
  return ears.map((ear) => {
    const bins = new Float32Array(ear.frequencyBinCount);
    ear.getFloatFrequencyData(bins);
    const near = bins.subarray(Math.floor((frequency - 30) / width), Math.ceil((frequency + 30) / width) + 1);
    return Math.max(-200, ...near);
  });
};
"""

TONE_THRESHOLD_DB = -45

#: Each try gives the wanted order of the two random ids with probability 1/2.
ROLE_TRIES = 20


class GuestPage:
    """One browser with the page of one call."""

    def __init__(self, browser, link, *, name="Guest"):
        self.browser = browser
        self.link = link
        self.name = name
        browser.run_before_page(SPY)

    def open(self):
        self.browser.go(self.link)
        self.browser.wait_shown("#join-view")
        return self

    def join(self):
        """Opens the page, types the name and is in the call."""
        self.open()
        self.browser.type("#name", self.name)
        self.browser.click("#join")
        self.browser.wait_shown("#call-view")
        return self

    @property
    def tiles(self):
        """{participant id: [name, condition]} as seen, ourselves first."""
        script = """return [...document.querySelectorAll('.tile')].map((tile) => [tile.dataset.participant,
            tile.querySelector('.name').textContent, tile.querySelector('.condition').textContent])"""
        return {one: words for one, *words in self.browser.run(script)}

    @property
    def self_id(self):
        return next(iter(self.tiles))

    def condition_of(self, name):
        return next((condition for shown, condition in self.tiles.values() if shown == name), None)

    def id_of(self, name):
        return next((one for one, (shown, _) in self.tiles.items() if shown == name), None)

    def wait_person(self, name):
        """The id of the participant of that name."""
        return self.browser.wait(lambda: self.id_of(name), f"the tile of {name}")

    def wait_condition(self, name, *conditions):
        self.browser.wait(lambda: self.condition_of(name) in conditions, f"{name}: {' or '.join(conditions)}")

    def tone_levels(self, frequency_hz):
        """How loud that tone is in each voice now, dB."""
        return self.browser.run("return spy.listen(arguments[0])", frequency_hz)

    def wait_tone(self, frequency_hz):
        self.browser.wait(
            lambda: max(self.tone_levels(frequency_hz), default=-200) > TONE_THRESHOLD_DB, f"a tone of {frequency_hz} Hz"
        )

    def connection_count(self):
        """How many connections the page has made since it was opened."""
        return self.browser.run("return spy.connections.length")

    def break_connections(self):
        """Closes all connections behind the page's back."""
        self.browser.run("spy.connections.forEach((one) => one.close())")

    def wait_new_connection(self, count):
        wait_until(lambda: self.connection_count() > count, "another connection")


def join_in_role(page, offerer, start_cli):
    """Lets both sides join until their ids make the wanted side offer; the participant."""
    for _ in range(ROLE_TRIES):
        page.join()
        participant = start_cli()
        page_offers = page.self_id < page.wait_person("Cli")
        if page_offers == (offerer == "page"):
            return participant
        participant.stop()
        page.browser.wait(lambda: page.id_of("Cli") is None, "the old participant to be gone")
    raise AssertionError(f"{offerer} was never the offering side")
