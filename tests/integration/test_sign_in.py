# SPDX-License-Identifier: GPL-3.0-or-later
"""Signing in to a server in the app: by the keyboard and a screen reader, with a real keyring beside it."""

import os
import subprocess

import pytest

from confabtest.account_server import AccountServer
from confabtest.app import App, assert_all_named, assert_quiet, write_settings
from confabtest.process import Process, wait_until

PASSWORD = "correct horse battery"


@pytest.fixture
def server():
    with AccountServer(password=PASSWORD) as running:
        yield running


@pytest.fixture
def keyring(home, session_bus):
    """A real gnome-keyring on the test's bus and in its home, unlocked."""
    env = {**os.environ, **session_bus.env}
    env.pop("G_DEBUG", None)
    (home / "password").write_text("password")
    start = f"exec gnome-keyring-daemon --foreground --unlock --components=secrets <{home}/password"
    process = Process(["sh", "-c", start], env=env)
    wait = ["gdbus", "wait", "--session", "--timeout", "30", "org.freedesktop.secrets"]
    subprocess.run(wait, env=env, check=True, timeout=60)
    yield process
    process.stop()


@pytest.fixture
def open_app(display, session_bus, pulse):
    def make(*arguments):
        return App(display, session_bus, *arguments, pulse_env=pulse.env)

    return make


def sign_in(app, password=PASSWORD):
    """By the keyboard alone: the server stands there, the name is next."""
    app.press("alt+n", "ctrl+a")
    app.type("ada")
    app.press("alt+p", "ctrl+a")
    app.type(password)
    app.press("Return")


def open_account_menu(app, entry):
    app.point("push button", "Account")
    app.click("menu item", entry)


def test_sign_in_and_stay(open_app, server, keyring):
    with open_app("--server", server.url) as app:
        app.wait("label", "Sign In to a Server")
        assert_all_named(app)
        app.screenshot("app-sign-in")
        sign_in(app, "wrong")
        app.wait("alert", "The name or the password is wrong.")
        app.screenshot("app-sign-in-refused")
        sign_in(app)
        app.wait("push button", "Start a Call")
        assert server.logins[-1]["trusted"] is True
        assert_all_named(app)
        app.screenshot("app-signed-in")
        app.press("ctrl+q")
        assert app.process.wait() == 0
        assert_quiet(app)

    server.forget_access()
    with open_app("--server", server.url) as app:
        app.wait("push button", "Start a Call")
        assert len(server.logins) == 2
        open_account_menu(app, "Sign Out")
        app.wait("label", "Sign In to a Server")
        app.wait("text", "Name or e-mail", text="ada")
        assert server.sessions == {}
        assert_quiet(app)

    with open_app("--server", server.url) as app:
        app.wait("label", "Sign In to a Server")
        app.wait("text", "Password", sensitive=True)
        assert len(server.logins) == 2


def test_account_menu(open_app, server):
    """Without a keyring: one is told, and can do all the same."""
    server.open_session("Phone of Ada")
    with open_app("--server", server.url) as app:
        app.wait("label", "Sign In to a Server")
        sign_in(app)
        app.wait("push button", "Start a Call")
        app.wait("alert", lambda name: name.startswith("The keyring of this computer cannot be used"))
        app.point("push button", "Account")
        app.wait("label", "Signed in as Ada Lovelace")
        app.screenshot("app-account-menu")
        app.press("Escape")

        open_account_menu(app, "Devices…")
        app.wait("label", "Phone of Ada")
        app.wait("label", "This device")
        assert_all_named(app)
        app.screenshot("app-devices")
        app.click("push button", "Sign out Phone of Ada")
        app.wait_gone("label", "Phone of Ada")
        app.press("Escape")
        app.wait_gone("label", "This device")

        open_account_menu(app, "Change Password…")
        app.wait("text", "Password so far")
        assert_all_named(app)
        app.focus("Change Password")
        app.press("alt+p")
        app.type("no idea")
        app.press("alt+n")
        app.type("battery staple")
        app.press("Return")
        app.wait("alert", "The password so far is another one.")
        app.screenshot("app-password")
        app.press("alt+p", "ctrl+a")
        app.type(PASSWORD)
        app.press("alt+n", "Return")
        app.wait_gone("text", "Password so far")
        assert server.password == "battery staple"
        assert_quiet(app)


def test_server_signs_us_out(open_app, server):
    with open_app("--server", server.url) as app:
        app.wait("label", "Sign In to a Server")
        sign_in(app)
        app.wait("push button", "Start a Call")
        server.sessions.clear()
        app.press("F5")
        app.wait("status bar", "The server has signed you out. Please sign in again.")
        app.screenshot("app-signed-out")
        assert_quiet(app)


