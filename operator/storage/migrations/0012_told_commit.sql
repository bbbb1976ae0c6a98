-- The commit that an Experiment's status named when the database, put back, did not know it.
ALTER TABLE experiment ADD COLUMN told_commit text NOT NULL DEFAULT '';
