-- The graph: a projection of the ledger's bodies (lineage/projection.h), written by the sequencer in
-- the transaction that numbers them. Every row carries the number of the entry that says it, so that
-- an answer can be given as of any entry. Nothing is updated: what is known later is a later row.

CREATE TABLE node_kind (
    id   smallint PRIMARY KEY,
    word text     NOT NULL UNIQUE
);
INSERT INTO node_kind (id, word) VALUES
    (1, 'Person'), (2, 'ExperimentSpec'), (3, 'Resolve'), (4, 'GitCommit'), (5, 'RepoTree'),
    (6, 'ImageBuild'), (7, 'BaseImage'), (8, 'Lockfile'), (9, 'Wheel'), (10, 'Image'),
    (11, 'Trial'), (12, 'Attempt'), (13, 'Job'), (14, 'Pod'), (15, 'Node'), (16, 'Dataset'),
    (17, 'Run'), (18, 'Checkpoint'), (19, 'Artifact'), (20, 'Model');

CREATE TABLE relation (
    id   smallint PRIMARY KEY,
    word text     NOT NULL UNIQUE
);
COMMENT ON TABLE relation IS 'From effect to cause.';
INSERT INTO relation (id, word) VALUES
    (1, 'GeneratedBy'), (2, 'Used'), (3, 'DerivedFrom'), (4, 'PartOf'), (5, 'PlannedBy'),
    (6, 'RanOn'), (7, 'RequestedBy'), (8, 'Follows');

CREATE TABLE asserted (
    id   smallint PRIMARY KEY,
    word text     NOT NULL UNIQUE
);
COMMENT ON TABLE asserted IS 'Whose word an edge rests on.';
INSERT INTO asserted (id, word) VALUES
    (1, 'Operator'), (2, 'Recorder'), (3, 'Tracker'), (4, 'UserCode');

CREATE TABLE node (
    id        bigint   GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind      smallint NOT NULL REFERENCES node_kind (id),
    key       text     NOT NULL,
    first_seq bigint   NOT NULL,
    UNIQUE (key, kind)
);
CREATE INDEX node_by_kind ON node (kind, first_seq);
COMMENT ON COLUMN node.key IS
    'A digest ("sha256:<hex>", "sha1:<hex>" for git) where the thing is bytes, else a uid.';

CREATE TABLE node_namespace (
    node      bigint  NOT NULL,
    namespace integer NOT NULL,
    seq       bigint  NOT NULL,
    PRIMARY KEY (node, namespace)
);
COMMENT ON TABLE node_namespace IS 'Which namespaces have recorded a node, and since which entry.';

CREATE TABLE node_attribute (
    node       bigint NOT NULL,
    name       text   NOT NULL,
    seq        bigint NOT NULL,
    scope      bigint NOT NULL,
    value      jsonb,
    commitment bytea,
    PRIMARY KEY (node, name, seq),
    CHECK ((value IS NULL) <> (commitment IS NULL))
);
COMMENT ON TABLE node_attribute IS
    'What entries say about a node; the newest one counts. Strings stand in erasable_text.';
CREATE INDEX node_attribute_by_word ON node_attribute (name, value, seq)
    WHERE name IN ('name', 'project');

CREATE TABLE edge (
    src      bigint   NOT NULL,
    relation smallint NOT NULL,
    dst      bigint   NOT NULL,
    seq      bigint   NOT NULL,
    scope    bigint   NOT NULL,
    asserted smallint NOT NULL,
    role     text     NOT NULL,
    PRIMARY KEY (src, relation, dst, role, seq)
);
COMMENT ON TABLE edge IS 'src is the effect, dst the cause.';
CREATE INDEX edge_by_cause ON edge (dst, relation, src);
CREATE INDEX edge_by_effect_in_scope ON edge (src, scope);
CREATE INDEX edge_by_scope ON edge (scope);

CREATE TABLE gap (
    seq      bigint  NOT NULL,
    position integer NOT NULL,
    kind     text    NOT NULL,
    subject  bigint  NOT NULL,
    scope    bigint  NOT NULL,
    sentence bytea   NOT NULL,
    PRIMARY KEY (seq, position)
);
COMMENT ON TABLE gap IS 'What answers about the subject do not know.';
CREATE INDEX gap_by_subject ON gap (subject);

GRANT SELECT ON node_kind, relation, asserted
    TO pedigree_writer, pedigree_sequencer, pedigree_api;
GRANT SELECT ON node, node_namespace, node_attribute, edge, gap TO pedigree_writer, pedigree_api;
GRANT SELECT, INSERT ON node, node_namespace, node_attribute, edge, gap TO pedigree_sequencer;
