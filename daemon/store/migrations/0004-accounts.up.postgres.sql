-- Accounts: how people sign in and on what, which programs act for them, and what was written down.

ALTER TABLE users ADD COLUMN login_name TEXT; -- NULL: a guest, or the person at the desktop
ALTER TABLE users ADD COLUMN email TEXT;
ALTER TABLE users ADD COLUMN email_verified_at TIMESTAMPTZ;
ALTER TABLE users ADD COLUMN avatar_url TEXT;
ALTER TABLE users ADD COLUMN time_zone TEXT;
ALTER TABLE users ADD COLUMN locale TEXT;
ALTER TABLE users ADD COLUMN password_hash TEXT; -- NULL: nobody signs in with a password
ALTER TABLE users ADD COLUMN password_changed_at TIMESTAMPTZ;
ALTER TABLE users ADD COLUMN telegram_id BIGINT;
ALTER TABLE users ADD COLUMN disabled_at TIMESTAMPTZ;
ALTER TABLE users ADD COLUMN deleted_at TIMESTAMPTZ; -- what made them a person is gone, their calls are not
ALTER TABLE users ADD COLUMN last_login_at TIMESTAMPTZ;
ALTER TABLE users ADD COLUMN updated_at TIMESTAMPTZ NOT NULL DEFAULT 'epoch';
UPDATE users SET updated_at = created_at;

CREATE UNIQUE INDEX users_login ON users (lower(login_name)) WHERE login_name IS NOT NULL;
-- An address that nobody proved to be theirs keeps nobody from it.
CREATE UNIQUE INDEX users_email ON users (lower(email)) WHERE email_verified_at IS NOT NULL;
CREATE UNIQUE INDEX users_telegram ON users (telegram_id) WHERE telegram_id IS NOT NULL;

-- Under what people are looked for: their names, as whole and from each word on, folded. Sorted by bytes
-- everywhere, so that a prefix is a range.
CREATE TABLE user_names (
  name    TEXT COLLATE "C" NOT NULL,
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  PRIMARY KEY (name, user_id)
);

CREATE INDEX user_names_user ON user_names (user_id, name);

-- One a device on which somebody is signed in: a family of refresh tokens.
CREATE TABLE sessions (
  id            TEXT PRIMARY KEY NOT NULL,
  user_id       TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  device_name   TEXT NOT NULL,
  kind          TEXT NOT NULL CHECK (kind IN ('app', 'browser')),
  address       TEXT,
  is_trusted    BOOLEAN NOT NULL,
  created_at    TIMESTAMPTZ NOT NULL,
  last_seen_at  TIMESTAMPTZ NOT NULL,
  expires_at    TIMESTAMPTZ NOT NULL,
  revoked_at    TIMESTAMPTZ,
  revoke_reason TEXT
);

CREATE INDEX sessions_user ON sessions (user_id, created_at, id);
CREATE INDEX sessions_expiry ON sessions (expires_at);
CREATE INDEX sessions_revoked ON sessions (revoked_at) WHERE revoked_at IS NOT NULL;

-- Who left of whom nothing is kept: guests. Their tokens hold for hours yet.
CREATE TABLE signed_out (
  session_id TEXT PRIMARY KEY NOT NULL,
  revoked_at TIMESTAMPTZ NOT NULL
);

CREATE INDEX signed_out_age ON signed_out (revoked_at);

-- Used ones stay as long as their family: who shows one again stole it, or was stolen from.
CREATE TABLE refresh_tokens (
  hash       TEXT PRIMARY KEY NOT NULL,
  session_id TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
  follows    TEXT, -- the one it was given for; several do, when an answer was lost
  created_at TIMESTAMPTZ NOT NULL,
  used_at    TIMESTAMPTZ -- or one of the same that it follows was
);

CREATE INDEX refresh_tokens_session ON refresh_tokens (session_id);
CREATE INDEX refresh_tokens_follows ON refresh_tokens (follows) WHERE follows IS NOT NULL;

-- What a letter carries: good once.
CREATE TABLE letters (
  hash       TEXT PRIMARY KEY NOT NULL,
  user_id    TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  purpose    TEXT NOT NULL CHECK (purpose IN ('reset', 'verify')),
  email      TEXT,
  created_at TIMESTAMPTZ NOT NULL,
  expires_at TIMESTAMPTZ NOT NULL,
  used_at    TIMESTAMPTZ
);

CREATE INDEX letters_user ON letters (user_id, purpose);
CREATE INDEX letters_expiry ON letters (expires_at);

-- Who may register where only invited people may.
CREATE TABLE registration_invites (
  id         TEXT PRIMARY KEY NOT NULL,
  hash       TEXT NOT NULL,
  made_by    TEXT REFERENCES users (id) ON DELETE SET NULL,
  role       TEXT NOT NULL CHECK (role IN ('member', 'admin')),
  uses_left  INTEGER CHECK (uses_left >= 0),
  created_at TIMESTAMPTZ NOT NULL,
  expires_at TIMESTAMPTZ,
  revoked_at TIMESTAMPTZ
);

CREATE UNIQUE INDEX registration_invites_hash ON registration_invites (hash);

