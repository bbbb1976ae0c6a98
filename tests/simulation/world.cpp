#include "tests/simulation/world.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "base/log.h"
#include "operator/names.h"
#include "tests/fakes/sample.h"

namespace pedigree::simulation {
namespace {

using control::AttemptRow;
using control::History;

constexpr int steps_max = 20000;
constexpr int looks_max = 1000;
constexpr std::chrono::hours time_max{12};
constexpr std::chrono::seconds restart_time{5};
// What a look and its effect take.
constexpr std::chrono::milliseconds look_time{5};

const k8s::ObjectKey the_key{sample::name_space, sample::name};

// The platform's credentials, as files of mounted Secrets.
const control::PlatformCredentials& credentials() {
    static const Scratch folder;
    static const control::PlatformCredentials paths = [] {
        folder.write("registry/username", "pusher");
        folder.write("registry/password", "push-password");
        folder.write("store/AWS_ACCESS_KEY_ID", "id");
        folder.write("store/AWS_SECRET_ACCESS_KEY", "store-key");
        return control::PlatformCredentials{(folder.path() / "registry").string(),
                                            (folder.path() / "store").string()};
    }();
    return paths;
}

bool is_final(const std::string& phase) {
    return phase == "Succeeded" || phase == "Failed" || phase == "Cancelled";
}

// How far an attempt is, by what the status says; nothing for words that may stand anywhere.
std::optional<std::size_t> place_of(const Json& status) {
    static const std::vector<std::string> way{
        "ResolvingSource",   "BuildingImage", "WaitingForTracker", "WaitingForPod",
        "WaitingForNode",    "PullingImage",  "Preparing",         "StartingContainer",
        "Training",          "Stopping",      "CompletingRecord",  "CollectingRecord",
        "TellingTracker"};
    const auto found = std::find(way.begin(), way.end(), string_or(status, "reason"));
    return found == way.end() ? std::nullopt : std::optional(found - way.begin());
}

// Within one attempt nothing is waited for twice.
bool is_backwards(const Json& before, const Json& now) {
    const auto from = place_of(before), to = place_of(now);
    return from && to && *to < *from &&
           integer_or(before, "attempts") == integer_or(now, "attempts");
}

std::string condition_of(const Json& status, const std::string& type) {
    for (const Json& condition : at_path(status, {"conditions"})) {
        if (string_or(condition, "type") == type) {
            return string_or(condition, "status");
        }
    }
    return "";
}

std::string activity_id(const control::PendingActivity& activity) {
    return activity.experiment_uid + "/" + activity.row.key;
}

} // namespace

struct World::Operator {
    struct Due {
        control::PendingActivity activity;
        Instant at{};
    };

    explicit Operator(World& world)
        : runner(world.state_, world.worker_, world.inputs_, world.clock_,
                 [&world, this](const control::PendingActivity&) {
                     queue.add(the_key, k8s::Priority::Normal, world.queue_time(),
                               world.queue_time());
                 }),
          reconciler({.api = world.api_,
                      .cluster = world.cluster_,
                      .state = world.state_,
                      .clock = world.clock_,
                      .configuration = world.configuration_,
                      .build = "simulation",
                      .operator_url = "https://pedigree.example.com",
                      .begin_activity =
                          [&world, this](const control::PendingActivity& activity) {
                              const Instant at = std::max(
                                  world.clock_.now(),
                                  activity.row.not_before.value_or(world.clock_.now()));
                              activities.try_emplace(activity_id(activity), Due{activity, at});
                          },
                      .count_effect =
                          [&world](const std::string& name) {
                              world.effects_.insert(name);
                              if (!world.calm_) {
                                  world.faults_.after_effect(name);
                              }
                          }}) {}

