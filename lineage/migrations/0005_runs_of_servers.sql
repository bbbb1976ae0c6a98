-- A run's key says whose id it is (records/run_key.h); one is asked for by the id alone, too. The
-- expression is the text that queries use. 17: Run.
CREATE INDEX node_by_run_id ON node (regexp_replace(key, '@[0-9a-f]{16}$', '')) WHERE kind = 17;