def test_register_and_forgot(open_app, server):
    with open_app() as app:
        app.wait("push button", "Start a Call")
        app.press("F10")
        app.click("menu item", "Sign In to a Server…")
        app.wait("label", "Sign In to a Server")
        app.press("alt+a", "ctrl+a")
        app.type(server.url)
        app.press("alt+n")
        app.type("ada")
        app.click("push button", "Forgot the Password?")
        app.wait("status bar", lambda name: "a letter with a link is on its way" in name)
        assert server.requests[-1] == ("POST", "/auth/password/forgot", {"login_name": "ada"})
        app.screenshot("app-forgot")

        app.click("push button", "Create an Account")
        app.wait("text", "Invitation, if the server asks for one")
        app.wait_gone("status bar", lambda name: "a letter with a link is on its way" in name)
        app.press("alt+p")
        app.type(PASSWORD)
        app.press("Return")
        app.wait("alert", lambda name: "not without an invitation" in name)
        app.screenshot("app-register")
        app.press("alt+i")
        app.type("let-me-in")
        app.press("Return")
        app.wait("push button", "Start a Call")
        open_account_menu(app, "Sign Out")
        app.wait("text", "Name, as others see it")
        assert_quiet(app)


def test_only_what_the_server_offers(open_app, server):
    """It is asked once an address is whole: no button that could only fail, and words for what is not there."""
    server.offer = {"registration": "closed", "guests": "none", "telegram": False, "mail": False}
    with open_app() as app:
        app.wait("push button", "Start a Call")
        app.press("F10")
        app.click("menu item", "Sign In to a Server…")
        app.wait("push button", "Create an Account")
        app.press("alt+a", "ctrl+a")
        app.type("127.0.0.1:1")
        app.press("alt+n")
        app.wait("status bar", lambda name: name.startswith("The server cannot be reached."))
        app.press("alt+a", "ctrl+a")
        app.type(server.url)
        app.press("alt+n")
        app.wait("status bar", "Whoever runs this server makes the accounts. There are no guests.")
        app.wait_gone("push button", "Create an Account")
        app.wait_gone("push button", "Continue as Guest")
        assert server.requests == [("GET", "/server", {})]
        app.type("ada")
        app.click("push button", "Forgot the Password?")
        app.wait("status bar", lambda name: name.startswith("This server sends no letters."))
        assert_all_named(app)
        app.screenshot("app-sign-in-closed")

        app.press("alt+a", "End")
        app.type("0")
        app.wait("push button", "Create an Account")  # of that server one knows nothing
        assert_quiet(app)


@pytest.fixture
def real_server(make_daemon):
    return make_daemon(env={"CONFAB_AUTH_REGISTRATION": "open"})


def log_in(daemon, device_name):
    reply = daemon.request("POST", "/api/v1/auth/login", {"login_name": "ada", "password": PASSWORD, "device_name": device_name})
    assert reply.status == 200, reply.body
    return reply.json["token"]


def test_with_a_real_server(open_app, real_server, keyring):
    """From making the account to being signed out from afar, with nothing pretended."""
    with open_app("--server", real_server.url) as app:
        app.click("push button", "Create an Account")
        app.wait("text", "Name, as others see it")
        app.press("alt+n", "ctrl+a")
        app.type("ada")
        app.press("alt+o")
        app.type("Ada Lovelace")
        app.press("alt+p")
        app.type("password")
        app.press("Return")
        app.wait("alert", lambda name: "too easy to guess" in name)
        app.press("alt+p", "ctrl+a")
        app.type(PASSWORD)
        app.press("Return")
        app.click("push button", "Start a Call")
        app.wait("list item", "Ada Lovelace, You, host")
        app.press("ctrl+q")
        assert app.process.wait() == 0
        assert_quiet(app)

    phone = log_in(real_server, "Phone of Ada")
    with open_app("--server", real_server.url) as app:
        app.wait("push button", "Start a Call")
        open_account_menu(app, "Devices…")
        app.click("push button", "Sign out Phone of Ada")
        app.wait_gone("label", "Phone of Ada")
        assert real_server.request("GET", "/api/v1/sessions", token=phone).status == 401
        app.focus("Signed-In Devices")
        app.press("Escape")
        app.wait_gone("label", "This device")

        assert real_server.request("DELETE", "/api/v1/sessions", token=log_in(real_server, "Tablet")).status == 204
        app.focus()
        app.press("F5")
        app.wait("status bar", "The server has signed you out. Please sign in again.")
        assert_quiet(app)


def test_signed_out_in_a_call(open_app, real_server):
    """Who wants to go in again signs in before, and is led there then."""
    account = {"login_name": "ada", "password": PASSWORD, "display_name": "Ada Lovelace", "device_name": "Tablet"}
    assert real_server.request("POST", "/api/v1/auth/register", account).status == 201
    with open_app("--server", real_server.url) as app:
        app.wait("label", "Sign In to a Server")
        sign_in(app)
        app.click("push button", "Start a Call")
        app.wait("list item", "Ada Lovelace, You, host")
        assert real_server.request("DELETE", "/api/v1/sessions", token=log_in(real_server, "Phone")).status == 204
        app.wait("label", "You Are No Longer in the Call")
        app.click("push button", "Join Again")
        app.wait("status bar", "The server has signed you out. Please sign in again.")
        sign_in(app)
        app.wait("list item", "Ada Lovelace, You, host")
        assert_quiet(app)
