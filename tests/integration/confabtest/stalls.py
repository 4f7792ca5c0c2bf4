# SPDX-License-Identifier: GPL-3.0-or-later
"""Telling a fault from a machine that stood still: sound without a gap needs a processor without one."""

import functools
import threading
import time

STEP_S = 0.005
STALL_S = 0.015  # what the sound chain keeps ready


class StallWatch:
    """Counts how often this machine let a thread sleep much longer than it asked for. prepare runs first in that thread."""

    def __init__(self, stall_s=STALL_S, prepare=lambda: None):
        self.count = 0
        self._stall_s = stall_s
        self._prepare = prepare
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def _watch(self):
        self._prepare()
        before = time.monotonic()
        while not self._ended.wait(STEP_S):
            now = time.monotonic()
            self.count += now - before > STEP_S + self._stall_s
            before = now

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._ended.set()
        self._thread.join()


def again_when_stalled(attempts=5):
    """A test whose failure counts only when the machine ran all the while; else it is repeated, and the last attempt counts."""

    def decorate(test):
        @functools.wraps(test)
        def run(*arguments, **fixtures):
            for attempt in range(1, attempts + 1):
                watch = StallWatch()
                try:
                    with watch:
                        return test(*arguments, **fixtures)
                except AssertionError:
                    if attempt == attempts or watch.count == 0:
                        raise
                    print(f"attempt {attempt}: the machine stalled {watch.count} times; again")

        return run

    return decorate
