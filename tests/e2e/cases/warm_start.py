"""A search that learns from an earlier one of its project, and from no other."""
import json

import quick_trial
from experiment import NAMESPACE, OTHER, RUN, Experiment, expect_open_intents_none, spec, without_lock
from harness import case, expect, expect_equal
from machine import sql
from trials import trials_of

SCORE = "1 - (parameters['x'] - 0.3) ** 2"
SPACE = [{"name": "x", "type": "Float", "min": 0, "max": 1}]
PROJECT = f"warm-{RUN}"
TOLD = 6  # trials of the earlier search; fewer than five would teach nothing
WARM = 6  # the first whose place is not the initial design's
TRUST_MIN = 0.4


def searching(name, project, trials, namespace=NAMESPACE, parallel=1, **search):
    document = {"objective": {"metric": "score", "goal": "Maximize"}, "space": SPACE, "maxTrials": trials,
                "parallelTrials": parallel, "algorithm": {"name": "Bayesian", "seed": 4}, **search}
    return Experiment(name, spec(quick_trial.command(SCORE, seconds=0), project=project, image=without_lock(),
                                 tracked=True, search=document, resources={"cpu": "100m", "memory": "512Mi"}),
                      namespace)


def learnt_from(experiment):
    (text,), = sql(f"select earlier_searches from pedigree.experiment where uid = '{experiment.uid}'")
    return json.loads(text or "[]")


def events_of(experiment):
    (count,), = sql(f"select count(*) from pedigree.search_event where experiment_uid = '{experiment.uid}'")
    return int(count)


def expect_learnt(experiment, earlier):
    """Which search it was is fixed and recorded; a suggestion says how far it was believed."""
    expect_equal(learnt_from(experiment), [{"experiment": earlier.uid, "events": events_of(earlier)}],
                 "searches that it learns from")
    why = {trial["number"]: json.loads(trial["reason"]) for trial in trials_of(experiment)}
    trust = why[WARM].get("numbers", {}).get("trust", 0)
    expect(trust > TRUST_MIN, f"trial {WARM} believes the same function with {trust} only: {why[WARM]}")
    derived = [(edge["from"], edge["to"]) for edge in experiment.trace()["edges"]
               if edge["relation"] == "DerivedFrom" and edge["from"].startswith("ExperimentSpec:")]
    expect_equal(derived, [(f"ExperimentSpec:{experiment.uid}", f"ExperimentSpec:{earlier.uid}")],
                 "what its trace says it was derived from")


@case(tier="all")
def a_search_learns_from_the_earlier_one_of_its_project_alone():
    elsewhere = [searching("warm-namespace", PROJECT, 1, OTHER), searching("warm-project", f"other-{RUN}", 1)]
    earlier = searching("warm-earlier", PROJECT, TOLD, parallel=TOLD)
    for each in [*elsewhere, earlier]:
        each.finished("Succeeded", 120)
    warm = searching("warm", PROJECT, WARM, parallel=3, warmStart="Project")
    warm.finished("Succeeded", 120)
    expect_learnt(warm, earlier)
    expect(all("trust" not in json.loads(trial["reason"]).get("numbers", {}) for trial in trials_of(earlier)),
           "a search without warmStart believed another")
    expect_equal(learnt_from(earlier), [], "searches that the earlier one learns from")
    expect_open_intents_none(warm)
