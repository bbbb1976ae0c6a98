-- What auxiliary Jobs came to, kept for later Experiments.

-- The gate before the first trial: one pod imports what the lock brought. Only what was imported well
-- is kept; a failure may have been the node's.
CREATE TABLE good_imports (
    key            text PRIMARY KEY, -- sha256 of base, wheels and the rules of the gate
    experiment_uid text NOT NULL     -- which Experiment tried it first
);

-- Wheels built from source distributions. They lie in the repository as blobs of an artifact.
CREATE TABLE derived_wheel (
    repository text NOT NULL,
    base       text NOT NULL, -- reference with digest
    recipe     text NOT NULL, -- how they are built
    source     text NOT NULL, -- sha256:... of the source distribution
    file_name  text NOT NULL,
    digest     text NOT NULL, -- sha256:... of the wheel
    bytes      bigint NOT NULL,
    PRIMARY KEY (repository, base, recipe, source)
);

ALTER TABLE experiment ADD COLUMN imports_checked boolean NOT NULL DEFAULT false;

GRANT SELECT, INSERT, UPDATE, DELETE ON good_imports, derived_wheel TO pedigree_writer;
