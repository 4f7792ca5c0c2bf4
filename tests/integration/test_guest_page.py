# SPDX-License-Identifier: GPL-3.0-or-later
"""The guest page in a real browser, with a real daemon and confab-cli on the other side."""

import time

import numpy as np
import pytest
from scipy.signal import butter, sosfiltfilt

from confabtest import audio
from confabtest.cli import CliParticipant, create_call
from confabtest.guestpage import TONE_THRESHOLD_DB, GuestPage, join_in_role
from confabtest.paths import SCREENSHOTS
from confabtest.process import wait_until
from confabtest.webdriver import ChromeDriver

pytestmark = pytest.mark.sound

TONE_HZ = 1000
BURSTS_HZ = 1700

#: The browser's noise suppression and gain control bend the speech; other speech stays below 0.4.
LIKENESS = 0.55

TAB = "\ue004"
ENTER = "\ue007"


@pytest.fixture
def chrome(home):
    with ChromeDriver(home) as driver:
        yield driver


@pytest.fixture
def link(daemon):
    return create_call(daemon, title="Tea at five")


@pytest.fixture(scope="session")
def bursts(tmp_path_factory):
    """Half a second of tone each four seconds: a steady one would be suppressed as noise, and hide the others' speech."""
    times = np.arange(8 * audio.RATE) / audio.RATE
    samples = 0.4 * np.sin(2 * np.pi * BURSTS_HZ * times) * (times % 4 < 0.5)
    return audio.write(tmp_path_factory.mktemp("bursts") / "bursts.wav", samples)


def silent_stretches(samples, threshold_db=-60):
    """Lengths in seconds of all stretches that are quieter than the threshold."""
    quiet = 20 * np.log10(audio.envelope(samples) + 1e-9) < threshold_db
    edges = np.flatnonzero(np.diff(np.concatenate(([0], quiet.astype(int), [0]))))
    return [(end - start) / 100 for start, end in zip(edges[::2], edges[1::2])]


def without_bursts(samples):
    """The samples without what is around the pitch of the bursts."""
    band = (BURSTS_HZ - 200, BURSTS_HZ + 200)
    return sosfiltfilt(butter(6, band, "bandstop", fs=audio.RATE, output="sos"), samples)


def record_for(participant, path, seconds):
    """Lets the participant record, then ends it: the samples."""
    time.sleep(seconds)
    assert participant.stop() == 0, participant.report()
    return audio.read(path)


@pytest.mark.parametrize("offerer", ["page", "cli"])
def test_both_hear_each_other(chrome, link, speech, tone, home, offerer):
    page = GuestPage(chrome.open(microphone=speech), link, name="Ada")
    record = home / "records/cli.wav"

    def start_cli():
        return CliParticipant(link, "Cli", "--play", tone(TONE_HZ), "--loop", "--record", record)

    participant = join_in_role(page, offerer, start_cli)
    page.wait_condition("Cli", "Speaking")
    page.wait_tone(TONE_HZ)
    page.browser.screenshot(SCREENSHOTS / f"guest-call-{offerer}-offers.png")

    before = page.connection_count()
    page.break_connections()
    page.wait_new_connection(before)
    page.wait_condition("Cli", "Speaking")
    page.wait_tone(TONE_HZ)

    heard = record_for(participant, record, seconds=12)
    assert audio.likeness(heard, audio.read(speech)) > LIKENESS
    assert audio.tone_db(heard, TONE_HZ) < -40  # its own tone does not come back; speech has a little there
    assert page.browser.log("browser") == []


def test_two_pages_and_one_cli(chrome, link, speech, bursts, tone, home):
    ada = GuestPage(chrome.open(microphone=speech), link, name="Ada").join()
    bob = GuestPage(chrome.open(microphone=bursts), link, name="Bob").join()
    record = home / "records/cli.wav"
    participant = CliParticipant(link, "Cli", "--play", tone(TONE_HZ), "--loop", "--record", record)
    for page, others in ((ada, ("Bob", "Cli")), (bob, ("Ada", "Cli"))):
        for name in others:
            page.wait_person(name)
            page.wait_condition(name, "Speaking")
        page.wait_tone(TONE_HZ)
    assert ada.browser.text("#count") == "3 people"
    ada.wait_tone(BURSTS_HZ)
    heard = record_for(participant, record, seconds=12)
    assert audio.tone_db(heard, BURSTS_HZ) > -45
    assert audio.likeness(without_bursts(heard), without_bursts(audio.read(speech))) > LIKENESS
    for page in (ada, bob):
        page.browser.wait(lambda: page.id_of("Cli") is None, "the participant to be gone")
        assert "Cli has left." in page.browser.run("return document.querySelector('#announcements').textContent")
        assert page.condition_of("Cli") is None


