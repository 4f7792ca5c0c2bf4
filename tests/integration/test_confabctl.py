# SPDX-License-Identifier: GPL-3.0-or-later
"""confabctl: every command of its table, what is going on, the settings, and the doctor."""

import getpass
import json
import os
import re
import socket
import subprocess

import pytest

from confabtest.accounts import Accounts
from confabtest.paths import BUILD, DEADLINE_S
from confabtest.process import wait_until
from confabtest.signaling import Session, run

CONFABCTL = BUILD / "daemon/ctl/confabctl"


def ctl(*arguments, env=None):
    return subprocess.run(
        [CONFABCTL, *map(str, arguments)], capture_output=True, text=True, timeout=DEADLINE_S, env={**os.environ, **(env or {})}
    )


def assert_one_line(done, code):
    assert done.returncode == code, done
    assert done.stderr.startswith("confabctl: ") and done.stderr.count("\n") == 1, done.stderr


def commands():
    """(words, usage) of every command that the help lists."""
    lines = re.findall(r"^  confabctl (.+)$", ctl("--help").stdout, re.MULTILINE)
    for line in lines:
        words = []
        for word in line.split():
            if not re.fullmatch(r"[a-z-]+", word):
                break
            words.append(word)
        yield words, line


def test_help_lists_every_group():
    groups = {words[0] for words, _ in commands()}
    assert {"call", "config", "db", "doctor", "import"} <= groups
    assert ctl("--help").returncode == 0 and ctl("--version").stdout.startswith("confabctl ")


@pytest.mark.parametrize("words, usage", [pytest.param(*one, id=" ".join(one[0])) for one in commands()])
def test_every_command(words, usage, home):
    """Its own help, and one clear line for what it does not take."""
    database = f"sqlite://{home}/data/confab.db"
    helped = ctl(*words, "--help")
    assert helped.returncode == 0 and helped.stderr == ""
    assert helped.stdout.splitlines()[0].strip() == f"confabctl {usage}" and len(helped.stdout.splitlines()) > 1
    assert_one_line(ctl("--database", database, *words, "--no-such-option"), 2)
    assert_one_line(ctl("--database", database, *words, *["superfluous"] * 9), 2)


@pytest.mark.parametrize("arguments", [[], ["nothing"], ["db"], ["db", "nothing"], ["call"], ["--nothing"], ["--config"]])
def test_wrong_usage(arguments):
    assert_one_line(ctl(*arguments), 2)


def test_man_page_names_every_command():
    page = (BUILD.parent / "data/man/confabctl.1").read_text().replace("\\-", "-").replace("\\fR", "").replace("\\fI", "")
    for words, _ in commands():
        assert re.search(rf"^\.BR?I? \"?{' '.join(words)}\b", page, re.MULTILINE), f"{words} is not in the manual"


# --- config


def test_config(home):
    path = home / "confabd.conf"
    path.write_text("[server]\nlisten=127.0.0.1:8080\n[turn]\nurls=turn:turn.example.org\nsecret=Zanzibar\n")
    env = {"CONFAB_DATABASE_URL": "postgresql://confab:Mombasa@db.example.org/confab"}
    shown = ctl("--config", path, "config", "show", env=env)
    assert shown.returncode == 0
    assert f"listen=127.0.0.1:8080    ({path})" in shown.stdout and "#max-participants=100" in shown.stdout
    assert "Zanzibar" not in shown.stdout and "Mombasa" not in shown.stdout
    settings = json.loads(ctl("--config", path, "--json", "config", "show", env=env).stdout)["settings"]
    url = next(one for one in settings if (one["group"], one["key"]) == ("database", "url"))
    assert url["value"] == "postgresql://confab:***@db.example.org/confab" and url["origin"] == "CONFAB_DATABASE_URL"
    assert ctl("--config", path, "config", "check").returncode == 0

    path.write_text("[server]\nlisten=here\n[limits]\nmax-participants=1\nnothing=1\n")
    wrong = ctl("--config", path, "config", "check")
    assert_one_line(wrong, 1)
    assert len(wrong.stdout.splitlines()) == 3 and "3 settings are wrong" in wrong.stderr
    assert len(json.loads(ctl("--config", path, "--json", "config", "check").stdout)["mistakes"]) == 3


