#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""to-json.py IN.yaml OUT.json: a contract as programs like to read it; anchors and merges are gone."""

import json
import sys

import yaml

with open(sys.argv[1], encoding="utf-8") as source:
    document = yaml.safe_load(source)
with open(sys.argv[2], "w", encoding="utf-8") as target:
    json.dump(document, target, ensure_ascii=False, separators=(",", ":"))
    target.write("\n")
