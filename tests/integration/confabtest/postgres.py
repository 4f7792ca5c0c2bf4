# SPDX-License-Identifier: GPL-3.0-or-later
"""A PostgreSQL server of the test's own, from the distribution, on a socket in a temporary folder."""

import itertools
import subprocess

from .paths import SOURCE

SCRIPT = SOURCE / "tests/lib/with-postgres.sh"


class Postgres:
    """prefix, root: where it runs, and what paths there begin with here."""

    def __init__(self, prefix=(), root=""):
        self.prefix, self.root = prefix, root
        self.names = itertools.count(1)

    def __enter__(self):
        # It lives for as long as its command reads on.
        command = 'echo "$CONFAB_TEST_POSTGRES"; echo "$CONFAB_TEST_POSTGRES_CTL"; exec cat'
        self.process = subprocess.Popen(
            [*self.prefix, "sh", SCRIPT, "sh", "-c", command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.url = self.process.stdout.readline().strip().replace("host=", f"host={self.root}")
        self.control_command = self.process.stdout.readline().split()
        assert self.url.startswith("postgresql://"), "the server did not start"
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait(60)
        self.process.stdout.close()

    def query(self, sql, url=None):
        """What psql prints, unaligned, a line a row."""
        done = subprocess.run(
            ["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", sql, url or self.url],
            capture_output=True, text=True, timeout=60,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()

    def make_database(self):
        """The URL of a new, empty one."""
        name = f"confab_{next(self.names)}"
        self.query(f"CREATE DATABASE {name}")
        return self.url.replace("@/postgres?", f"@/{name}?")

    def control(self, *words):
        """pg_ctl: stop, start, restart, with what else it takes."""
        subprocess.run([*self.control_command, *words], check=True, timeout=60, stdout=subprocess.DEVNULL)
