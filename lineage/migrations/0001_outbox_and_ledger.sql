-- The outbox, the ledger, its tree, and the strings that may be erased.
--
-- Writers INSERT into the outbox in the transaction of the rows that an event describes; rolled back
-- with it, so the ledger's numbers have no gaps. The sequencer numbers committed events (one at a
-- time: advisory lock) and takes them out of the outbox.

CREATE TABLE namespace (
    id   integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text    NOT NULL UNIQUE
);
COMMENT ON TABLE namespace IS 'Kubernetes namespaces that recorded something, numbered.';

CREATE TABLE scope (
    id         bigint  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    namespace  integer NOT NULL REFERENCES namespace (id),
    experiment text    NOT NULL,
    UNIQUE (experiment, namespace)
);
COMMENT ON TABLE scope IS 'On whose behalf something was recorded: namespace and Experiment uid.';

CREATE TABLE outbox (
    id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_id    uuid        NOT NULL UNIQUE,
    body        bytea       NOT NULL,
    commitments bytea[]     NOT NULL,
    salts       bytea[]     NOT NULL,
    texts       bytea[]     NOT NULL,
    epoch       bigint      DEFAULT nullif(current_setting('pedigree.epoch', true), '')::bigint,
    created_at  timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE outbox IS
    'Events that wait for their number; commitments, salts and texts belong together by position.';

CREATE FUNCTION outbox_notify() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    PERFORM pg_notify('pedigree_outbox', '');
    RETURN NULL;
END
$$;
CREATE TRIGGER notify AFTER INSERT ON outbox
    FOR EACH STATEMENT EXECUTE FUNCTION outbox_notify();

CREATE TABLE ledger (
    seq           bigint      PRIMARY KEY CHECK (seq > 0),
    event_id      uuid        NOT NULL UNIQUE,
    leaf_hash     bytea       NOT NULL CHECK (length(leaf_hash) = 32),
    body          bytea       NOT NULL,
    type          text        NOT NULL,
    scope         bigint      NOT NULL REFERENCES scope (id),
    event_time    timestamptz NOT NULL,
    recorded_time timestamptz NOT NULL DEFAULT clock_timestamp(),
    epoch         bigint
);
COMMENT ON TABLE ledger IS
    'Every event, in order. body is the exact bytes that leaf_hash covers; event_id, type, scope and '
    'event_time repeat what it says, for queries. epoch is the leader that wrote it.';
COMMENT ON COLUMN ledger.leaf_hash IS 'RFC 6962: SHA-256(0x00 | body).';
CREATE INDEX ledger_by_scope ON ledger (scope, seq);

CREATE TABLE checkpoint (
    size        bigint      PRIMARY KEY CHECK (size > 0),
    root        bytea       NOT NULL CHECK (length(root) = 32),
    subtrees    bytea[]     NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE checkpoint IS
    'The RFC 6962 root over entries 1..size, one row a batch. subtrees are the roots of the complete '
    'subtrees, largest first, from which the tree grows on.';

CREATE TABLE erasable_text (
    commitment bytea PRIMARY KEY CHECK (length(commitment) = 32),
    salt       bytea NOT NULL,
    content    bytea NOT NULL
);
COMMENT ON TABLE erasable_text IS
    'The strings behind the commitments in ledger bodies: commitment = SHA-256(salt | content). '
    'Deleting a row erases the string; every proof stays valid.';

-- No role, the owner included, changes history through SQL as long as these triggers stand. Who can
-- disable them is found out by the tree, not here.
CREATE FUNCTION refuse_change() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    RAISE EXCEPTION '% on %.% refused: the ledger is append-only',
        TG_OP, TG_TABLE_SCHEMA, TG_TABLE_NAME USING ERRCODE = 'PG001';
END
$$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON ledger
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON ledger
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON checkpoint
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON checkpoint
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE ledger ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE ledger ENABLE ALWAYS TRIGGER append_only_truncate;
ALTER TABLE checkpoint ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE checkpoint ENABLE ALWAYS TRIGGER append_only_truncate;

GRANT INSERT (event_id, body, commitments, salts, texts) ON outbox TO pedigree_writer;
GRANT SELECT (event_id) ON outbox TO pedigree_writer;
GRANT SELECT ON namespace, scope, ledger, checkpoint, erasable_text
    TO pedigree_writer, pedigree_api;

GRANT SELECT, DELETE ON outbox TO pedigree_sequencer;
GRANT SELECT, INSERT ON namespace, scope, ledger, checkpoint, erasable_text TO pedigree_sequencer;
