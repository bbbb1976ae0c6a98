#include "operator/reconcile/caches.h"

#include <nlohmann/json.hpp>

#include "operator/reconcile/seen.h"
#include "records/names.h"

namespace pedigree::control {
namespace {

k8s::ReflectorOptions ours_only() {
    k8s::ReflectorOptions options;
    options.label_selector =
        std::string(records::managed_by_label) + "=" + records::managed_by_value;
    return options;
}

k8s::ReflectorOptions without_frozen_specs() {
    k8s::ReflectorOptions options;
    options.trim = drop_frozen_spec;
    return options;
}

// A deletion, a cancellation and a suspension should not wait behind a crowd.
k8s::Priority priority_of(const Json& experiment) {
    const Json& spec = at_path(experiment, {"spec"});
    const bool urgent =
        k8s::is_being_deleted(experiment) || bool_or(spec, "cancel") || bool_or(spec, "suspend");
    return urgent ? k8s::Priority::Urgent : k8s::Priority::Normal;
}

} // namespace

Caches::Caches(k8s::Api& api, k8s::WorkQueue& queue, std::function<void(const k8s::Object&)> gone)
    : queue_(queue), gone_(std::move(gone)),
      experiments_(api, experiments, without_frozen_specs(),
                   [this](const auto& change) { on_experiment(change); }),
      jobs_(api, k8s::jobs, ours_only(), [this](const auto& change) { on_job(change); },
            {records::experiment_name_label}),
      pods_(api, k8s::pods, ours_only(), [this](const auto& change) { on_pod(change); },
            {records::experiment_label}) {}

void Caches::start() {
    experiments_.start();
    jobs_.start();
    pods_.start();
}

Status Caches::wait_until_synced(std::chrono::milliseconds limit, std::stop_token stop) const {
    TRY(experiments_.wait_until_synced(limit, stop));
    TRY(jobs_.wait_until_synced(limit, stop));
    return pods_.wait_until_synced(limit, stop);
}

void Caches::enqueue_all() const {
    for (const k8s::Object& experiment : experiments_.store().all()) {
        queue_.add(k8s::key_of(*experiment), k8s::Priority::Background);
    }
    for (const k8s::Object& job : jobs_.store().all()) { // whose Experiment may be gone
        on_job({.type = k8s::Change::Type::Added, .object = job});
    }
}

void Caches::on_experiment(const k8s::Change& change) const {
    if (change.type == k8s::Change::Type::Deleted) {
        gone_(change.object);
        return;
    }
    // Status writes too, ours and others': a status that is not the projection any more is mended,
    // and one that is costs a look.
    queue_.add(k8s::key_of(*change.object), priority_of(*change.object));
}

void Caches::on_job(const k8s::Change& change) const {
    wake(*change.object, k8s::controller_name_of(*change.object));
}

void Caches::on_pod(const k8s::Change& change) const {
    const std::string job = k8s::controller_name_of(*change.object);
    const k8s::Object owner = jobs_.store().get({k8s::key_of(*change.object).name_space, job});
    wake(*change.object, owner ? k8s::controller_name_of(*owner) : "");
}

// A look too many harms nobody: the owner's name, and what the label says, as long as they stand.
void Caches::wake(const Json& job_or_pod, const std::string& owner) const {
    const std::string name_space = k8s::key_of(job_or_pod).name_space;
    const std::string label = k8s::label_of(job_or_pod, records::experiment_name_label);
    if (!owner.empty()) {
        queue_.add({name_space, owner});
    }
    if (!label.empty() && label != owner) {
        queue_.add({name_space, label});
    }
}

k8s::Object Caches::experiment(const k8s::ObjectKey& key) const {
    return experiments_.store().get(key);
}
std::vector<k8s::Object> Caches::jobs_of(const std::string& experiment_uid) const {
    return jobs_.store().controlled_by(experiment_uid);
}
std::vector<k8s::Object> Caches::pods_of(const std::string& job_uid) const {
    return pods_.store().controlled_by(job_uid);
}
std::vector<k8s::Object> Caches::left_pods_of(const std::string& experiment_uid) const {
    auto pods = pods_.store().with_label(records::experiment_label, experiment_uid);
    std::erase_if(pods,
                  [](const k8s::Object& pod) { return !k8s::controller_uid_of(*pod).empty(); });
    return pods;
}
std::vector<k8s::Object> Caches::jobs_named(const k8s::ObjectKey& experiment) const {
    auto jobs = jobs_.store().with_label(records::experiment_name_label, experiment.name);
    std::erase_if(jobs, [&](const k8s::Object& job) {
        return k8s::key_of(*job).name_space != experiment.name_space;
    });
    return jobs;
}
std::vector<k8s::Object> Caches::all_pods() const {
    return pods_.store().all();
}
std::map<std::string, std::uint64_t> Caches::skipped() const {
    return {{"experiments", experiments_.counters().skipped},
            {"jobs", jobs_.counters().skipped},
            {"pods", pods_.counters().skipped}};
}
std::vector<k8s::Object> Caches::all_experiments() const {
    return experiments_.store().all();
}

} // namespace pedigree::control