def test_mute_is_silence(chrome, link, speech, home):
    page = GuestPage(chrome.open(microphone=speech), link, name="Ada").join()
    witness = GuestPage(chrome.open(allow_microphone=False), link, name="Bob").join()
    record = home / "records/cli.wav"
    participant = CliParticipant(link, "Cli", "--record", record)
    page.wait_condition("Cli", "", "Muted", "Listening only")
    time.sleep(4)
    page.browser.press("m")
    page.browser.wait_text("#mute", "Unmute")
    page.wait_condition("Ada (you)", "Muted")
    witness.wait_condition("Ada", "Muted")
    page.browser.wait_text("#muted-notice", "You are talking, but you are muted: nobody hears you.")
    time.sleep(5)
    page.browser.click("#muted-unmute")
    page.browser.wait_text("#mute", "Mute")
    assert not page.browser.is_shown("#muted-notice")
    assert page.browser.run("return document.activeElement.id") == "mute"
    witness.wait_condition("Ada", "Speaking")
    heard = record_for(participant, record, seconds=4)
    longest = max(silent_stretches(heard))
    assert longest > 3.5, "not silent while muted"
    quiet_s = sum(silent_stretches(heard))
    assert len(heard) / audio.RATE - quiet_s > 3, "hardly anything before and after"


def test_refused_microphone_listens(chrome, link, tone, home):
    """Such a page knows itself by a name of multicast DNS only: it is found as the peer that came out of nowhere."""
    page = GuestPage(chrome.open(allow_microphone=False, hides_addresses=True), link, name="Ada").join()
    record = home / "records/cli.wav"
    participant = CliParticipant(link, "Cli", "--play", tone(TONE_HZ), "--loop", "--record", record)
    assert "The microphone was refused, so you can only listen." in page.browser.text("#microphone-notice")
    assert not page.browser.is_shown("#mute")
    page.wait_condition("Cli", "Speaking")
    page.wait_tone(TONE_HZ)
    assert page.tiles[page.self_id][1] == "Listening only"
    connections = page.connection_count()
    heard = record_for(participant, record, seconds=6)
    assert audio.level_db(heard) < -60
    assert page.connection_count() == connections, "silence was taken for a broken connection"
    page.browser.screenshot(SCREENSHOTS / "guest-refused-microphone.png")


def test_microphone_allowed_later(chrome, link, speech, home):
    page = GuestPage(chrome.open(microphone=speech, allow_microphone=False), link, name="Ada").join()
    witness = GuestPage(chrome.open(), link, name="Bob").join()
    witness.wait_condition("Ada", "Listening only")
    connections = witness.connection_count()
    page.browser.devtools("Browser.grantPermissions", permissions=["audioCapture"])
    page.browser.click("#retry-microphone")
    page.browser.wait_shown("#mute")
    assert not page.browser.is_shown("#microphone-notice")
    witness.wait_condition("Ada", "Speaking")
    assert witness.connection_count() == connections, "a microphone that comes late is no new participant"


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("NotFoundError", "No microphone was found, so you can only listen."),
        ("NotReadableError", "The microphone could not be opened"),
        (None, "This page was not opened over a secure connection"),
    ],
)
def test_words_for_a_missing_microphone(chrome, link, error, words):
    browser = chrome.open()
    if error:
        browser.run_before_page(
            f"MediaDevices.prototype.getUserMedia = async () => {{ throw new DOMException('', '{error}'); }};"
        )
    else:
        browser.run_before_page("Object.defineProperty(Navigator.prototype, 'mediaDevices', { value: undefined });")
    page = GuestPage(browser, link).join()
    assert words in browser.text("#microphone-notice")
    assert page.tiles[page.self_id][1] == "Listening only"


