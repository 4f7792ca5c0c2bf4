ALTER TABLE calls DROP COLUMN n_quality_samples;
DROP TABLE quality_samples;
