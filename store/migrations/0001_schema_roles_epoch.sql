-- The schema, the roles, and the two tables that the store itself needs.
--
-- Nobody logs in as one of these roles. A login (the operator's, an auditor's) is made a member of
-- those that it needs and takes one on with SET ROLE. Where a platform's database gives no right to
-- create roles, its administrator creates them beforehand and makes the login a member.
--   pedigree_owner      owns every table; used by migrations alone
--   pedigree_writer     the operator: its working tables, and INSERT into the outbox
--   pedigree_sequencer  moves the outbox into the ledger and the graph; INSERT there, never UPDATE
--   pedigree_api        the read API: SELECT on ledger and graph; it shows each caller only the
--                       namespaces that RBAC lets them see
--   pedigree_reader     people and tools: the lineage_* views, for the namespaces granted to them

DO $$
DECLARE
    wanted text;
BEGIN
    FOREACH wanted IN ARRAY ARRAY['pedigree_owner', 'pedigree_writer', 'pedigree_sequencer',
                                  'pedigree_api', 'pedigree_reader']
    LOOP
        IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = wanted) THEN
            EXECUTE format('CREATE ROLE %I NOLOGIN', wanted);
        END IF;
        IF NOT pg_catalog.pg_has_role(current_user, wanted, 'MEMBER') THEN
            EXECUTE format('GRANT %I TO CURRENT_USER', wanted);
        END IF;
    END LOOP;
    EXECUTE format('GRANT CREATE, TEMPORARY ON DATABASE %I TO pedigree_owner',
                   pg_catalog.current_database());
END
$$;

SET LOCAL ROLE pedigree_owner;

CREATE SCHEMA IF NOT EXISTS pedigree;
REVOKE ALL ON SCHEMA pedigree FROM PUBLIC;
GRANT USAGE ON SCHEMA pedigree
    TO pedigree_writer, pedigree_sequencer, pedigree_api, pedigree_reader;
COMMENT ON SCHEMA pedigree IS
    'Everything pedigree keeps. The lineage_* views are an interface, the tables are not.';

CREATE TABLE schema_migration (
    set_name   text        NOT NULL,
    number     integer     NOT NULL,
    name       text        NOT NULL,
    sha256     bytea       NOT NULL CHECK (length(sha256) = 32),
    build      text        NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (set_name, number)
);
COMMENT ON TABLE schema_migration IS 'Which migration files were applied, with their digests.';
GRANT SELECT ON schema_migration TO PUBLIC;

CREATE TABLE epoch (
    number     bigint      PRIMARY KEY,
    holder     text        NOT NULL,
    claimed_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE epoch IS
    'Leaders in order; a transaction of any but the newest is refused (store/epoch.h).';
GRANT SELECT, INSERT ON epoch TO pedigree_writer;
GRANT SELECT ON epoch TO pedigree_sequencer, pedigree_reader;