def test_microphone_pulled_out(chrome, link):
    """A track that ends by itself: words, silence that keeps the connection, and a way back."""
    browser = chrome.open()
    browser.run_before_page(
        "const open = MediaDevices.prototype.getUserMedia;"
        "MediaDevices.prototype.getUserMedia = async function (...all) {"
        "  const stream = await open.apply(this, all); window.microphone = stream.getAudioTracks()[0]; return stream; };"
    )
    page = GuestPage(browser, link, name="Ada").join()
    witness = GuestPage(chrome.open(), link, name="Bob").join()
    witness.wait_condition("Ada", "Speaking")
    browser.run("microphone.stop(); microphone.dispatchEvent(new Event('ended'));")
    browser.wait_text("#microphone-notice", "The microphone is gone.")
    witness.wait_condition("Ada", "Muted")
    connections = witness.connection_count()
    assert page.tiles[page.self_id] == ["Ada (you)", "Muted"]
    browser.click("#retry-microphone")
    browser.wait_shown("#mute")
    witness.wait_condition("Ada", "Speaking")
    assert witness.connection_count() == connections


def test_blocked_sound_wants_a_click(chrome, link, tone):
    browser = chrome.open()
    browser.run_before_page(
        "const play = HTMLMediaElement.prototype.play; window.isBlocked = true;"
        "HTMLMediaElement.prototype.play = function () { return window.isBlocked"
        " ? Promise.reject(new DOMException('', 'NotAllowedError')) : play.call(this); };"
    )
    page = GuestPage(browser, link).join()
    participant = CliParticipant(link, "Cli", "--play", tone(TONE_HZ), "--loop")
    browser.wait_text("#blocked-notice", "Your browser keeps the sound back until you ask for it.")
    browser.run("window.isBlocked = false")
    browser.click("#unblock")
    page.wait_tone(TONE_HZ)
    assert not browser.is_shown("#blocked-notice")
    participant.stop()


def test_leaves(chrome, daemon):
    token = daemon.sign_in("Host")
    made = daemon.create_call(token)
    page = GuestPage(chrome.open(), made["link"], name="Ada").join()

    def names():
        reply = daemon.request("GET", f"/api/v1/calls/{made['call']['id']}", token=token)
        return [one["display_name"] for one in reply.json["participants"] if not one.get("left_at")]

    assert names() == ["Ada"]
    page.browser.click("#leave")
    page.browser.wait_text("#end-heading", "You left the call")
    assert page.browser.run("return document.activeElement.id") == "end-heading"
    wait_until(lambda: names() == [], "the participant to be gone")
    page.browser.screenshot(SCREENSHOTS / "guest-left.png")
    page.browser.click("#again")
    assert page.browser.run("return document.querySelector('#name').value") == "Ada"
    page.browser.click("#join")
    page.browser.wait_shown("#call-view")
    wait_until(lambda: names() == ["Ada"], "the participant to be back")
    page.browser.go("about:blank")
    wait_until(lambda: names() == [], "the participant to leave with the page")


def cookies_of(browser):
    return {one["name"]: one for one in browser.devtools("Network.getAllCookies")["cookies"]}


def test_guest_in_a_cookie(chrome, daemon):
    """No script of the page can read who one is, a reload changes nothing of it, and leaving ends it."""
    host = daemon.sign_in("Host")
    made = daemon.create_call(host)
    page = GuestPage(chrome.open(), made["link"], name="Ada").join()

    def users():
        reply = daemon.request("GET", f"/api/v1/calls/{made['call']['id']}", token=host)
        return [one["user_id"] for one in reply.json["participants"] if not one.get("left_at")]

    before = users()
    cookie = cookies_of(page.browser)["__Host-confab-access"]
    assert cookie["httpOnly"] and cookie["secure"] and cookie["sameSite"] == "Strict"
    told = page.browser.run("return document.cookie + JSON.stringify({ ...localStorage, ...sessionStorage })")
    assert cookie["value"] not in told and "eyJ" not in told
    page.join()
    wait_until(lambda: users() == before, "the same guest, once")

    page.browser.click("#leave")
    page.browser.wait_shown("#end-view")
    wait_until(lambda: "__Host-confab-access" not in cookies_of(page.browser), "the end of the cookie")
    assert users() == []
    page.browser.click("#again")
    page.browser.click("#join")
    page.browser.wait_shown("#call-view")
    assert users() != before
    assert page.browser.log("browser") == []


