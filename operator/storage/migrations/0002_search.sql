-- Searches: several trials in one Experiment. Without a search there is one trial and no row here.

-- What happened in each search, in order: the only thing besides the spec that a proposal depends on.
CREATE TABLE search_event (
    experiment_uid text NOT NULL REFERENCES experiment (uid),
    ordinal        bigint NOT NULL, -- from 1, without gaps
    event          text NOT NULL,   -- a line of pipeline/search/event_json.h
    PRIMARY KEY (experiment_uid, ordinal)
);

CREATE TABLE trial (
    experiment_uid text NOT NULL REFERENCES experiment (uid),
    number         bigint NOT NULL,
    state          text NOT NULL CHECK (state IN ('Running', 'Completed', 'Stopped', 'Failed')),
    parameters     text NOT NULL, -- JSON: what was proposed, by name
    reason         text NOT NULL, -- JSON: why it was proposed
    repeats        bigint NOT NULL, -- the trial whose parameters it evaluates once more; 0: none
    derived_from   bigint NOT NULL, -- the trial that ran out of memory before it; 0: none
    fingerprint    text NOT NULL, -- of image, inputs, command, parameters and seed
    reused_from    text NOT NULL, -- "<experiment uid>/<trial>" that answered it; '': it ran
    stop_reason    text NOT NULL, -- the rule that stopped it early; '': none
    value          text NOT NULL, -- the objective's; '' while there is none
    failure_class  text NOT NULL,
    failure_reason text NOT NULL,
    message        text NOT NULL,
    proposed_at    timestamptz NOT NULL,
    ended_at       timestamptz,
    PRIMARY KEY (experiment_uid, number)
);
CREATE INDEX trial_by_fingerprint ON trial (fingerprint, ended_at) WHERE state = 'Completed';

-- max_trials: what the search goes to now; 0 without a search. extensions: how often it was
-- raised after an end. best_trial: 0 while no trial has a value.
ALTER TABLE experiment
    ADD COLUMN max_trials bigint NOT NULL DEFAULT 0,
    ADD COLUMN extensions bigint NOT NULL DEFAULT 0,
    ADD COLUMN best_trial bigint NOT NULL DEFAULT 0,
    ADD COLUMN best_value text NOT NULL DEFAULT '';

-- objective: the value read from the attempt's record, '' if none was found.
ALTER TABLE attempt ADD COLUMN objective text NOT NULL DEFAULT '';

GRANT SELECT, INSERT, UPDATE, DELETE ON search_event, trial TO pedigree_writer;
