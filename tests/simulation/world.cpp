#include "tests/simulation/world.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/log.h"
#include "base/own_clock.h"
#include "operator/auxiliary/look.h"
#include "records/names.h"
#include "tests/fakes/sample.h"

namespace pedigree::simulation {
namespace {

constexpr int steps_max = 40000;
constexpr int looks_max = 1000;
constexpr int looks_at_refusals_max = 5000; // hours of them, at what is looked at each two seconds
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

std::string activity_id(const control::PendingActivity& activity) {
    return activity.experiment_uid + "/" + activity.row.key.text();
}

} // namespace

struct World::Operator {
    struct Due {
        control::PendingActivity activity;
        Instant at{};
    };

    explicit Operator(World& world)
        : time(world.wall_, [&world] { return world.clock_.now().time_since_epoch(); }),
          runner({world.state_, world.memory_, world.worker_, world.api_, world.inputs_, time},
                 [&world, this](const control::PendingActivity&) {
                     queue.add(the_key, k8s::Priority::Normal, world.queue_time(),
                               world.queue_time());
                 }),
          reconciler({.api = world.api_,
                      .cluster = world.cluster_,
                      .state = world.state_,
                      .clock = time,
                      .configuration = world.configuration_,
                      .build = "simulation",
                      .operator_url = "https://pedigree.example.com",
                      .begin_activity =
                          [&world, this](const control::PendingActivity& activity) {
                              const Instant now = time.now();
                              const auto pause =
                                  std::max(activity.row.not_before.value_or(now), now) - now;
                              activities.try_emplace(activity_id(activity),
                                                     Due{activity, world.clock_.now() + pause});
                          },
                      .count_effect =
                          [&world](const std::string& name) {
                              world.effects_.insert(name);
                              if (name == "commit.finished") {
                                  world.ended_after_ = world.clock_.now() - FakeClock().now();
                              }
                              if (!world.calm_) {
                                  world.faults_.after_effect(name);
                              }
                          }}) {
        // The database's clock is right.
        time.set(start_of(world.wall_.now(), world.clock_.now(), world.state_.newest()));
    }

