# SPDX-License-Identifier: GPL-3.0-or-later
"""Frozen databases: one of the version before each migration, with rows in every table it had.

A new migration N comes with two more, made before it is written, from the last one:

    /usr/bin/python3 -m confabtest.frozen N     (in tests/integration, with what is built)
"""

import pathlib
import re
import sqlite3
import subprocess
import sys
import tempfile

from .paths import BUILD, SOURCE
from .postgres import Postgres

FOLDER = SOURCE / "tests/data/frozen"
MIGRATIONS = SOURCE / "daemon/store/migrations"
CONFABCTL = BUILD / "daemon/ctl/confabctl"
MOMENT_S = 1774747800

# What each version could hold first; @N is N seconds after a moment of March 2026.
ROWS = {
    1: """
        INSERT INTO users (id, display_name, role, created_at) VALUES
          ('owner', 'Ada “Countess” Lovelace', 'owner', @0), ('guest', 'Жук 甲虫 🪲', 'guest', @1);
        INSERT INTO calls (id, code, title, kind, state, creator_id, created_at, started_at, expires_at, ended_at,
          end_reason, empty_since, max_participants) VALUES
          ('call-ended', '0000-0000-0001', 'Größe', 'now', 'ended', 'owner', @0, @10, @86400, @600, 'ended-by-host', NULL, 2),
          ('call-open', '0000-0000-0002', NULL, 'now', 'open', 'owner', @5, NULL, @99999999, NULL, NULL, NULL, 100),
          ('call-live', '0000-0000-0003', '', 'standing', 'live', 'guest', @5, @6, @99999999, NULL, NULL, @700, 6);
        INSERT INTO memberships (call_id, user_id, role, made_at) VALUES
          ('call-ended', 'owner', 'host', @0), ('call-ended', 'guest', 'speaker', @9), ('call-live', 'guest', 'host', @5);
        INSERT INTO invites (id, call_id, made_by, secret_hash, role, uses_left, created_at, expires_at, revoked_at) VALUES
          ('invite', 'call-ended', 'owner', 'abc', 'speaker', 3, @0, @86400, NULL),
          ('revoked', 'call-open', 'owner', 'def', 'listener', NULL, @0, NULL, @100);
        INSERT INTO participants (id, call_id, user_id, display_name, role, joined_at, left_at, leave_reason, muted,
          deafened, on_hold, listen_only, hand_raised_at) VALUES
          ('one', 'call-ended', 'owner', 'Ada', 'host', @10, @600, 'ended', #0, #0, #0, #0, NULL),
          ('two', 'call-ended', NULL, 'Жук', 'speaker', @11, @400, 'lost', #1, #0, #1, #0, @300);
    """,
    2: """
        INSERT INTO quality_samples (call_id, at, participant_id, peer_id, rtt_us, jitter_us, lost_ppm, bitrate_bps,
          level_millidbov, mouth_to_ear_us, mos_millis) VALUES
          ('call-ended', @20, 'one', 'two', 40000, 3000, 10000, 32500, -30000, NULL, 4321),
          ('call-ended', @20, 'two', 'one', NULL, 0, 0, 0, -127000, 55000, 1000);
        UPDATE calls SET n_quality_samples = 2 WHERE id = 'call-ended';
    """,
    3: """
        UPDATE calls SET recording_policy = 'host' WHERE id = 'call-ended';
        UPDATE participants SET recording_since = @50 WHERE id = 'one';
    """,
}


def list_migrations():
    """{number: name}"""
    return {int(path.name[:4]): path.name.split(".")[0] for path in MIGRATIONS.glob("*.up.sqlite.sql")}


def get_path(number, dialect):
    """Of the database before migration number."""
    return FOLDER / f"before-{list_migrations()[number]}.{'db' if dialect == 'sqlite' else 'sql'}"


def make_rows(version, dialect):
    """SQL that fills a database of a version."""
    sql = "".join(rows for number, rows in sorted(ROWS.items()) if number <= version)
    if dialect == "sqlite":
        return re.sub(r"#(\d)", r"\1", re.sub(r"@(\d+)", lambda found: str((MOMENT_S + int(found[1])) * 1000000), sql))
    moments = re.sub(r"@(\d+)", lambda found: f"to_timestamp({MOMENT_S + int(found[1])})", sql)
    return moments.replace("#0", "false").replace("#1", "true")


def migrate(url, version):
    subprocess.run([CONFABCTL, "-d", url, "db", "migrate", "--to", str(version)], check=True)


def freeze_sqlite(number):
    with tempfile.TemporaryDirectory() as folder:
        source = pathlib.Path(folder) / "confab.db"
        migrate(f"sqlite://{source}", number - 1)
        connection = sqlite3.connect(source)
        connection.executescript(make_rows(number - 1, "sqlite"))
        # A kilobyte a page, as it is small.
        connection.execute("PRAGMA page_size = 1024")
        path = get_path(number, "sqlite")
        path.unlink(missing_ok=True)
        connection.execute("VACUUM INTO ?", (str(path),))
        connection.close()


def freeze_postgres(number):
    with Postgres() as server:
        url = server.make_database()
        migrate(url, number - 1)
        server.query(make_rows(number - 1, "postgres"), url)
        command = ["pg_dump", "--no-owner", "--no-acl", "--inserts", url]
        dump = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    # What later minor versions of psql alone know.
    lines = [line for line in dump.splitlines() if line and not re.match(r"--|\\(un)?restrict", line)]
    get_path(number, "postgres").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    freeze_sqlite(int(sys.argv[1]))
    freeze_postgres(int(sys.argv[1]))
