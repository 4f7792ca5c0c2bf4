# SPDX-License-Identifier: GPL-3.0-or-later
"""SQLite databases as a Tel_call server keeps them: of several ages, sane and nasty."""

import sqlite3

TABLES = {
    "users": "id INTEGER PRIMARY KEY, telegram_user_id BIGINT, username VARCHAR(255), first_name VARCHAR(255),"
    " last_name VARCHAR(255), photo_url VARCHAR(512), created_at DATETIME, updated_at DATETIME",
    "calls": "id INTEGER PRIMARY KEY, call_id VARCHAR(20), creator_user_id INTEGER, title VARCHAR(255),"
    " is_video_enabled BOOLEAN, status VARCHAR(7), created_at DATETIME, expires_at DATETIME",
    "participants": "id INTEGER PRIMARY KEY, call_id INTEGER, user_id INTEGER, joined_at DATETIME, left_at DATETIME",
    "friend_links": "user_id INTEGER, friend_id INTEGER, created_at DATETIME, updated_at DATETIME",
    "call_stats": "id INTEGER PRIMARY KEY, call_id VARCHAR(20), user_id INTEGER, duration_seconds INTEGER,"
    " audio_bitrate_kbps FLOAT, audio_packets_lost INTEGER, audio_packets_sent INTEGER, audio_jitter_ms FLOAT,"
    " video_bitrate_kbps FLOAT, rtt_ms FLOAT, created_at DATETIME",
}

# The same half past one on 29 March 2026, UTC, as servers of several ages wrote it.
TIMES = [
    "2026-03-29 01:30:00",
    "2026-03-29T01:30:00",
    "2026-03-29 01:30:00.000000",
    "2026-03-29T01:30:00.000000+00:00",
    "2026-03-29 03:30:00+02:00",
    "2026-03-28T20:00:00-0530",
    "2026-03-29 04:30:00.0+03",
    "2026-03-29T01:30:00Z",
]
MOMENT_US = 1774747800000000


class TelCall:
    """A database to fill: add(table, column=value…), and it has what is not said."""

    def __init__(self, path, without=()):
        """without: tables, and columns as “users.photo_url”, that a server of its age did not have."""
        self.path = path
        self.connection = sqlite3.connect(path)
        for table, columns in TABLES.items():
            if table not in without:
                kept = [c for c in columns.split(", ") if f"{table}.{c.split()[0]}" not in without]
                self.connection.execute(f"CREATE TABLE {table} ({', '.join(kept)})")

    def add(self, table, **values):
        names = ", ".join(values)
        marks = ", ".join("?" * len(values))
        self.connection.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(values.values()))

    def user(self, number, **values):
        self.add("users", **{"id": number, "telegram_user_id": 1000 + number, "username": f"user{number}",
                             "first_name": f"First {number}", "created_at": TIMES[number % len(TIMES)],
                             "updated_at": TIMES[0], **values})

    def call(self, number, creator=1, **values):
        self.add("calls", **{"id": number, "call_id": f"call{number}", "creator_user_id": creator,
                             "title": f"Call {number}", "is_video_enabled": 0, "status": "ENDED",
                             "created_at": TIMES[number % len(TIMES)], "expires_at": "2026-03-30 01:30:00", **values})

    def participant(self, number, call, user, **values):
        self.add("participants", **{"id": number, "call_id": call, "user_id": user,
                                    "joined_at": TIMES[number % len(TIMES)], "left_at": "2026-03-29 02:30:00", **values})

    def stats(self, number, call, user, **values):
        self.add("call_stats", **{"id": number, "call_id": f"call{call}", "user_id": user, "duration_seconds": 60,
                                  "audio_bitrate_kbps": 32.5, "audio_packets_lost": 10, "audio_packets_sent": 1000,
                                  "audio_jitter_ms": 3.25, "video_bitrate_kbps": 0, "rtt_ms": 40.5,
                                  "created_at": TIMES[number % len(TIMES)], **values})

    def friends(self, one, other, **values):
        for user, friend in ((one, other), (other, one)):
            self.add("friend_links", **{"user_id": user, "friend_id": friend, "created_at": TIMES[0],
                                        "updated_at": TIMES[3], **values})

    def fill(self, users=5, calls=8):
        """A sane one: everybody is in every call."""
        for user in range(1, users + 1):
            self.user(user)
        for call in range(1, calls + 1):
            self.call(call, creator=1 + call % users)
            for user in range(1, users + 1):
                number = (call - 1) * users + user
                self.participant(number, call, user)
                self.stats(number, call, user)
        for user in range(2, users + 1):
            self.friends(1, user)
        return self

    def done(self):
        self.connection.commit()
        self.connection.close()
        return self.path
