# SPDX-License-Identifier: GPL-3.0-or-later
"""The page behind the links in letters: real letters, by a real mail server, opened in a real browser."""

import subprocess

import pytest

from confabtest.accounts import Accounts
from confabtest.guestpage import SPY
from confabtest.paths import BUILD, SCREENSHOTS
from confabtest.post_office import PostOffice, settings
from confabtest.webdriver import ChromeDriver
from test_accounts import PASSWORD, joined, log_in, own

pytestmark = pytest.mark.sound

CONFABCTL = BUILD / "daemon/ctl/confabctl"
NEW_PASSWORD = "another one here"


@pytest.fixture
def office():
    with PostOffice() as running:
        yield running


@pytest.fixture
def server(make_daemon, office):
    return make_daemon(env={**settings(office.url), "CONFAB_AUTH_REGISTRATION": "open"})


@pytest.fixture
def chrome(home):
    with ChromeDriver(home) as driver:
        yield driver


def opened(chrome, link, view, **options):
    """A browser at the page of that link."""
    browser = chrome.open(**options)
    browser.run_before_page(SPY)
    return follow(browser, link, view)


def follow(browser, link, view):
    """Opens the link of a letter; nothing of the token is to be seen any more then."""
    browser.go(link)
    browser.wait_shown(view)
    assert browser.run("return location.href") == link.partition("#")[0]
    return browser


def verified(server, office, chrome):
    """The token of somebody who opened the letter that came when they registered, and their browser."""
    token = joined(server, email="ada@example.org")
    link = office.take_link()
    assert link.startswith(f"{server.url}/account#verify=")
    browser = opened(chrome, link, "#verify-view")
    assert "email_verified_at" not in own(server, token).json, "looked at is not confirmed"
    browser.click("#verify")
    browser.wait_text("#end-heading", "The address is confirmed")
    assert "email_verified_at" in own(server, token).json
    follow(browser, link, "#verify-view")
    browser.click("#verify")
    browser.wait_text("#end-words", "It was used already")
    return token, browser


def type_passwords(browser, first, second):
    browser.type("#password", first)
    browser.type("#repeat", second)
    browser.click("#set-password")


def test_letters(server, office, chrome):
    token, browser = verified(server, office, chrome)
    assert server.request("POST", "/api/v1/auth/password/forgot", {"login_name": "ada"}).status == 202
    link = office.take_link()
    assert link.startswith(f"{server.url}/account#reset=")

    follow(browser, link, "#reset-view")
    assert [browser.label(one) for one in ("#password", "#repeat", "#peek")] == [
        "New password", "Repeat the new password", "Show the password",
    ]  # fmt: skip
    browser.click("#peek")
    assert browser.run("return [password.type, repeat.type]") == ["text", "text"]
    browser.click("#peek")
    assert browser.run("return [password.type, repeat.type]") == ["password", "password"]
    type_passwords(browser, NEW_PASSWORD, "another one there")
    browser.wait_text("#reset-error", "The two passwords are not the same.")
    type_passwords(browser, "iloveyou", "iloveyou")
    browser.wait_text("#reset-error", "This password is too easy to guess")
    assert browser.run("return document.activeElement.id") == "password"
    browser.screenshot(SCREENSHOTS / "account-reset-light.png")
    assert log_in(server).status == 200
    type_passwords(browser, NEW_PASSWORD, NEW_PASSWORD)
    browser.wait_text("#end-heading", "The password is set")
    assert browser.run("return [password.value, repeat.value]") == ["", ""]
    assert log_in(server).status == 401 and own(server, token).status == 401
    assert log_in(server, password=NEW_PASSWORD).status == 200

    browser = opened(chrome, link, "#reset-view", language="de-DE")
    browser.emulate(prefers_color_scheme="dark")
    browser.resize(360, 640)
    assert browser.run("return document.documentElement.scrollWidth") <= 360
    browser.screenshot(SCREENSHOTS / "account-reset-dark-narrow.png")
    type_passwords(browser, PASSWORD, PASSWORD)
    browser.wait_text("#end-heading", "Dieser Link gilt nicht mehr")
    browser.screenshot(SCREENSHOTS / "account-spent-dark-narrow.png")
    assert log_in(server).status == 401 and log_in(server, password=NEW_PASSWORD).status == 200
    secret = link.rpartition("=")[2]
    assert not any(secret in line for line in server.process.errors + server.process.lines)


