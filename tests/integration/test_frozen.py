# SPDX-License-Identifier: GPL-3.0-or-later
"""Databases of older versions, kept as they were: each goes up to now and back, and loses nothing of what it held."""

import json
import sqlite3
import subprocess

import pytest

from confabtest import frozen
from confabtest.daemon import Daemon

MIGRATIONS = frozen.list_migrations()


class SQLite:
    def __init__(self, home):
        self.path = home / "data/confab.db"
        self.url = f"sqlite://{self.path}"

    def load(self, path):
        self.path.write_bytes(path.read_bytes())

    def query(self, sql):
        connection = sqlite3.connect(self.path)
        rows = [tuple(str(value) for value in row) for row in connection.execute(sql)]
        connection.close()
        return rows

    def list_columns(self):
        return self.query(
            "SELECT m.name, c.name, c.type, c.\"notnull\", c.pk FROM sqlite_master m, pragma_table_info (m.name) c"
            " WHERE m.type = 'table' ORDER BY m.name, c.cid"
        )

    def list_indexes(self):
        return self.query("SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'index' ORDER BY name")


class PostgreSQL:
    def __init__(self, server):
        self.server = server
        self.url = server.make_database()

    def load(self, path):
        subprocess.run(["psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-f", path, self.url], check=True, stdout=subprocess.DEVNULL)

    def query(self, sql):
        return [tuple(line.split("|")) for line in self.server.query(sql, self.url)]

    def list_columns(self):
        return self.query(
            "SELECT table_name, column_name, data_type, is_nullable, coalesce (column_default, '')"
            " FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, ordinal_position"
        )

    def list_indexes(self):
        return self.query("SELECT indexname, tablename, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1")


@pytest.fixture(params=["sqlite", "postgres"])
def database(request, home):
    return SQLite(home) if request.param == "sqlite" else PostgreSQL(request.getfixturevalue("postgres"))


@pytest.fixture
def dialect(request, database):
    return "sqlite" if isinstance(database, SQLite) else "postgres"


def ctl(database, *arguments):
    done = subprocess.run(
        [frozen.CONFABCTL, "--database", database.url, "--json", *arguments], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def read(database, columns):
    """{table: its rows, of the columns that it had when it was frozen}"""
    tables = {}
    for table, column, *_ in columns:
        tables.setdefault(table, []).append(f'"{column}"')
    tables.pop("schema_migrations")
    return {table: sorted(database.query(f"SELECT {', '.join(names)} FROM {table}")) for table, names in tables.items()}


def test_every_migration_has_one():
    """The version before the first is empty."""
    for number in sorted(MIGRATIONS)[1:]:
        for dialect in ("sqlite", "postgres"):
            path = frozen.get_path(number, dialect)
            assert path.exists(), f"make it: python3 -m confabtest.frozen {number}, before the migration is written"
            assert path.stat().st_size < 256 * 1024
    assert len(list(frozen.FOLDER.iterdir())) == 2 * (len(MIGRATIONS) - 1)


@pytest.mark.parametrize("number", sorted(MIGRATIONS)[1:])
def test_up_and_down(database, dialect, number, home):
    """Up to now, a daemon serves it, down again: the rows and the schema are those that were frozen."""
    database.load(frozen.get_path(number, dialect))
    status = ctl(database, "db", "status")
    assert status["schema"] == number - 1
    # No migration that is out in the world was edited.
    assert [one["state"] for one in status["migrations"]][: number - 1] == ["applied"] * (number - 1)
    columns, indexes = database.list_columns(), database.list_indexes()
    held = read(database, columns)
    assert all(held.values()), "a table without a row proves nothing"

    report = ctl(database, "db", "migrate")
    assert (report["from"], report["to"]) == (number - 1, max(MIGRATIONS))
    assert read(database, columns) == held
    assert ctl(database, "db", "check")["whole"]

    ctl(database, "db", "rollback", "--to", str(number - 1))
    assert read(database, columns) == held
    assert database.list_columns() == columns and database.list_indexes() == indexes

    ctl(database, "db", "migrate")
    with Daemon(home, database=database.url) as daemon:
        assert daemon.request("GET", "/health/ready").status == 200
    kept = read(database, columns)
    assert kept["users"] == held["users"] and kept["invites"] == held["invites"]
    ctl(database, "db", "rollback", "--to", "0")
    assert database.query("SELECT count(*) FROM schema_migrations") == [("0",)]
