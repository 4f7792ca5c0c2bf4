ALTER TABLE one ADD COLUMN y TEXT;
UPDATE one SET y = x || ' thrice';
