-- What a lock came to on a base, so that a build after a change of code opens no wheel.
CREATE TABLE wheel_plan (
    repository text NOT NULL,
    base       text NOT NULL, -- reference with digest
    lock       text NOT NULL, -- sha256:... of the lock file
    plan       text NOT NULL,
    PRIMARY KEY (repository, base, lock)
);

GRANT SELECT, INSERT, UPDATE, DELETE ON wheel_plan TO pedigree_writer;
