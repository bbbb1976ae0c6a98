-- The operator's working tables: what has happened to each Experiment so far. The ledger (lineage)
-- is the record; these rows say where the work stands, so that a restarted operator goes on.

CREATE TABLE experiment (
    uid                   text PRIMARY KEY,
    namespace             text NOT NULL,
    name                  text NOT NULL,
    project               text NOT NULL,
    spec                  text NOT NULL, -- effective spec in canonical form, frozen at acceptance
    spec_hash             text NOT NULL,
    requested_by          text NOT NULL, -- '' when not observed
    accepted_at           timestamptz NOT NULL,
    commit                text NOT NULL,
    tree                  text NOT NULL,
    lock_digest           text NOT NULL,
    image                 text NOT NULL,
    image_digest          text NOT NULL,
    base_digest           text NOT NULL,
    tracker_experiment_id text NOT NULL,
    parent_run_id         text NOT NULL,
    outcome               text NOT NULL CHECK (outcome IN ('None', 'Succeeded', 'Failed', 'Cancelled')),
    failure_class         text NOT NULL,
    reason                text NOT NULL,
    message               text NOT NULL,
    finished_at           timestamptz,
    tracker_closed        boolean NOT NULL,
    released              boolean NOT NULL
);
CREATE INDEX experiment_by_name ON experiment (namespace, name, accepted_at);
CREATE INDEX experiment_unreleased ON experiment (uid) WHERE NOT released;

CREATE TABLE attempt (
    experiment_uid text NOT NULL REFERENCES experiment (uid),
    trial          bigint NOT NULL,
    number         bigint NOT NULL, -- counts within the trial
    stage          text NOT NULL,
    job_name       text NOT NULL,
    job_uid        text NOT NULL,
    pod_uid        text NOT NULL, -- the attempt's uid in every record
    pod_name       text NOT NULL,
    node_name      text NOT NULL,
    memory         text NOT NULL, -- Kubernetes quantity
    failure_class  text NOT NULL,
    reason         text NOT NULL,
    message        text NOT NULL,
    exit_code      bigint NOT NULL, -- of the user's command; -1 unknown
    trained        boolean NOT NULL,
    bundle_digest  text NOT NULL,
    planned_at     timestamptz,
    started_at     timestamptz,
    ended_at       timestamptz,
    gaps           bigint NOT NULL,
    models         bigint NOT NULL,
    PRIMARY KEY (experiment_uid, trial, number)
);
-- One pod is one attempt, for ever.
CREATE UNIQUE INDEX attempt_by_pod ON attempt (pod_uid) WHERE pod_uid <> '';

CREATE TABLE activity (
    experiment_uid text NOT NULL REFERENCES experiment (uid),
    key            text NOT NULL, -- "<kind>/<name>"
    state          text NOT NULL CHECK (state IN ('Wanted', 'Succeeded', 'Failed')),
    outcome        text NOT NULL, -- JSON, see records/work
    failure_class  text NOT NULL,
    reason         text NOT NULL,
    message        text NOT NULL,
    tries          bigint NOT NULL,
    wanted_at      timestamptz NOT NULL,
    not_before     timestamptz,
    PRIMARY KEY (experiment_uid, key)
);
CREATE INDEX activity_wanted ON activity (experiment_uid) WHERE state = 'Wanted';

-- Effects that were about to happen; closed ones are removed in the transaction of their result.
CREATE TABLE intent (
    experiment_uid text NOT NULL REFERENCES experiment (uid),
    effect         text NOT NULL,
    target         text NOT NULL,
    opened_at      timestamptz NOT NULL,
    PRIMARY KEY (experiment_uid, effect, target)
);

-- Layers that earlier builds pushed, so that a wheel is fetched once for each repository.
CREATE TABLE image_layer (
    repository text NOT NULL,
    key        text NOT NULL,
    digest     text NOT NULL,
    diff_id    text NOT NULL,
    bytes      bigint NOT NULL,
    PRIMARY KEY (repository, key)
);

CREATE TABLE base_inventory (
    base      text PRIMARY KEY, -- reference with digest
    inventory text NOT NULL
);

-- The newest progress of each running pod, as its recorder told it; not a record.
CREATE TABLE progress (
    pod_uid    text PRIMARY KEY,
    document   text NOT NULL,
    updated_at timestamptz NOT NULL
);

GRANT SELECT, INSERT, UPDATE, DELETE
    ON experiment, attempt, activity, intent, image_layer, base_inventory, progress
    TO pedigree_writer;
