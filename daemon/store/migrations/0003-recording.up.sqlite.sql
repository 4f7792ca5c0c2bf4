-- Who may record a call, and who does.

ALTER TABLE calls ADD COLUMN recording_policy TEXT NOT NULL DEFAULT 'never'
  CHECK (recording_policy IN ('never', 'host', 'everyone'));
ALTER TABLE participants ADD COLUMN recording_since INTEGER;
