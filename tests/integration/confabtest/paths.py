# SPDX-License-Identifier: GPL-3.0-or-later
import os
import pathlib

SOURCE = pathlib.Path(__file__).resolve().parents[3]
BUILD = pathlib.Path(os.environ.get("CONFAB_BUILD", SOURCE / "build")).resolve()
CONFABD = BUILD / "daemon/confabd"
CONFAB = BUILD / "client-gtk/confab"
CONFAB_CLI = BUILD / "client-gtk/cli/confab-cli"
SERVICES = BUILD / "data/dbus"
SCHEMAS = BUILD / "data"
SCREENSHOTS = BUILD / "screenshots"

#: How long anything may take before a test gives up on it. Machines are shared and noisy.
DEADLINE_S = 45