# --- call


def who_ended(daemon):
    """(call, name), the newest first."""
    listed = ctl("--database", daemon.database_url, "--json", "audit", "list", "--action", "call-ended")
    return [(one["target"], one["actor"]) for one in json.loads(listed.stdout)["entries"]]


def test_calls(daemon):
    """A call is seen and ended from outside while people are in it; they hear of it at once."""

    async def scenario():
        options = ("--database", daemon.database_url)
        ada = await Session.enter(daemon, name="Ada")
        code = ada.call["code"]
        empty = daemon.create_call(daemon.sign_in("Bob"), title="Empty")["call"]
        listed = json.loads(ctl(*options, "--json", "call", "list").stdout)["calls"]
        assert {one["id"]: one["present"] for one in listed} == {ada.call["id"]: 1, empty["id"]: 0}
        assert code in ctl(*options, "call", "list").stdout

        shown = ctl(*options, "call", "show", code.upper())
        assert shown.returncode == 0 and "made by “Ada”" in shown.stdout and "host" in shown.stdout
        assert json.loads(ctl(*options, "--json", "call", "show", code).stdout)["participants"][0]["display_name"] == "Ada"
        assert_one_line(ctl(*options, "call", "show", "0" * 26), 1)

        env = {"CONFAB_SERVER_LISTEN": f"127.0.0.1:{daemon.port}"}
        ended = ctl(*options, "call", "end", code, env=env)
        assert ended.returncode == 0 and code in ended.stdout, ended.stderr
        wait_until(lambda: who_ended(daemon), "the audit")
        ada_call.append(ada.call["id"])
        await ada.expect("call-ended")
        await ada.expect_close(4410)
        assert_one_line(ctl(*options, "call", "end", code, env=env), 1)
        return empty

    empty, ada_call = [], []

    async def keep():
        empty.append(await scenario())

    run(keep())
    daemon.stop()
    done = ctl("--database", daemon.database_url, "--json", "call", "end", empty[0]["id"])
    assert json.loads(done.stdout) == {"ended": empty[0]["id"]}
    assert who_ended(daemon) == [(empty[0]["id"], getpass.getuser()), (ada_call[0], getpass.getuser())]
    assert "calls" in (left := json.loads(ctl("--database", daemon.database_url, "--json", "call", "list").stdout)) and left["calls"] == []


# --- doctor


def findings(*arguments, env=None):
    done = ctl(*arguments, "--json", "doctor", env=env)
    found = json.loads(done.stdout)["findings"]
    bad = [one for one in found if one["verdict"] == "bad"]
    assert done.returncode == (1 if bad else 0), done
    if bad:
        assert_one_line(done, 1)
    assert all(one["advice"] for one in found if one["verdict"] != "good")
    return found


def assert_found(found, subject, verdict, words):
    assert any(one["subject"] == subject and one["verdict"] == verdict and words in one["what"] for one in found), found


def test_doctor_of_a_good_setup(daemon):
    env = {
        "CONFAB_SERVER_LISTEN": f"127.0.0.1:{daemon.port}",
        "CONFAB_SERVER_BASE_URL": daemon.url,
        "CONFAB_TURN_URLS": "turn:turn.example.org",
        "CONFAB_TURN_SECRET": "Zanzibar-0123456789abcdef",
    }
    found = findings("--database", daemon.database_url, env=env)
    assert not [one for one in found if one["verdict"] == "bad"], found
    for subject in ("config", "database", "key", "disk", "daemon", "address", "turn"):
        assert_found(found, subject, "good", "")
    assert "→" in ctl("--database", daemon.database_url, "doctor", env=env).stdout


