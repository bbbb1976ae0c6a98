-- What the recorder of an attempt signs its account with: made when it first asks, forgotten when the
-- account is recorded. So a copy of the database holds the keys of what runs at that moment alone.
CREATE TABLE record_key (
    pod_uid   text PRIMARY KEY, -- of the attempt's pod
    claim     text NOT NULL,    -- who asked: a random word of the asker's own
    key       text NOT NULL,
    contested boolean NOT NULL, -- another one asked, too
    issued_at timestamptz NOT NULL
);

-- Whether the recorder wrote what is recorded as its account; '' while nothing is recorded.
ALTER TABLE attempt ADD COLUMN record_proof text NOT NULL DEFAULT '';

GRANT SELECT, INSERT, UPDATE, DELETE ON record_key TO pedigree_writer;
