-- The lineage_* views: an interface for people and tools that query PostgreSQL. Columns are only
-- ever added. A login sees what the namespaces granted to it recorded, and only that:
--
--     GRANT pedigree_reader TO alice;
--     INSERT INTO pedigree.reader_namespace VALUES ('alice', 'vision');  -- '*' is every namespace

CREATE TABLE reader_namespace (
    role_name text NOT NULL,
    namespace text NOT NULL,
    PRIMARY KEY (role_name, namespace)
);
COMMENT ON TABLE reader_namespace IS
    'Which namespaces a login, or the members of a group role, may read; ''*'' is every namespace.';

-- Bytes of an erasable text as text; what is not UTF-8 is escaped.
CREATE FUNCTION readable(content bytea) RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
BEGIN
    RETURN convert_from(content, 'UTF8');
EXCEPTION WHEN character_not_in_repertoire OR untranslatable_character THEN
    RETURN encode(content, 'escape');
END
$$;

CREATE VIEW readable_scope WITH (security_barrier) AS
    SELECT s.id, s.experiment, n.id AS namespace_id, n.name AS namespace
      FROM scope s JOIN namespace n ON n.id = s.namespace
     WHERE EXISTS (SELECT FROM reader_namespace g
                     JOIN pg_catalog.pg_roles r ON r.rolname = g.role_name
                    WHERE g.namespace IN (n.name, '*')
                      AND pg_catalog.pg_has_role(session_user, r.oid, 'MEMBER'));
COMMENT ON VIEW readable_scope IS 'What the login of this session may see; the other views join it.';

CREATE VIEW lineage_entry WITH (security_barrier) AS
    SELECT l.seq AS entry, l.event_id, l.type, s.namespace, s.experiment, l.event_time,
           l.recorded_time, l.epoch, encode(l.leaf_hash, 'hex') AS leaf_hash,
           convert_from(l.body, 'UTF8') AS body
      FROM ledger l JOIN readable_scope s ON s.id = l.scope;
COMMENT ON VIEW lineage_entry IS 'The ledger. body is the exact text that leaf_hash covers.';

CREATE VIEW lineage_attribute WITH (security_barrier) AS
    SELECT DISTINCT ON (a.node, s.namespace, a.name)
           k.word || ':' || n.key AS node, s.namespace, a.name,
           coalesce(a.value, to_jsonb(readable(t.content))) AS value,
           a.commitment IS NOT NULL AND t.commitment IS NULL AS erased, a.seq AS entry
      FROM node_attribute a
      JOIN readable_scope s ON s.id = a.scope
      JOIN node n ON n.id = a.node
      JOIN node_kind k ON k.id = n.kind
      LEFT JOIN erasable_text t ON t.commitment = a.commitment
     ORDER BY a.node, s.namespace, a.name, a.seq DESC;
COMMENT ON VIEW lineage_attribute IS 'What is known about each node; the newest entry counts.';

CREATE VIEW lineage_node WITH (security_barrier) AS
    SELECT k.word || ':' || n.key AS node, k.word AS kind, n.key, p.name AS namespace,
           m.seq AS entry
      FROM node n
      JOIN node_kind k ON k.id = n.kind
      JOIN node_namespace m ON m.node = n.id
      JOIN namespace p ON p.id = m.namespace
     WHERE EXISTS (SELECT FROM readable_scope s WHERE s.namespace_id = m.namespace);
COMMENT ON VIEW lineage_node IS 'Nodes by namespace that recorded them; entry is the first one.';

CREATE VIEW lineage_edge WITH (security_barrier) AS
    SELECT sk.word || ':' || sn.key AS effect, r.word AS relation, dk.word || ':' || dn.key AS cause,
           nullif(e.role, '') AS role, w.word AS asserted, s.namespace, s.experiment, e.seq AS entry
      FROM edge e
      JOIN readable_scope s ON s.id = e.scope
      JOIN relation r ON r.id = e.relation
      JOIN asserted w ON w.id = e.asserted
      JOIN node sn ON sn.id = e.src JOIN node_kind sk ON sk.id = sn.kind
      JOIN node dn ON dn.id = e.dst JOIN node_kind dk ON dk.id = dn.kind;