def test_first_owner(server, chrome):
    """The link that the administrator is given for the first account."""
    command = [CONFABCTL, "--database", server.database_url, "user", "add", "ada", "--role", "owner"]
    env = {**server.env, "CONFAB_SERVER_BASE_URL": server.url}
    link = subprocess.run(command, env=env, capture_output=True, check=True, text=True).stdout.strip()
    browser = opened(chrome, link, "#reset-view")
    type_passwords(browser, PASSWORD, PASSWORD)
    browser.wait_text("#end-heading", "The password is set")
    assert log_in(server).json["user"]["role"] == "owner"


def test_without_letter(server, chrome):
    """What is no link of a letter is said in words; a second link in the same tab is taken as well, within the same policy."""
    guest, page = (server.request("GET", path) for path in ("/j/0000-0000-0000", "/account"))
    assert page.status == 200 and page.body != guest.body
    own_ones = dict.fromkeys(("Content-Length", "Date", "Server-Timing", "X-Request-Id"))
    assert {**page.headers, **own_ones} == {**guest.headers, **own_ones}
    browser = opened(chrome, f"{server.url}/account#reset=%3Cb%3E", "#end-view")
    assert browser.text("#end-heading") == "Open the link again"
    browser.run("location.hash = '#verify=' + arguments[0]", "0" * 26)
    browser.wait_shown("#verify-view")
    assert browser.run("return location.hash") == ""
    browser.click("#verify")
    browser.wait_text("#end-heading", "This link no longer works")
    accounts = Accounts(server)
    browser.run("location.hash = '#reset=' + arguments[0]", accounts.add_letter(accounts.add_user(), "reset"))
    browser.wait_shown("#reset-view")
    server.stop()
    type_passwords(browser, NEW_PASSWORD, NEW_PASSWORD)
    browser.wait_text("#reset-error", "The server cannot be reached.")
    assert browser.run("return document.querySelector('#set-password').disabled") is False
    assert browser.run("return spy.violations") == []
    sent = [event["params"] for event in browser.devtools_events() if event["method"] == "Network.requestWillBeSent"]
    requested = [one["request"]["url"] for one in sent if one["documentURL"].startswith(server.url)]
    assert requested and [url for url in requested if not url.startswith(server.url)] == []


def test_asking_for_letters(server, office, chrome):
    """Without a link from a letter one asks for one: for another password, or to confirm an address."""
    joined(server, email="ada@example.org")
    office.take_link()
    browser = opened(chrome, f"{server.url}/account", "#help-view")
    assert [browser.label(one) for one in ("#forgot-login", "#again-login", "#again-password")] == [
        "Name or e-mail address", "Name or e-mail address", "Password",
    ]  # fmt: skip
    browser.screenshot(SCREENSHOTS / "account-help.png")
    browser.type("#again-login", "ada")
    browser.type("#again-password", "something else")
    browser.click("#again")
    browser.wait_text("#again-error", "The name or the password is wrong.")
    browser.run("document.querySelector('#again-password').value = ''")
    browser.type("#again-password", PASSWORD)
    browser.click("#again")
    browser.wait_text("#end-heading", "A letter is on its way")
    link = office.take_link()
    assert link.startswith(f"{server.url}/account#verify=")
    follow(browser, link, "#verify-view")
    browser.click("#verify")
    browser.wait_text("#end-heading", "The address is confirmed")

    browser.go(f"{server.url}/account")
    browser.wait_shown("#help-view")
    browser.type("#forgot-login", "ada")
    browser.click("#forgot")
    browser.wait_text("#end-words", "If there is such an account")
    assert office.take_link().startswith(f"{server.url}/account#reset=")
    assert browser.run("return spy.violations") == []


def test_a_server_without_mail(make_daemon, chrome):
    browser = opened(chrome, f"{make_daemon().url}/account", "#end-view")
    assert browser.text("#end-heading") == "This server sends no letters"