    OwnClock time;
    k8s::QueueOrder queue;
    std::map<std::string, Due> activities;
    control::ActivityRunner runner;
    control::Reconciler reconciler;
};

World::World(const Scenario& scenario, Faults faults)
    : scenario_(scenario), faults_(std::move(faults)), configuration_(sample::configuration()),
      node_(api_, clock_, scenario.ends, !scenario.search.empty(), scenario.gate),
      worker_(node_.bundles(), faults_, scenario.source_distribution),
      cluster_(api_, clock_, faults_),
      inputs_({state_, memory_, api_, configuration_, credentials()}) {
    set_log_level(LogLevel::Error);
    if (scenario.foreign != Foreign::None) {
        make_foreign_job();
    }
    connect();
    api_.put(control::admission_policies, sample::objects_policy());
    api_.put(control::admission_bindings, sample::objects_policy_binding());
    for (const Json& secret : sample::secrets()) {
        api_.put(k8s::secrets, secret);
    }
    Json experiment = sample::experiment();
    if (!scenario.search.empty()) {
        experiment["spec"]["search"] = *parse_json(scenario.search);
    }
    api_.put(control::experiments, std::move(experiment));
}

World::~World() = default;

void World::make_foreign_job() {
    const Json labels{{records::managed_by_label, records::managed_by_value},
                      {records::experiment_label, sample::experiment_uid},
                      {records::experiment_name_label, sample::name},
                      {records::trial_label, "1"},
                      {records::attempt_label, "1"}};
    Json job{{"metadata",
              {{"namespace", sample::name_space},
               {"name", records::job_name(sample::experiment_uid, 1, 1)},
               {"labels", labels},
               {"annotations", {{records::intent_annotation, "guessed"}}}}},
             {"spec", {{"template", {{"metadata", {{"labels", labels}}}}}}}};
    if (scenario_.foreign == Foreign::Imitation) {
        job["metadata"]["finalizers"] = Json::array({records::finalizer});
        job["metadata"]["ownerReferences"] = Json::array({{{"kind", records::experiment_kind},
                                                           {"name", sample::name},
                                                           {"uid", sample::experiment_uid},
                                                           {"controller", true}}});
    }
    foreign_uid_ = k8s::uid_of(*api_.put(k8s::jobs, std::move(job)));
}

bool World::is_foreign(const Json& object) const {
    return !foreign_uid_.empty() &&
           (k8s::uid_of(object) == foreign_uid_ || k8s::controller_uid_of(object) == foreign_uid_);
}

void World::connect() {
    api_.fault = [this](FaultPoint point, const std::string& call) {
        return calm_ ? Status() : faults_.of_api(point, call);
    };
    state_.fault = [this](FaultPoint point, const std::string& call) {
        return calm_ ? Status() : faults_.of_state(point, call);
    };
    state_.refuse = [this](const experiment::Change& change) {
        return calm_ ? Status() : faults_.of_commit(change);
    };
    api_.changed = [this](const std::string& plural, const k8s::Object& before,
                          const k8s::Object& after) {
        cluster_.on_change(plural, before, after);
        if (plural == control::experiments.plural && before && after) {
            check_status(before, after);
        }
        if (plural == k8s::jobs.plural && !before) {
            check_intent(k8s::key_of(*after).name);
            ++jobs_made_[k8s::key_of(*after).name];
        }
        if (plural == control::network_policies.plural && !after) {
            check_policy_removed(k8s::key_of(*before).name);
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
    if (come_to_rest()) {
        check_rest();
        check_effort();
        check_end();
    }
}

// What had ended must be neither begun again nor said to be otherwise.
void World::run_on_from_backup(std::size_t number) {
    const auto jobs = jobs_made_;
    const k8s::Object before = api_.seen(control::experiments, the_key);
    state_.committed = {};
    state_.put_back(backups_.at(number));
    put_back_ = true;
    calm_ = false;
    operator_.reset();
    looks_ = 0;
    begun_ = clock_.now();
    if (come_to_rest()) {
        check_rest();
    }
    if (jobs_made_ != jobs) {
        violated("what had ended was begun again");
    }
    const k8s::Object after = api_.seen(control::experiments, the_key);
    if (before && string_or(at_path(*before, {"status"}), "phase") !=
                      string_or(at_path(*after, {"status"}), "phase")) {
        violated("its phase became another: " + last_status_);
    }
}

void World::jump_clock() {
    if (jump_.at_look == 0 || looks_ < jump_.at_look) {
        return;
    }
    wall_.ahead += jump_.by;
    jump_.at_look = 0;
    if (jump_.restart) {
        throw Crash{"clock"};
    }
}

bool World::come_to_rest() {
    const int looks_limit = faults_.refuses() ? looks_at_refusals_max : looks_max;
    for (int steps = 0; steps < steps_max && looks_ <= looks_limit; ++steps) {
        node_.tick();
        for (const std::string& uid : node_.logging_badly()) {
            state_.told_points[uid] = {{1, MetricValue(0.3)}, {2, MetricValue(0.01)}};
        }
        act_as_user();
        cluster_.deliver();
        bool busy = false;
        try {
            jump_clock();
            restore();
            if (!operator_) {
                start();
            }
            busy = step();
        } catch (const Crash&) {
            operator_.reset();
            clock_.advance(restart_time);
            continue;
        }
        rests_in_ = last_status_;
        if (!busy && !pass_time()) {
            return true;
        }
    }
    violated(fmt::format("it does not come to rest: {} looks", looks_));
    return false;
}

// As Leader::start does.
void World::start() {
    cluster_.list_again();
    auto fresh = std::make_unique<Operator>(*this);
    operator_ = std::move(fresh);
    const auto pending = state_.pending_activities();
    const auto unreleased = state_.unreleased();
    if (!pending || !unreleased) { // both name keys, of which there is one here
        throw Crash{"start"};      // the process ends and is started again
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
    const auto result = operator_->reconciler.reconcile(key);
    k8s::QueueOrder& queue = operator_->queue;
    if (!result) {
        queue.retry(key, k8s::Priority::Normal, queue_time());
    } else {
        queue.forget(key);
        if (result->requeue) {
            queue.add(key, k8s::Priority::Normal, queue_time(), queue_time());
        } else if (result->requeue_after) {
            queue.add(key, k8s::Priority::Normal, queue_time() + *result->requeue_after,
                      queue_time());
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
    // What is lived again is done again.
    if (put_back_ && deeds_done_ == scenario_.deeds.size() && node_.trains_endlessly()) {
        deeds_done_ = 0;
    }
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
    // Trials beside each other are stopped together, so that each leaves the same records.
    const bool training = put_back_ ? node_.trains_endlessly()
                                    : node_.training() == (scenario_.search.empty() ? 1 : 2);
    // One that never ends by itself is what the scenario is about.
    const bool running = scenario_.gate == PodEnd::RunsUntilDeleted ? node_.auxiliary() : training;
    switch (scenario_.deeds[deeds_done_]) {
    case Deed::Suspend:
        return training ? set("suspend", true) : void();
    case Deed::Resume:
        return phase == "Suspended" ? set("suspend", false) : void();
    case Deed::Cancel:
        return running ? set("cancel", true) : void();
    case Deed::RaiseMaxTrials:
        if (phase == "Succeeded") {
            api_.edit(control::experiments, the_key, [&](Json& edited) {
                edited["spec"]["search"]["maxTrials"] = 6;
                edited["metadata"]["generation"] = edited["metadata"]["generation"].get<int>() + 1;
            });
            ++deeds_done_;
        }
        return;
    case Deed::TakeLabels:
    case Deed::OrphanPod:
    case Deed::TakePod:
        if (string_or(at_path(*object, {"status"}), "reason") == "Training") {
            take_from_training(scenario_.deeds[deeds_done_]);
            ++deeds_done_;
        }
        return;
    case Deed::Delete:
        if (running) {
            api_.erase(control::experiments, the_key);
            ++deeds_done_;
        }
    }
}

// What anybody may do who may edit pods.
void World::take_from_training(Deed deed) {
    for (const k8s::Object& pod : api_.all(k8s::pods)) {
        const k8s::ObjectKey key = k8s::key_of(*pod);
        const bool left = k8s::controller_name_of(*pod).empty();
        if (left || !k8s::label_of(*pod, records::auxiliary_label).empty()) {
            continue;
        }
        if (deed == Deed::TakeLabels) {
            const auto take = [](Json& edited) { edited["metadata"].erase("labels"); };
            api_.edit(k8s::pods, key, take);
            api_.edit(k8s::jobs, {key.name_space, k8s::controller_name_of(*pod)}, take);
        } else if (deed == Deed::OrphanPod) {
            api_.erase(
                k8s::jobs, {key.name_space, k8s::controller_name_of(*pod)},
                {.propagation = k8s::Propagation::Orphan, .uid = "", .resource_version = ""});
        } else {
            api_.erase(k8s::pods, key);
            api_.edit(k8s::pods, key, [](Json& edited) { edited["metadata"].erase("finalizers"); });
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
    if (!next || clock_.now() > begun_ + time_max) {
        return false;
    }
    clock_.advance_to(std::max(*next, clock_.now() + std::chrono::microseconds(1)));
    return true;
}

// At rest nothing is written, however often one looks.
void World::check_rest() {
    calm_ = true;
    const auto before = api_.writes() + state_.commits();
    for (int i = 0; i < 3; ++i) {
        const auto result = operator_->reconciler.reconcile(the_key);
        if (!result || result->requeue) {
            violated("there is still something to do at rest");
        }
    }
    if (api_.writes() + state_.commits() != before) {
        violated("writes at rest");
    }
}

} // namespace pedigree::simulation
