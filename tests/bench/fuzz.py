# SPDX-License-Identifier: GPL-3.0-or-later
"""The fuzz of ./check for as long as one likes, against a daemon with the sanitizers.

    meson setup build/sanitized -Db_sanitize=address,undefined -Db_lundef=false -Dclient=disabled && ninja -C build/sanitized
    CONFAB_BUILD=build/sanitized /usr/bin/python3 tests/bench/fuzz.py [--requests 1000000] [--seed 2] [--minutes 60]

Ends with the first wrong answer, or when the daemon does. Prints what was answered, and descriptors and memory on the way;
leaks of memory that nobody points to are told by the sanitizer at the end.
"""

import argparse
import pathlib
import shutil
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "integration"))

from confabtest.daemon import Daemon  # noqa: E402
from confabtest.fuzz import Fuzzer  # noqa: E402
from confabtest.volley import fire  # noqa: E402
from confabtest.world import NO_LIMITS, World  # noqa: E402
from test_fuzz import ROUND, Judge  # noqa: E402

#: Stacks by the frame pointer, where there is one: with those of the unwinder it is six times slower.
SANITIZERS = {
    "ASAN_OPTIONS": "fast_unwind_on_malloc=1:malloc_context_size=12:strict_string_checks=1:quarantine_size_mb=16",
    "UBSAN_OPTIONS": "print_stacktrace=1:halt_on_error=1",
    "LSAN_OPTIONS": f"suppressions={HERE.parent / 'lsan.supp'}:print_suppressions=0",
}


def run(daemon, judge, options):
    world = World(daemon)
    fuzzer = Fuzzer(options.seed, world)
    end = time.monotonic() + 60 * options.minutes
    told = 0
    while judge.number < options.requests and time.monotonic() < end:
        fire(world.port, (fuzzer.make() for _ in range(ROUND)), judge.take)
        world.renew()
        if judge.number - told >= options.requests / 20:
            told = judge.number
            memory = daemon.resident_bytes() / 1024 / 1024
            print(f"{judge.number:>9,} requests, {daemon.open_descriptors()} descriptors, {memory:.1f} MiB", flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--requests", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=2)
    parser.add_argument("--minutes", type=float, default=60)
    options = parser.parse_args()
    home = pathlib.Path(tempfile.mkdtemp(prefix="cff"))
    for name in ("run", "data", "config", "cache"):
        (home / name).mkdir()
    try:
        daemon = Daemon(home, env={**NO_LIMITS, **SANITIZERS}).start()
        judge = Judge(options.seed)
        wrong = ""
        try:
            run(daemon, judge, options)
        except AssertionError as error:
            wrong = f"{error}\n"
        finally:
            code = daemon.stop()
        print(f"{judge.number:,} requests, seed {options.seed}: {dict(sorted(judge.statuses.items()))}; the daemon ended with {code}")
        sys.exit(wrong + daemon.process.error_text[-20000:] if wrong or code else 0)
    finally:
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    main()
