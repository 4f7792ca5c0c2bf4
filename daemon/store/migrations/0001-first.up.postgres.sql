-- Users, calls, who may enter them, by which invites, and who was in them.

CREATE TABLE users (
  id           TEXT PRIMARY KEY NOT NULL,
  display_name TEXT NOT NULL,
  role         TEXT NOT NULL CHECK (role IN ('guest', 'member', 'admin', 'owner')),
  created_at   TIMESTAMPTZ NOT NULL
);

-- One owner: the person at the desktop.
CREATE UNIQUE INDEX users_owner ON users (role) WHERE role = 'owner';

CREATE TABLE calls (
  id               TEXT PRIMARY KEY NOT NULL,
  code             TEXT NOT NULL,
  title            TEXT,
  kind             TEXT NOT NULL CHECK (kind IN ('now', 'scheduled', 'standing')),
  state            TEXT NOT NULL
                   CHECK (state IN ('scheduled', 'open', 'live', 'ended', 'expired', 'cancelled')),
  creator_id       TEXT NOT NULL REFERENCES users (id),
  created_at       TIMESTAMPTZ NOT NULL,
  started_at       TIMESTAMPTZ,
  expires_at       TIMESTAMPTZ NOT NULL,
  ended_at         TIMESTAMPTZ,
  end_reason       TEXT,
  empty_since      TIMESTAMPTZ,
  max_participants INTEGER NOT NULL CHECK (max_participants >= 2)
);

CREATE UNIQUE INDEX calls_code ON calls (code);
CREATE INDEX calls_creator ON calls (creator_id, state);
CREATE INDEX calls_expiry ON calls (expires_at) WHERE state = 'open';
CREATE INDEX calls_length ON calls (started_at) WHERE state = 'live';
CREATE INDEX calls_empty ON calls (empty_since) WHERE state = 'live' AND empty_since IS NOT NULL;

CREATE TABLE memberships (
  call_id TEXT NOT NULL REFERENCES calls (id) ON DELETE CASCADE,
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  role    TEXT NOT NULL CHECK (role IN ('listener', 'speaker', 'moderator', 'host')),
  made_at TIMESTAMPTZ NOT NULL,
  PRIMARY KEY (call_id, user_id)
);

CREATE INDEX memberships_user ON memberships (user_id, call_id);

CREATE TABLE invites (
  id          TEXT PRIMARY KEY NOT NULL,
  call_id     TEXT NOT NULL REFERENCES calls (id) ON DELETE CASCADE,
  made_by     TEXT NOT NULL REFERENCES users (id),
  secret_hash TEXT NOT NULL,
  role        TEXT NOT NULL CHECK (role IN ('listener', 'speaker', 'moderator', 'host')),
  uses_left   INTEGER CHECK (uses_left >= 0),
  created_at  TIMESTAMPTZ NOT NULL,
  expires_at  TIMESTAMPTZ,
  revoked_at  TIMESTAMPTZ
);

CREATE UNIQUE INDEX invites_secret ON invites (secret_hash);
CREATE INDEX invites_call ON invites (call_id);

CREATE TABLE participants (
  id             TEXT PRIMARY KEY NOT NULL,
  call_id        TEXT NOT NULL REFERENCES calls (id) ON DELETE CASCADE,
  user_id        TEXT REFERENCES users (id) ON DELETE SET NULL,
  display_name   TEXT NOT NULL,
  role           TEXT NOT NULL CHECK (role IN ('listener', 'speaker', 'moderator', 'host')),
  joined_at      TIMESTAMPTZ NOT NULL,
  left_at        TIMESTAMPTZ,
  leave_reason   TEXT,
  muted          BOOLEAN NOT NULL,
  deafened       BOOLEAN NOT NULL,
  on_hold        BOOLEAN NOT NULL,
  listen_only    BOOLEAN NOT NULL,
  hand_raised_at TIMESTAMPTZ
);

CREATE INDEX participants_present ON participants (call_id, joined_at, id) WHERE left_at IS NULL;
CREATE INDEX participants_call ON participants (call_id, joined_at);
CREATE INDEX participants_user ON participants (user_id);
