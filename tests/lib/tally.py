# SPDX-License-Identifier: GPL-3.0-or-later
"""Adds up the results of ./check, names what failed, prints the closing line.

    tally.py FOLDER            # the closing line; what passed alone counts, and is named
    tally.py FOLDER failures   # SUITE <tab> TEST of what failed, to be tried again by itself

In the folder: “steps” (STATE NAME), of each suite JUnit (NAME.xml) and, of Meson's, its log (NAME.json), which knows of
programs that died; “alone” (SUITE <tab> TEST) has what passed when it was tried again.
"""

import json
import pathlib
import sys
import xml.etree.ElementTree


def read_lines(path):
    return path.read_text().splitlines() if path.exists() else []


def steps(folder):
    for line in read_lines(folder / "steps"):
        state, name = line.split(" ", 1)
        yield state, name


def has_failed(case):
    return case.find("failure") is not None or case.find("error") is not None


def cases(path):
    return xml.etree.ElementTree.parse(path).iter("testcase")


def meson_failures(path):
    for line in read_lines(path):
        test = json.loads(line)
        if test["result"] not in ("OK", "SKIP", "EXPECTEDFAIL"):
            yield test["name"].rsplit(" / ", 1)[-1]


def pytest_failures(path):
    for case in cases(path):
        if has_failed(case):
            yield f"{case.get('classname').rsplit('.', 1)[-1]}.py::{case.get('name')}"


def failures(folder):
    for path in sorted(folder.glob("*.xml")):
        log = path.with_suffix(".json")
        for name in meson_failures(log) if log.exists() else pytest_failures(path):
            yield path.stem, name


def count(folder, wanted):
    """How many cases of all suites passed, or were skipped."""
    found = {"passed": 0, "skipped": 0}
    for path in folder.glob("*.xml"):
        for case in cases(path):
            if not has_failed(case):
                found["skipped" if case.find("skipped") is not None else "passed"] += 1
    return found[wanted]


def main(folder):
    alone = {tuple(line.split("\t", 1)) for line in read_lines(folder / "alone")}
    results = list(steps(folder))
    for suite, name in failures(folder):
        if (suite, name) in alone:
            print(f"PASSED ALONE, AFTER IT HAD FAILED BESIDE OTHERS: {suite}: {name}")
        results.append(("passed" if (suite, name) in alone else "failed", f"{suite}: {name}"))
    for state, name in results:
        if state == "failed":
            print(f"FAILED: {name}")
    passed = sum(1 for state, _ in results if state == "passed") + count(folder, "passed")
    failed = sum(1 for state, _ in results if state == "failed")
    print(f"{passed} passed, {failed} failed, {count(folder, 'skipped')} skipped")
    return 1 if failed or not passed else 0


if sys.argv[2:] == ["failures"]:
    for one in failures(pathlib.Path(sys.argv[1])):
        print("\t".join(one))
else:
    sys.exit(main(pathlib.Path(sys.argv[1])))
