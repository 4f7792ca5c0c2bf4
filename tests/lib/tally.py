# SPDX-License-Identifier: GPL-3.0-or-later
"""Adds up the results of ./check (steps and JUnit files), names what failed, prints the closing line."""

import pathlib
import sys
import xml.etree.ElementTree


def steps(folder):
    path = folder / "steps"
    for line in path.read_text().splitlines() if path.exists() else []:
        state, name = line.split(" ", 1)
        yield state, name


def cases(folder):
    for path in sorted(folder.glob("*.xml")):
        for case in xml.etree.ElementTree.parse(path).iter("testcase"):
            name = f"{path.stem}: {case.get('classname', '')} {case.get('name')}"
            if case.find("failure") is not None or case.find("error") is not None:
                yield "failed", name
            elif case.find("skipped") is not None:
                yield "skipped", name
            else:
                yield "passed", name


def main(folder):
    results = [*steps(folder), *cases(folder)]
    for wanted in ("skipped", "failed"):
        for state, name in results:
            if state == wanted:
                print(f"{wanted.upper()}: {name}")
    counts = {state: sum(1 for found, _ in results if found == state) for state in ("passed", "failed", "skipped")}
    print(f"{counts['passed']} passed, {counts['failed']} failed, {counts['skipped']} skipped")
    return 1 if counts["failed"] or not counts["passed"] else 0


sys.exit(main(pathlib.Path(sys.argv[1])))
