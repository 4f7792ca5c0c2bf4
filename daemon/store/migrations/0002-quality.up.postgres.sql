-- How well people heard each other. Figures are whole numbers of a unit that is finer than they are.

CREATE TABLE quality_samples (
  call_id         TEXT NOT NULL REFERENCES calls (id) ON DELETE CASCADE,
  at              TIMESTAMPTZ NOT NULL,
  participant_id  TEXT NOT NULL,
  peer_id         TEXT NOT NULL,
  rtt_us          BIGINT CHECK (rtt_us >= 0),
  jitter_us       BIGINT NOT NULL CHECK (jitter_us >= 0),
  lost_ppm        INTEGER NOT NULL CHECK (lost_ppm BETWEEN 0 AND 1000000),
  bitrate_bps     BIGINT NOT NULL CHECK (bitrate_bps >= 0),
  level_millidbov INTEGER NOT NULL CHECK (level_millidbov BETWEEN -127000 AND 0),
  mouth_to_ear_us BIGINT CHECK (mouth_to_ear_us >= 0),
  mos_millis      INTEGER NOT NULL CHECK (mos_millis BETWEEN 1000 AND 5000),
  -- also the index by which they are listed and the oldest are dropped
  PRIMARY KEY (call_id, at, participant_id, peer_id)
);

-- Counting them anew with every write would read them all.
ALTER TABLE calls ADD COLUMN n_quality_samples INTEGER NOT NULL DEFAULT 0;
