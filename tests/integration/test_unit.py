# SPDX-License-Identifier: GPL-3.0-or-later
"""What starts a server: the unit of systemd, and the user that it runs as."""

import subprocess

from confabtest.paths import BUILD, CONFABD, DEADLINE_S, SOURCE


def test_unit(tmp_path):
    """systemd understands each line of it, and it is confined."""
    text = (BUILD / "data/systemd/confabd.service").read_text()
    (command,) = [line for line in text.splitlines() if line.startswith("ExecStart=")]
    assert command.endswith("/bin/confabd --config=/etc/confab/confabd.conf")
    unit = tmp_path / "confabd.service"
    unit.write_text(text.replace(command.split()[0], f"ExecStart={CONFABD}"))
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", unit], capture_output=True, text=True, timeout=DEADLINE_S
    )
    assert done.returncode == 0 and "confabd.service" not in done.stderr, done.stderr
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--threshold=20", unit], capture_output=True, text=True, timeout=DEADLINE_S
    )
    assert done.returncode == 0, done.stdout


def test_user(tmp_path):
    """The one that the unit names, and nobody signs in as."""
    (tmp_path / "etc").mkdir()
    done = subprocess.run(
        ["systemd-sysusers", "--dry-run", f"--root={tmp_path}", SOURCE / "data/systemd/confab.sysusers.conf"],
        capture_output=True, text=True, timeout=DEADLINE_S,
    )  # fmt: skip
    assert done.returncode == 0 and "Creating user 'confab'" in done.stderr + done.stdout, done