-- Proofs of other houses that were shown here: each is good once.
CREATE TABLE spent_proofs (
  hash       TEXT PRIMARY KEY NOT NULL,
  expires_at TIMESTAMPTZ NOT NULL
);

CREATE INDEX spent_proofs_expiry ON spent_proofs (expires_at);

CREATE TABLE api_keys (
  id           TEXT PRIMARY KEY NOT NULL,
  user_id      TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  name         TEXT NOT NULL,
  prefix       TEXT NOT NULL,
  hash         TEXT NOT NULL,
  scopes       TEXT NOT NULL, -- with a space between them
  created_at   TIMESTAMPTZ NOT NULL,
  expires_at   TIMESTAMPTZ,
  last_used_at TIMESTAMPTZ,
  revoked_at   TIMESTAMPTZ
);

CREATE UNIQUE INDEX api_keys_hash ON api_keys (hash);
CREATE INDEX api_keys_user ON api_keys (user_id, created_at, id);
CREATE INDEX api_keys_revoked ON api_keys (revoked_at) WHERE revoked_at IS NOT NULL;

-- Each entry carries the hash of the one before it.
CREATE TABLE audit_entries (
  seq      BIGINT PRIMARY KEY NOT NULL,
  at       TIMESTAMPTZ NOT NULL,
  actor_id TEXT,          -- no reference: it outlives the user
  actor    TEXT NOT NULL, -- as they were called then
  action   TEXT NOT NULL,
  target   TEXT,
  address  TEXT,
  result   TEXT NOT NULL,
  detail   TEXT,
  hash     TEXT NOT NULL
);

CREATE INDEX audit_entries_actor_id ON audit_entries (actor_id, seq);
CREATE INDEX audit_entries_actor ON audit_entries (actor, seq);
CREATE INDEX audit_entries_target ON audit_entries (target, seq);
CREATE INDEX audit_entries_action ON audit_entries (action, seq);

-- Both ends of the chain of entries, so that nothing can be taken from either unnoticed: the last one
-- that went by age, and the last one that was written.
CREATE TABLE audit_chain (
  id          INTEGER PRIMARY KEY NOT NULL CHECK (id = 1),
  anchor_seq  BIGINT NOT NULL,
  anchor_hash TEXT NOT NULL,
  head_seq    BIGINT NOT NULL,
  head_hash   TEXT NOT NULL
);

INSERT INTO audit_chain VALUES (1, 0, '0000000000000000000000000000000000000000000000000000000000000000', 0, '0000000000000000000000000000000000000000000000000000000000000000');

-- Work for later.
CREATE TABLE jobs (
  id          TEXT PRIMARY KEY NOT NULL,
  kind        TEXT NOT NULL CHECK (kind IN ('mail', 'webhook', 'retention', 'reminder')),
  state       TEXT NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'dead')),
  payload     TEXT NOT NULL, -- JSON
  created_at  TIMESTAMPTZ NOT NULL,
  updated_at  TIMESTAMPTZ NOT NULL, -- one from the future tells that the clock was set back
  run_at      TIMESTAMPTZ NOT NULL,
  attempts    INTEGER NOT NULL DEFAULT 0,
  lease       TEXT, -- who runs it
  lease_until TIMESTAMPTZ,
  last_error  TEXT,
  ended_at    TIMESTAMPTZ
);

CREATE INDEX jobs_due ON jobs (kind, run_at, id) WHERE state = 'waiting';
CREATE INDEX jobs_touched ON jobs (updated_at) WHERE state = 'waiting';
CREATE INDEX jobs_leased ON jobs (lease_until) WHERE state = 'running';
CREATE INDEX jobs_listed ON jobs (state, created_at, id);
CREATE INDEX jobs_ended ON jobs (state, ended_at) WHERE ended_at IS NOT NULL;

-- Who knows whom. One row each way.
CREATE TABLE contacts (
  user_id      TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  other_id     TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  state        TEXT NOT NULL CHECK (state IN ('asked', 'agreed', 'blocked')),
  is_favourite BOOLEAN NOT NULL DEFAULT FALSE,
  created_at   TIMESTAMPTZ NOT NULL,
  updated_at   TIMESTAMPTZ NOT NULL,
  PRIMARY KEY (user_id, other_id),
  CHECK (user_id <> other_id)
);

CREATE INDEX contacts_other ON contacts (other_id);

-- What came from another server's database, so that it comes once.
CREATE TABLE imports (
  source     TEXT NOT NULL, -- 'tel-call'
  kind       TEXT NOT NULL,
  foreign_id TEXT NOT NULL,
  local_id   TEXT NOT NULL,
  digest     TEXT NOT NULL, -- of the row as it was
  at         TIMESTAMPTZ NOT NULL,
  PRIMARY KEY (source, kind, foreign_id)
);

ALTER TABLE calls ADD COLUMN updated_at TIMESTAMPTZ NOT NULL DEFAULT 'epoch';
UPDATE calls SET updated_at = created_at;

-- What goes by age is found by it.
CREATE INDEX calls_ended ON calls (ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX quality_samples_age ON quality_samples (at);
