ALTER TABLE participants DROP COLUMN recording_since;
ALTER TABLE calls DROP COLUMN recording_policy;
