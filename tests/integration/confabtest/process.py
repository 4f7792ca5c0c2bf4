# SPDX-License-Identifier: GPL-3.0-or-later
"""A child process whose output is read line by line, and that never outlives its test."""

import os
import queue
import signal
import subprocess
import threading
import time

from .paths import DEADLINE_S


def wait_until(condition, what, deadline_s=DEADLINE_S):
    """Returns the first true value of condition(), or fails after the deadline."""
    end = time.monotonic() + deadline_s
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"Waited {deadline_s} s in vain for {what}")
        time.sleep(0.02)


class Process:
    """Popen whose lines on standard output arrive in order; standard error is kept for the report."""

    def __init__(self, arguments, env=None, preexec_fn=None, cwd=None):
        self.arguments = [str(argument) for argument in arguments]
        self.lines = []
        self.errors = []
        self._queue = queue.Queue()
        self.popen = subprocess.Popen(
            self.arguments,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=env,
            cwd=cwd,
            preexec_fn=preexec_fn,
            start_new_session=True,
            text=True,
            errors="replace",
        )
        self._readers = [
            threading.Thread(target=self._read, args=(self.popen.stdout, self._take_line), daemon=True),
            threading.Thread(target=self._read, args=(self.popen.stderr, self.errors.append), daemon=True),
        ]
        for reader in self._readers:
            reader.start()

    def _read(self, stream, take):
        for line in stream:
            take(line.rstrip("\n"))

    def _take_line(self, line):
        self.lines.append(line)
        self._queue.put(line)

    @property
    def pid(self):
        return self.popen.pid

    @property
    def error_text(self):
        return "\n".join(self.errors)

    def is_running(self):
        return self.popen.poll() is None

    def wait_line(self, predicate, what, deadline_s=DEADLINE_S):
        """The first line not yet consumed for which predicate(line) is true; lines before it are consumed too."""
        end = time.monotonic() + deadline_s
        while True:
            try:
                line = self._queue.get(timeout=0.1)
            except queue.Empty:
                ended = not self.is_running() and not self._readers[0].is_alive() and self._queue.empty()
                if ended or time.monotonic() > end:
                    raise AssertionError(f"No {what} from {self.arguments[0]} (exit {self.popen.poll()}):\n{self.report()}") from None
                continue
            found = predicate(line)
            if found:
                return line if found is True else found

    def report(self):
        return "\n".join(["--- stdout", *self.lines[-40:], "--- stderr", *self.errors[-40:]])

    def wait(self, deadline_s=DEADLINE_S):
        """The exit code, once everything that was printed is in lines and errors."""
        try:
            code = self.popen.wait(deadline_s)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"{self.arguments[0]} did not end within {deadline_s} s:\n{self.report()}") from None
        for reader in self._readers:
            reader.join(5)
        return code

    def stop(self, number=signal.SIGTERM, deadline_s=DEADLINE_S):
        """Ends the process politely, at the deadline by force; returns the exit code."""
        if self.is_running():
            self.popen.send_signal(number)
            try:
                self.popen.wait(deadline_s)
            except subprocess.TimeoutExpired:
                os.killpg(self.popen.pid, signal.SIGKILL)
        return self.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
