# SPDX-License-Identifier: GPL-3.0-or-later
"""What the benchmarks of sound share: a sound card that can be measured, and the programs that are compared on it."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "integration"))

from confabtest.paths import BUILD  # noqa: E402, F401