def test_doctor_sees_the_host(home, daemon):
    database = daemon.database_url
    daemon.stop()
    key = home / "data/secret.key"
    key.chmod(0o644)
    daemon.database.chmod(0o664)
    found = findings("--database", database, env={"CONFAB_LIMITS_MAX_PARTICIPANTS": "1"})
    assert_found(found, "config", "bad", "max-participants")
    assert_found(found, "key", "bad", "0644")
    assert_found(found, "database", "bad", "0664")
    key.write_bytes(b"short")
    assert_found(findings("--database", database), "key", "bad", "too short")
    key.unlink()
    assert_found(findings("--database", database), "key", "doubtful", "No such file")
    named = {"CONFAB_AUTH_KEY_FILE": str(key)}
    assert_found(findings("--database", database, env=named), "key", "bad", "No such file")
    assert ctl("--database", database, "db", "rollback").returncode == 0
    assert_found(findings("--database", database), "database", "bad", "this version needs")
    assert_found(findings("--database", f"sqlite://{home}/nothing.db"), "database", "bad", "There is no database")
    assert_found(findings("--database", "postgresql://127.0.0.1:1/x"), "database", "bad", "")
    assert_found(findings("--database", "postgresql://127.0.0.1:1/x"), "key", "bad", "does not start without")


def test_doctor_sees_the_network(home, daemon):
    options = ("--database", daemon.database_url)
    address = f"127.0.0.1:{daemon.port}"
    found = findings(*options, env={"CONFAB_SERVER_LISTEN": address, "CONFAB_SERVER_BASE_URL": "http://call.invalid"})
    assert_found(found, "daemon", "good", address)
    assert_found(found, "address", "bad", "not encrypted")
    assert_found(found, "address", "bad", "nobody answers there")
    assert_found(found, "turn", "doubtful", "no relay")
    assert_found(found, "mail", "doubtful", "No letters")
    found = findings(*options, env={"CONFAB_SERVER_LISTEN": address, "CONFAB_SERVER_BASE_URL": f"https://{address}"})
    assert_found(found, "proxy", "bad", "count as one address")
    found = findings(*options, env={"CONFAB_SERVER_LISTEN": address, "CONFAB_SERVER_TRUSTED_PROXIES": "127.0.0.1"})
    assert_found(found, "proxy", "doubtful", "is believed")
    assert_found(findings(*options, env={"CONFAB_SERVER_LISTEN": "127.0.0.1:0"}), "daemon", "doubtful", "another port")
    daemon.stop()
    assert_found(findings(*options, env={"CONFAB_SERVER_LISTEN": address}), "daemon", "bad", "Nobody answers")


def test_doctor_sees_cheap_passwords(daemon):
    """Those of another server, and of a time when machines were slower; each hash counts once."""
    options = ("--database", daemon.database_url)
    accounts = Accounts(daemon)
    cheap, dear = ("$argon2id$v=19$m=8192,t=1,p=1$c2FsdA$aGFzaA", "$argon2id$v=19$m=4194304,t=8,p=1$c2FsdA$aGFzaA")
    assert not [one for one in findings(*options) if one["subject"] == "password"]
    users = [accounts.add_user() for _ in range(4)]
    for user_id, hashed in zip(users, (dear, cheap, "$2b$04$abcdefghijklmnopqrstuujydOTSfIH/d5oUHpsygqV5X9xJLQc6e")):
        accounts.run("UPDATE users SET password_hash = ? WHERE id = ?", hashed, user_id)
    assert_found(findings(*options), "password", "doubtful", "2 of 3 passwords")
    accounts.run("UPDATE users SET password_hash = ? WHERE password_hash IS NOT NULL", dear)
    assert_found(findings(*options), "password", "good", "All 3 passwords")


def test_doctor_sees_another_program(home):
    """Somebody else has the port."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        process = subprocess.Popen(
            [CONFABCTL, "--json", "--database", f"sqlite://{home}/none.db", "doctor"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env={**os.environ, "CONFAB_SERVER_LISTEN": f"127.0.0.1:{port}"},
        )  # fmt: skip
        server.settimeout(DEADLINE_S)
        connection, _ = server.accept()
        with connection:
            connection.recv(65536)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nHi")
            out, _ = process.communicate(timeout=DEADLINE_S)
    assert_found(json.loads(out)["findings"], "daemon", "bad", "no confabd")
