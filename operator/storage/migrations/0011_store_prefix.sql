-- Where an attempt's record lies follows from its row. Those that were planned before lie below the
-- platform's prefix, all others below their namespace's.
ALTER TABLE attempt ADD COLUMN store_prefix text NOT NULL DEFAULT '';