COMMENT ON VIEW lineage_edge IS 'Edges from effect to cause, and whose word they rest on.';

CREATE VIEW lineage_gap WITH (security_barrier) AS
    SELECT g.kind, k.word || ':' || n.key AS subject, readable(t.content) AS sentence,
           s.namespace, s.experiment, g.seq AS entry
      FROM gap g
      JOIN readable_scope s ON s.id = g.scope
      JOIN node n ON n.id = g.subject
      JOIN node_kind k ON k.id = n.kind
      LEFT JOIN erasable_text t ON t.commitment = g.sentence;
COMMENT ON VIEW lineage_gap IS 'What is not known, said; sentence is NULL when it was erased.';

CREATE VIEW lineage_experiment WITH (security_barrier) AS
    SELECT a.namespace, s.experiment AS uid,
           max(a.value #>> '{}') FILTER (WHERE a.name = 'name') AS name,
           max(a.value #>> '{}') FILTER (WHERE a.name = 'project') AS project,
           min(a.seq) AS entry
      FROM (SELECT x.*, q.namespace FROM node_attribute x
              JOIN node n ON n.id = x.node AND n.kind = 2
              JOIN readable_scope q ON q.id = x.scope
             WHERE x.name IN ('name', 'project')) a
      JOIN scope s ON s.id = a.scope
     GROUP BY a.namespace, s.experiment;
COMMENT ON VIEW lineage_experiment IS 'Each Experiment that was accepted: its name and project.';

CREATE VIEW lineage_attempt WITH (security_barrier) AS
    SELECT n.key AS uid, p.namespace, p.experiment, x.name AS experiment_name, x.project,
           min(p.entry) AS entry
      FROM (SELECT e.src AS node, s.namespace, s.experiment, e.seq AS entry
              FROM edge e JOIN readable_scope s ON s.id = e.scope
            UNION ALL
            SELECT e.dst, s.namespace, s.experiment, e.seq
              FROM edge e JOIN readable_scope s ON s.id = e.scope) p
      JOIN node n ON n.id = p.node AND n.kind = 12
      LEFT JOIN lineage_experiment x ON x.uid = p.experiment AND x.namespace = p.namespace
     GROUP BY n.key, p.namespace, p.experiment, x.name, x.project;
COMMENT ON VIEW lineage_attempt IS 'Each attempt (one pod trying one trial), by its pod''s uid.';

CREATE VIEW lineage_model WITH (security_barrier) AS
    SELECT n.key AS digest, s.namespace, s.experiment, x.name AS experiment_name, x.project,
           a.key AS attempt, w.word AS asserted, min(e.seq) AS entry,
           min(l.recorded_time) AS recorded_time
      FROM edge e
      JOIN readable_scope s ON s.id = e.scope
      JOIN node n ON n.id = e.src AND n.kind = 20
      JOIN node a ON a.id = e.dst AND a.kind = 12
      JOIN asserted w ON w.id = e.asserted
      JOIN ledger l ON l.seq = e.seq
      LEFT JOIN lineage_experiment x ON x.uid = s.experiment AND x.namespace = s.namespace
     WHERE e.relation = 1
     GROUP BY n.key, s.namespace, s.experiment, x.name, x.project, a.key, w.word;
COMMENT ON VIEW lineage_model IS
    'Each model (the sha256 of its manifest) with every attempt that generated it.';

GRANT SELECT ON lineage_entry, lineage_attribute, lineage_node, lineage_edge, lineage_gap,
                lineage_experiment, lineage_attempt, lineage_model
    TO pedigree_reader, pedigree_writer;