@pytest.mark.parametrize(
    "obstacle",
    [
        "Object.defineProperty(window, 'isSecureContext', { value: false });",
        "const real = window.fetch; window.fetch = (url, options) => real(url, { ...options, credentials: 'omit' });",
    ],
    ids=["without-https", "refused"],
)
def test_guest_without_cookies(chrome, link, obstacle):
    """A browser that keeps no secure cookie of this address: the page finds out, and does without."""
    browser = chrome.open()
    browser.run_before_page(obstacle)
    page = GuestPage(browser, link, name="Ada").join()
    assert cookies_of(browser) == {}
    browser.click("#leave")
    browser.wait_shown("#end-view")
    assert page.connection_count() == 0


def relay_of(page):
    """The user name at the relay that the newest connection was given, and its policy."""
    script = """const { iceServers, iceTransportPolicy } = spy.connections.at(-1).getConfiguration();
        return [iceServers.find((one) => one.username)?.username, iceTransportPolicy]"""
    return page.browser.run(script)


def test_relay_only_with_fresh_credentials(chrome, make_daemon):
    """A credential is renewed before its end, a hundred times sooner here; later connections get the new one."""
    relay = {"CONFAB_TURN_URLS": "turn:127.0.0.1:9?transport=udp", "CONFAB_TURN_SECRET": "S3CRET-S3CRET"}
    link = create_call(make_daemon(env={**relay, "CONFAB_TURN_LIFETIME_S": "60"}))
    browser = chrome.open()
    browser.run_before_page(
        "const real = setTimeout; window.setTimeout = (run, ms, ...rest) => real(run, ms > 30000 ? ms / 100 : ms, ...rest);"
    )
    page = GuestPage(browser, f"{link}?relay", name="Ada").join()
    with CliParticipant(link, "One"):
        page.wait_person("One")
        browser.wait(page.connection_count, "a connection")
        first, policy = relay_of(page)
        assert first and policy == "relay"
        asked = "return performance.getEntriesByType('resource').filter((one) => one.name.includes('/ice-servers')).length"
        browser.wait(lambda: browser.run(asked) >= 4, "renewals")
    before = page.connection_count()
    with CliParticipant(link, "Two"):
        page.wait_new_connection(before)
        assert relay_of(page)[0] != first
    candidates = "return spy.connections.map((one) => one.localDescription?.sdp ?? '').join('')"
    assert "typ host" not in browser.run(candidates)


def test_two_guests_in_one_browser(chrome, daemon, link):
    """Another tab with another name takes the cookie; the first tab is itself again after an outage."""
    browser = chrome.open()
    ada = GuestPage(browser, link, name="Ada").join()
    first = browser.command("GET", "/window")
    browser.command("POST", "/window", {"handle": browser.command("POST", "/window/new", {"type": "tab"})["handle"]})
    bob = GuestPage(browser, link, name="Bob").join()
    browser.command("POST", "/window", {"handle": first})
    ada.wait_person("Bob")
    daemon.restart()
    ada.browser.wait_text("#link-state", "Connected")
    ada.browser.wait(lambda: ada.tiles.get(ada.self_id, [""])[0].startswith("Ada"), "oneself under one's own name")
    ada.wait_person("Bob")
    assert bob.browser is ada.browser


def test_ended_call(chrome, daemon):
    token = daemon.sign_in("Host")
    made = daemon.create_call(token)
    page = GuestPage(chrome.open(), made["link"], name="Ada").join()
    assert daemon.request("POST", f"/api/v1/calls/{made['call']['id']}/end", {}, token).status == 200
    page.browser.wait_text("#end-heading", "The call is over")
    assert page.browser.text("#end-words") == "The host has ended it for everybody."
    assert not page.browser.is_shown("#again")
    page.browser.screenshot(SCREENSHOTS / "guest-ended.png")
    page.open()
    page.browser.click("#join")
    page.browser.wait_text("#join-error", "This call is over.")


def test_changed_call(chrome, daemon):
    """Who may record is there to read from the beginning, and a change of it is said."""
    token = daemon.sign_in("Host")
    made = daemon.create_call(token, title="Tea at five", recording_policy="host")
    browser = GuestPage(chrome.open(), made["link"], name="Ada").join().browser
    assert browser.text("#recording-policy") == "The host may record this call."
    assert not browser.is_shown("#call-notice")

    def change(policy):
        path = f"/api/v1/calls/{made['call']['id']}"
        assert daemon.request("PATCH", path, {"recording_policy": policy}, token).status == 200

    change("everyone")
    browser.wait_text("#call-notice", "Everyone may record this call.")
    assert browser.text("#recording-policy") == "Everyone may record this call."
    assert browser.text("#call-title") == "Tea at five"
    assert browser.role("#call-notice") == "status"
    browser.screenshot(SCREENSHOTS / "guest-changed-call.png")
    assert browser.label("#call-notice .dismiss") == "Close"
    browser.click("#call-notice .dismiss")
    assert not browser.is_shown("#call-notice")
    change("never")
    browser.wait_text("#call-notice", "Nobody may record this call.")