    k8s::QueueOrder queue;
    std::map<std::string, Due> activities;
    control::ActivityRunner runner;
    control::Reconciler reconciler;
};

World::World(const Scenario& scenario, Faults faults)
    : scenario_(scenario), faults_(std::move(faults)), configuration_(sample::configuration()),
      node_(api_, clock_, scenario.ends), worker_(node_.bundles(), faults_),
      cluster_(api_, clock_, faults_), inputs_(state_, api_, configuration_, credentials()) {
    set_log_level(LogLevel::Error);
    connect();
    for (const Json& secret : sample::secrets()) {
        api_.put(k8s::secrets, secret);
    }
    api_.put(control::experiments, sample::experiment());
}

World::~World() = default;

void World::connect() {
    api_.fault = [this](FaultPoint point, const std::string& call) {
        return calm_ ? Status() : faults_.of_api(point, call);
    };
    state_.fault = [this](FaultPoint point, const std::string& call) {
        return calm_ ? Status() : faults_.of_state(point, call);
    };
    api_.changed = [this](const std::string& plural, const k8s::Object& before,
                          const k8s::Object& after) {
        cluster_.on_change(plural, before, after);
        if (plural == control::experiments.plural && before && after) {
            check_status(before, after);
        }
        if (plural == k8s::jobs.plural && !before) {
            check_intent(k8s::key_of(*after).name);
            ++jobs_made_[k8s::label_of(*after, control::attempt_label)];
        }
    };
    cluster_.wake = [this](const k8s::ObjectKey& key) {
        if (operator_) {
            operator_->queue.add(key, k8s::Priority::Normal, queue_time(), queue_time());
        }
    };
}

k8s::QueueTime World::queue_time() const {
    return k8s::QueueTime(clock_.now().time_since_epoch());
}

void World::run() {
    for (int steps = 0; steps < steps_max && looks_ <= looks_max; ++steps) {
        node_.tick();
        act_as_user();
        cluster_.deliver();
        bool busy = false;
        try {
            if (!operator_) {
                start();
            }
            busy = step();
        } catch (const Crash&) {
            operator_.reset();
            clock_.advance(restart_time);
            continue;
        }
        if (!busy && !pass_time()) {
            check_rest();
            check_effort();
            check_end();
            return;
        }
    }
    violated(fmt::format("it does not come to rest: {} looks", looks_));
}

// As Leader::start does.
void World::start() {
    cluster_.list_again();
    auto fresh = std::make_unique<Operator>(*this);
    operator_ = std::move(fresh);
    const auto pending = state_.pending_activities();
    const auto unreleased = state_.unreleased();
    if (!pending || !unreleased) {
        throw Crash{"start"}; // the process ends and is started again
    }
    for (const control::PendingActivity& activity : *pending) {
        operator_->activities.try_emplace(activity_id(activity),
                                          Operator::Due{activity, clock_.now()});
    }
    operator_->queue.add(the_key, k8s::Priority::Background, queue_time(), queue_time());
}

bool World::step() {
    if (const auto key = operator_->queue.take(queue_time())) {
        work_on(*key);
        return true;
    }
    for (const auto& [id, due] : operator_->activities) {
        if (due.at <= clock_.now()) {
            try_activity(std::string(id));
            return true;
        }
    }
    return false;
}

// As Leader::finish does.
void World::work_on(const k8s::ObjectKey& key) {
    clock_.advance(look_time);
    ++looks_;
    const auto outlook = operator_->reconciler.reconcile(key);
    k8s::QueueOrder& queue = operator_->queue;
    if (!outlook) {
        queue.retry(key, k8s::Priority::Normal, queue_time());
    } else {
        queue.forget(key);
        if (outlook->again) {
            queue.add(key, k8s::Priority::Normal, queue_time(), queue_time());
        } else if (outlook->after) {
            queue.add(key, k8s::Priority::Normal, queue_time() + *outlook->after, queue_time());
        }
    }
    queue.done(key, queue_time());
}

void World::try_activity(const std::string& id) {
    const control::PendingActivity activity = operator_->activities.at(id).activity;
    const auto again = operator_->runner.try_once(activity, {});
    if (!again) {
        operator_->activities.erase(id);
        return;
    }
    Operator::Due& due = operator_->activities.at(id);
    due.at = clock_.now() + *again;
    const auto history = state_.histories().find(activity.experiment_uid);
    due.activity.row = history->second.activities.at(activity.row.key);
}

void World::act_as_user() {
    const k8s::Object object = api_.seen(control::experiments, the_key);
    if (deeds_done_ == scenario_.deeds.size() || !object) {
        return;
    }
    const auto set = [&](const char* field, bool value) {
        api_.edit(control::experiments, the_key, [&](Json& edited) {
            edited["spec"][field] = value;
            edited["metadata"]["generation"] = edited["metadata"]["generation"].get<int>() + 1;
        });
        ++deeds_done_;
    };
    const std::string phase = string_or(at_path(*object, {"status"}), "phase");
    switch (scenario_.deeds[deeds_done_]) {
    case Deed::Suspend:
        return node_.training() ? set("suspend", true) : void();
    case Deed::Resume:
        return phase == "Suspended" ? set("suspend", false) : void();
    case Deed::Cancel:
        return node_.training() ? set("cancel", true) : void();
    case Deed::Delete:
        if (node_.training()) {
            api_.erase(control::experiments, the_key);
            ++deeds_done_;
        }
    }
}

// To the next moment at which something happens; false: nothing will.
bool World::pass_time() {
    std::optional<Instant> next = cluster_.next();
    const auto sooner = [&](std::optional<Instant> other) {
        if (other && (!next || *other < *next)) {
            next = other;
        }
    };
    sooner(node_.next());
    for (const auto& [id, due] : operator_->activities) {
        sooner(due.at);
    }
    if (const auto ready = operator_->queue.next_ready_at()) {
        sooner(Instant(std::chrono::ceil<std::chrono::microseconds>(ready->time_since_epoch())));
    }
    const Instant beginning = FakeClock().now();
    if (!next || clock_.now() > beginning + time_max) {
        return false;
    }
    clock_.advance_to(std::max(*next, clock_.now() + std::chrono::microseconds(1)));
    return true;
}

void World::check_status(const k8s::Object& before, const k8s::Object& after) {
    const Json& old = at_path(*before, {"status"});
    const Json& now = at_path(*after, {"status"});
    last_status_ = fmt::format("{} {}", string_or(now, "phase"), string_or(now, "reason"));
    if (is_final(string_or(old, "phase")) && string_or(now, "phase") != string_or(old, "phase")) {
        violated("phase went back from " + string_or(old, "phase") + " to " +
                 string_or(now, "phase"));
    }
    if (is_backwards(old, now)) {
        violated(fmt::format("status went from {} {} to {}", string_or(old, "phase"),
                             string_or(old, "reason"), last_status_));
    }
    for (const char* counter : {"attempts", "observedGeneration"}) {
        if (integer_or(now, counter) < integer_or(old, counter)) {
            violated(std::string(counter) + " fell");
        }
    }
    for (const char* type : {"Validated", "SourceResolved", "ImageReady", "LineageRecorded",
                             "Finished"}) {
        if (condition_of(old, type) == "True" && condition_of(now, type) != "True") {
            violated(std::string("condition went back: ") + type);
        }
    }
}

// What is about to happen stands in PostgreSQL before it does.
void World::check_intent(const std::string& job_name) {
    const auto history = state_.histories().find(sample::experiment_uid);
    const bool written = history != state_.histories().end() &&
                         std::any_of(history->second.intents.begin(), history->second.intents.end(),
                                     [&](const control::IntentRow& intent) {
                                         return intent.effect == "job.create" &&
                                                intent.target == job_name;
                                     });
    if (!written) {
        violated("no intent was written for Job " + job_name);
    }
}

// At rest nothing is written, however often one looks.
void World::check_rest() {
    calm_ = true;
    const auto before = api_.writes() + state_.commits();
    for (int i = 0; i < 3; ++i) {
        const auto outlook = operator_->reconciler.reconcile(the_key);
        if (!outlook || outlook->again) {
            violated("there is still something to do at rest");
        }
    }
    if (api_.writes() + state_.commits() != before) {
        violated("writes at rest");
    }
}

// Hot loops: what was done is not asked for again, however far the caches are behind.
void World::check_effort() {
    for (const std::string& write : api_.idle_writes()) {
        violated("a write that changes nothing: " + write);
    }
    if (state_.idle_commits() > 0) {
        violated("records committed again");
    }
}

void World::check_end() {
    for (const auto& [attempt, count] : jobs_made_) {
        if (count != 1) {
            violated(fmt::format("{} Jobs for attempt {}", count, attempt));
        }
    }
    for (const auto& [job, count] : node_.pods_made()) {
        if (count != 1) {
            violated(fmt::format("{} pods for Job {}", count, job));
        }
    }
    const History& history = state_.histories().at(sample::experiment_uid);
    if (!history.intents.empty()) {
        violated("an intent is open: " + history.intents.front().target);
    }
    if (!history.experiment->released) {
        violated("not released");
    }
    if (!api_.all(k8s::jobs).empty() || !api_.all(k8s::pods).empty()) {
        violated("Jobs or pods are left behind");
    }
    for (const AttemptRow& attempt : history.attempts) {
        if (worker_.told().contains(attempt.pod_uid) &&
            worker_.told().at(attempt.pod_uid).size() > 1) {
            violated("the tracker was told two ends of attempt " + std::to_string(attempt.number));
        }
    }
}

Ending World::ending() const {
    Ending ending;
    for (const LedgerLine& line : state_.ledger()) {
        ending.records.push_back(line.type);
    }
    const auto found = state_.histories().find(sample::experiment_uid);
    if (found == state_.histories().end()) {
        ending.state = "no history";
        return ending;
    }
    const control::ExperimentRow& experiment = *found->second.experiment;
    ending.state = fmt::format("{} {} {} image={} run={} status={}", to_string(experiment.outcome),
                               experiment.failure_class, experiment.reason,
                               experiment.image_digest, experiment.parent_run_id,
                               api_.seen(control::experiments, the_key) ? last_status_ : "gone");
    for (const AttemptRow& attempt : found->second.attempts) {
        ending.state += fmt::format("; {} {} {} {} {} gaps={} models={}", attempt.number,
                                    to_string(attempt.stage), attempt.failure_class,
                                    attempt.reason, attempt.memory, attempt.gaps, attempt.models);
    }
    return ending;
}

std::vector<std::string> differences(const World& world, const Ending& undisturbed) {
    std::vector<std::string> found = world.violations();
    const Ending ending = world.ending();
    if (ending.records != undisturbed.records) {
        found.push_back(fmt::format("records: {}\n  undisturbed: {}",
                                    fmt::join(ending.records, " "),
                                    fmt::join(undisturbed.records, " ")));
    }
    if (ending.state != undisturbed.state) {
        found.push_back("state: " + ending.state + "\n  undisturbed: " + undisturbed.state);
    }
    return found;
}

} // namespace pedigree::simulation
