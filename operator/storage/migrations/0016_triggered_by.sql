-- How an Experiment came about, in its caller's words: a CI job's own account of itself.
ALTER TABLE experiment ADD COLUMN triggered_by text NOT NULL DEFAULT '';