def test_unknown_call(chrome, daemon, make_daemon):
    browser = chrome.open()
    page = GuestPage(browser, f"{daemon.url}/j/zzzz-zzzz-zzzz").open()
    browser.type("#name", "Ada")
    browser.press(ENTER)
    browser.wait_text("#join-error", "There is no call behind this link.")
    assert browser.run("return document.querySelector('#join').disabled") is False
    browser.screenshot(SCREENSHOTS / "guest-unknown-call.png")
    assert page.connection_count() == 0

    daemon.stop()
    browser.go(f"{make_daemon(env={'CONFAB_AUTH_GUESTS': 'none'}).url}/j/zzzz-zzzz-zzzz")
    browser.type("#name", "Ada")
    browser.click("#join")
    browser.wait_text("#join-error", "This server takes no guests.")


def test_full_call(chrome, daemon):
    token = daemon.sign_in("Host")
    link = daemon.create_call(token, max_participants=2)["link"]
    participants = [CliParticipant(link, name) for name in ("One", "Two")]
    for participant in participants:
        participant.wait_event("joined")
    page = GuestPage(chrome.open(), link).open()
    page.browser.type("#name", "Ada")
    page.browser.click("#join")
    page.browser.wait_text("#join-error", "This call is full.")
    participants.pop().stop()
    retry = "document.querySelector('#join').click(); return false"
    page.browser.wait(lambda: page.browser.is_shown("#call-view") or page.browser.run(retry), "a free place")
    participants.pop().stop()


def test_server_away_and_back(chrome, daemon, link, tone):
    page = GuestPage(chrome.open(), link, name="Ada").join()
    participant = CliParticipant(link, "Cli", "--play", tone(TONE_HZ), "--loop")
    page.wait_tone(TONE_HZ)
    daemon.restart()
    page.browser.wait_text("#link-state", "Connected")
    page.wait_person("Cli")
    page.wait_condition("Cli", "Speaking")
    page.wait_tone(TONE_HZ)
    assert page.browser.text("#count") == "2 people"
    participant.stop()
    daemon.stop()
    page.browser.wait_text("#link-state", "Reconnecting…")
    page.browser.wait_text("#link-notice", "The connection to the server was lost.")
    page.browser.click("#leave")
    page.browser.click("#again")
    page.browser.click("#join")
    page.browser.wait_text("#join-error", "The server cannot be reached.")


def test_no_connection(chrome, link, tone):
    """After some attempts it is said that there is none; they go on, and the next that works is as good as the first."""
    browser = chrome.open()
    browser.run_before_page(
        "const real = RTCPeerConnection.prototype.setLocalDescription; window.isBroken = true;"
        "RTCPeerConnection.prototype.setLocalDescription = function (...all) {"
        "  return window.isBroken ? Promise.reject(new Error('broken')) : real.apply(this, all); };"
    )
    page = GuestPage(browser, link).join()
    with CliParticipant(link, "Cli", "--play", tone(TONE_HZ), "--loop"):
        page.wait_condition("Cli", "No connection")
        browser.run("window.isBroken = false")
        page.wait_condition("Cli", "Speaking")
        refusal = "new RTCPeerConnectionIceErrorEvent('icecandidateerror', { url: 'turn:relay', errorCode: arguments[0] })"
        browser.run(f"spy.connections.at(-1).dispatchEvent({refusal})", 701)  # nobody answers: any network has that
        assert not browser.is_shown("#relay-notice")
        browser.run(f"spy.connections.at(-1).dispatchEvent({refusal})", 401)
        browser.wait_text("#relay-notice", "The relay that this server offers cannot be used.")


def test_too_old_browser(chrome, link):
    browser = chrome.open()
    browser.run_before_page("delete window.RTCPeerConnection;")
    browser.go(link)
    browser.wait_text("#end-heading", "This browser is too old")
    assert not browser.is_shown("#again")


