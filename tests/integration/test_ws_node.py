# SPDX-License-Identifier: GPL-3.0-or-later
"""The signaling WebSocket against a client that none of us wrote: the `ws` package of Node.js."""

import hashlib
import pathlib
import re
import shutil
import subprocess

import pytest

from confabtest.paths import BUILD

SOURCES = pathlib.Path(__file__).parent / "node"
SCENARIOS = re.findall(r"^export async function (\w+)", (SOURCES / "scenarios.js").read_text(), re.MULTILINE)

#: npm asks the registry once a build folder; a scenario waits at most 30 s for each answer.
INSTALL_DEADLINE_S = 180
SCENARIO_DEADLINE_S = 120


@pytest.fixture(scope="session")
def node_folder():
    """The scripts and their package in the build folder; nothing is installed into the source tree."""
    folder = BUILD / "tests/integration/node"
    folder.mkdir(parents=True, exist_ok=True)
    for source in SOURCES.iterdir():
        if source.is_file():
            shutil.copy(source, folder)
    stamp = folder / "node_modules/.confab-lock"
    digest = hashlib.sha256((folder / "package-lock.json").read_bytes()).hexdigest()
    if not stamp.exists() or stamp.read_text() != digest:
        command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier"]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=INSTALL_DEADLINE_S)
        assert done.returncode == 0, f"npm could not install the “ws” package (is the registry within reach?):\n{done.stderr}"
        stamp.write_text(digest)
    return folder


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_ws(node_folder, scenario, daemon):
    command = ["node", "run.js", scenario, daemon.url]
    done = subprocess.run(command, cwd=node_folder, capture_output=True, text=True, timeout=SCENARIO_DEADLINE_S)
    assert done.returncode == 0, f"{done.stderr}\n--- confabd\n{daemon.process.report()}"
    assert daemon.process.is_running()
