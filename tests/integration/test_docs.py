# SPDX-License-Identifier: GPL-3.0-or-later
"""The contract as the daemon hands it out: as JSON for programs, as a page in a real browser for people."""

import pytest

from confabtest import contract
from confabtest.paths import SCREENSHOTS
from confabtest.webdriver import ChromeDriver


@pytest.fixture
def chrome(home):
    with ChromeDriver(home) as driver:
        yield driver


@pytest.mark.parametrize("name", ["openapi", "asyncapi"])
def test_json(daemon, name):
    reply = daemon.request("GET", f"/api/v1/{name}.json")
    assert reply.status == 200 and reply.json == contract.DOCUMENTS[f"{name}.yaml"]
    same = daemon.request("GET", f"/api/v1/{name}.json", headers={"If-None-Match": reply.headers["ETag"]})
    assert same.status == 304 and same.body == b""
    other = daemon.request("GET", f"/api/v1/{name}.json", headers={"If-None-Match": '"other"'})
    assert other.status == 200 and other.headers["ETag"] == reply.headers["ETag"]


def test_page(daemon, chrome):
    browser = chrome.open(logs=("browser", "performance"))
    browser.go(daemon.url + "/docs")
    browser.wait_shown("#createCall")
    listed = set(browser.run("return [...document.querySelectorAll('.operation')].map((node) => node.id)"))
    assert {operation["operationId"] for _, _, operation in contract.operations()} <= listed
    for direction in ("publish", "subscribe"):
        assert {f"{direction}-{name}" for name in contract.messages(direction)} <= listed
    assert "no-such-call" in browser.text("#getCall") and '"code": "9htw-zr4h-5586"' in browser.text("#getCall")

    sent = [event["params"] for event in browser.devtools_events() if event["method"] == "Network.requestWillBeSent"]
    asked = [one["request"]["url"] for one in sent if not one["documentURL"].startswith("chrome:")]
    assert len(asked) > 5 and all(url.startswith(daemon.url) for url in asked)
    assert [entry["message"] for entry in browser.log("browser")] == []

    browser.type("#filter", "call-full")
    browser.wait(lambda: not browser.is_shown("#getCall"), "the filter")
    assert browser.is_shown("#joinCall") and browser.text("#hits")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1200, 360])
def test_page_fits(daemon, chrome, scheme, width):
    browser = chrome.open()
    browser.resize(width, 900)
    browser.emulate(prefers_color_scheme=scheme)
    browser.go(daemon.url + "/docs")
    browser.wait_shown("#createCall")
    assert browser.run("return document.documentElement.scrollWidth") <= width
    browser.run("document.querySelector('#createCall details').open = true; document.querySelector('#createCall').scrollIntoView()")
    browser.screenshot(SCREENSHOTS / f"docs-{scheme}-{width}.png")
    browser.run("scrollTo(0, 0)")
    browser.screenshot(SCREENSHOTS / f"docs-{scheme}-{width}-top.png")