def test_page_without_its_script(chrome, link):
    browser = chrome.open()
    browser.devtools("Network.enable")
    browser.devtools("Network.setBlockedURLs", urls=["*/guest/view.js"])
    browser.go(link)
    browser.wait_shown("#fallback")
    assert "This page could not start" in browser.text("#fallback")


def test_policy_and_hosts(chrome, daemon, link):
    reply = daemon.request("GET", link.removeprefix(daemon.url))
    policy = reply.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy and "*" not in policy
    assert b"style=" not in reply.body and b"javascript:" not in reply.body
    page = GuestPage(chrome.open(), link, name="Ada").join()
    page.browser.press("m")
    page.browser.click("#leave")
    page.browser.wait_shown("#end-view")
    assert page.browser.run("return spy.violations") == []
    sent = [event["params"] for event in page.browser.devtools_events() if event["method"] == "Network.requestWillBeSent"]
    requested = [one["request"]["url"] for one in sent if one["documentURL"].startswith(daemon.url)]
    assert f"{daemon.url}/guest/main.js" in requested
    assert [url for url in requested if not url.startswith((daemon.url, "data:"))] == []
    inline = "const one = document.createElement('script'); one.textContent = 'window.bad = 1'; document.body.append(one);"
    page.browser.run(inline)
    assert page.browser.run("return window.bad") is None
    assert page.browser.run("return fetch('http://127.0.0.1:1/').then(() => 'sent', () => 'kept')") == "kept"
    assert page.browser.run("return spy.violations") == ["script-src-elem", "connect-src"]


def test_strangers_text_stays_text(chrome, daemon):
    name = "<img src=x onerror='window.bad=1'>"
    made = daemon.create_call(daemon.sign_in("Host"), title="<b>bold</b>")
    page = GuestPage(chrome.open(), made["link"], name=name).join()
    witness = GuestPage(chrome.open(), made["link"], name="Bob").join()
    witness.wait_person(name)
    for browser in (page.browser, witness.browser):
        assert browser.text("#call-title") == "<b>bold</b>"
        assert browser.run("return document.querySelectorAll('#call-view img, #call-view b').length") == 0
        assert browser.run("return window.bad") is None


def test_keyboard_and_names(chrome, link):
    browser = chrome.open()
    page = GuestPage(browser, link).open()
    focused = "return document.activeElement.id"
    assert browser.run(focused) == "name"
    assert browser.label("#name") == "Your name"
    browser.press(ENTER)
    assert not browser.is_shown("#call-view")
    for key in "Ada":
        browser.press(key)
    browser.press(TAB)
    assert browser.run(focused) == "join"
    browser.press(ENTER)
    browser.wait_shown("#call-view")
    assert browser.run(focused) == "call-title"
    order = []
    for _ in range(2):
        browser.press(TAB)
        order.append(browser.run(focused))
    assert order == ["mute", "leave"]
    assert (browser.label("#mute"), browser.label("#leave")) == ("Mute", "Leave")
    browser.press("m")
    page.wait_condition("Ada (you)", "Muted")
    assert browser.label("#mute") == "Unmute"
    assert "You are muted." in browser.run("return document.querySelector('#announcements').textContent")
    assert browser.role("#announcements") == "log"
    assert browser.role("#link-state") == "status"
    browser.press(ENTER)  # the focus is on Leave
    browser.wait_text("#end-heading", "You left the call")
    browser.go(link)
    assert browser.run("return document.querySelector('#name').value") == "Ada"


def assert_figures_whole(browser):
    """What is unfolded on a telephone has room: a figure stands in one line, as its name does."""
    quality = "document.querySelector('.quality:not([hidden])')"
    browser.wait(lambda: browser.run(f"return {quality} !== null"), "figures")
    browser.run(f"{quality}.open = true")
    browser.wait(lambda: browser.run("return document.querySelector('.tile.open') !== null"), "an open tile")
    heights = browser.run(f"return ['dt', 'dd'].map((one) => {quality}.querySelector(one).clientHeight)")
    assert heights[0] == heights[1], "a figure is broken in two"


@pytest.mark.parametrize(("language", "mute"), [("en-US", "Mute"), ("de-DE", "Mikrofon aus")])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_narrow_and_wide(chrome, link, tone, language, mute, scheme):
    browser = chrome.open(language=language)
    browser.emulate(prefers_color_scheme=scheme, prefers_reduced_motion="reduce")
    page = GuestPage(browser, link, name="Wolfeschlegelsteinhausenbergerdorff" * 2).open()

    def check(what):
        for width, height in ((360, 640), (1000, 720)):
            browser.resize(width, height)
            assert browser.run("return document.documentElement.scrollWidth") <= width, what
            browser.screenshot(SCREENSHOTS / f"guest-{what}-{language[:2]}-{scheme}-{width}.png")

    check("join")
    browser.type("#name", page.name[:64])
    browser.click("#join")
    browser.wait_shown("#call-view")
    participant = CliParticipant(link, "Cli", "--play", tone(TONE_HZ), "--loop")
    page.wait_person("Cli")
    assert browser.text("#mute") == mute
    check("call")
    browser.resize(360, 640)
    for size in ("100%", "150%"):
        browser.run("document.documentElement.style.fontSize = arguments[0]", size)
        assert browser.run("return document.documentElement.scrollWidth") <= 360, size
        assert_figures_whole(browser)
    browser.run("document.documentElement.style.fontSize = ''")
    participant.stop()
    browser.click("#leave")
    browser.wait_shown("#end-view")
    check("end")


def test_modules_by_themselves(chrome, link):
    browser = chrome.open()
    GuestPage(browser, link).open()

    def value(module, expression):
        return browser.run(f"return import('/guest/{module}.js').then((m) => {expression})")

    english, german = (set(value("i18n", f"Object.keys(m.LANGUAGES.{tag})")) for tag in ("en", "de"))
    assert english == german
    placeholders = "Object.values(m.LANGUAGES.{}).map((words) => (words.match(/{{\\w+}}/g) ?? []).sort().join())"
    assert value("i18n", placeholders.format("en")) == value("i18n", placeholders.format("de"))
    assert value("i18n", "m.chooseLanguage(['fr', 'de-AT', 'en'])") == "de"
    assert value("i18n", "m.chooseLanguage(['fr', 'constructor'])") == "en"
    durations = value("view", "[0, 65e3, 3599999, 3600e3, 360000e3].map(m.formatDuration)")
    assert durations == ["0:00", "1:05", "59:59", "1:00:00", "100:00:00"]
    assert value("peer", "[m.isOfferer('0a', '0b'), m.isOfferer('z', '9'), m.isOfferer('a', 'a')]") == [True, False, False]
    descriptions = ["m=audio 9 x\\r\\n", "m=audio 9 x\\nm=audio 9 x\\n", "m=video 9 x\\n", "", "m=audio 9 " + "x" * 16384]
    script = "[" + ",".join(f"'{one}'" for one in descriptions) + ", null, {}].map(m.isSound)"
    assert value("connection", script) == [True, False, False, False, False, False, False]
    sdp = "a=rtpmap:63 red/48000/2\\r\\na=rtpmap:111 opus/48000/2\\r\\na=fmtp:63 111/111\\r\\na=fmtp:111 minptime=20;stereo=0\\r\\n"
    preferred = value("connection", f"m.preferOpus('{sdp}')").split("\r\n")
    assert preferred[2:4] == ["a=fmtp:63 111/111", "a=fmtp:111 minptime=10;stereo=0;useinbandfec=1;usedtx=1"]


def test_errors_are_told(make_daemon, chrome):
    """What nobody handled in the page is in the log of the daemon, without the address of the page; five times at most."""
    daemon = make_daemon()
    link = create_call(daemon)
    page = GuestPage(chrome.open(), link).open()
    # What a script of the test throws itself is muted by the browser: the page is told of it as of its own.
    page.browser.run(
        """const error = new TypeError('lost in ' + location.href);
        dispatchEvent(new ErrorEvent('error', { error, message: error.message, filename: location.origin + '/guest/main.js', lineno: 12 }));
        for (let i = 0; i < 20; i++) {
          const promise = Promise.resolve();
          dispatchEvent(new PromiseRejectionEvent('unhandledrejection', { promise, reason: new Error('refused') }));
        }"""
    )
    wait_until(lambda: sum("A browser reports: " in line for line in daemon.process.errors) == 5, "five reports")
    reports = [line for line in daemon.process.errors if "A browser reports: " in line]
    assert any("TypeError: lost in " in line and "CLIENT_SOURCE=main.js CLIENT_LINE=12" in line for line in reports)
    assert any("Error: refused" in line for line in reports)
    assert not any(link.rsplit("/", 1)[1] in line for line in daemon.process.errors)
