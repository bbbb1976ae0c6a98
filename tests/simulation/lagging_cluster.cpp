#include "tests/simulation/lagging_cluster.h"

#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

#include "records/names.h"

namespace pedigree::simulation {
namespace {

constexpr std::chrono::seconds relist_after{30}; // a lost event is noticed by then

const std::array<k8s::ResourceType, 3> watched{control::experiments, k8s::jobs, k8s::pods};

// The selector of the watch: what loses the label is told of as removed.
bool is_watched(const std::string& plural, const Json& object) {
    return plural == control::experiments.plural ||
           k8s::label_of(object, records::managed_by_label) == records::managed_by_value;
}

} // namespace

void LaggingCluster::list_again() {
    notifications_.clear();
    shelves_.clear();
    for (const k8s::ResourceType& type : watched) {
        relist(std::string(type.plural));
    }
}

void LaggingCluster::on_change(const std::string& plural, const k8s::Object& before,
                               const k8s::Object& after) {
    if (plural == k8s::secrets.plural || plural == k8s::config_maps.plural) { // not watched
        return;
    }
    std::deque<Notification>& queue = notifications_[plural];
    Notification notification{.due = clock_.now() + faults_.lag(),
                              .key = k8s::key_of(after ? *after : *before),
                              .object = after};
    if (!queue.empty()) {
        notification.due =
            std::max(notification.due, queue.back().due); // one watch keeps the order
    }
    switch (faults_.of_watch()) {
    case Faults::Delivery::Twice:
        queue.push_back(notification);
        break;
    case Faults::Delivery::Lost:
        notification.relist = true;
        notification.due += relist_after;
        break;
    case Faults::Delivery::Once:
        break;
    }
    queue.push_back(std::move(notification));
}

void LaggingCluster::deliver() {
    for (auto& [plural, queue] : notifications_) {
        while (!queue.empty() && queue.front().due <= clock_.now()) {
            const Notification notification = queue.front();
            queue.pop_front();
            take(plural, notification);
        }
    }
}

std::optional<Instant> LaggingCluster::next() const {
    std::optional<Instant> next;
    for (const auto& [plural, queue] : notifications_) {
        if (!queue.empty()) {
            next = std::min(next.value_or(queue.front().due), queue.front().due);
        }
    }
    return next;
}

void LaggingCluster::take(const std::string& plural, const Notification& notification) {
    if (notification.relist) {
        relist(plural);
        return;
    }
    Shelf& shelf = shelves_[plural];
    const k8s::Object known =
        shelf.contains(notification.key) ? shelf.at(notification.key) : nullptr;
    if (!notification.object || !is_watched(plural, *notification.object)) {
        shelf.erase(notification.key);
        if (known) {
            tell(plural, known);
        }
        return;
    }
    // A list has brought something newer already.
    const auto order =
        !known ? std::nullopt
               : k8s::compare_resource_versions(k8s::resource_version_of(*known),
                                                k8s::resource_version_of(*notification.object));
    if (order == std::strong_ordering::greater) {
        return;
    }
    shelf[notification.key] = notification.object;
    tell(plural, notification.object);
}

void LaggingCluster::relist(const std::string& plural) {
    Shelf fresh;
    for (const k8s::ResourceType& type : watched) {
        if (type.plural == plural) {
            for (const k8s::Object& object : api_.all(type)) {
                if (is_watched(plural, *object)) {
                    fresh[k8s::key_of(*object)] = object;
                }
            }
        }
    }
    Shelf before = std::exchange(shelves_[plural], std::move(fresh));
    // Removals on the way are older than this list.
    std::erase_if(notifications_[plural],
                  [](const Notification& notification) { return !notification.relist; });
    before.insert(shelves_[plural].begin(), shelves_[plural].end());
    for (const auto& [key, object] : before) {
        tell(plural, object);
    }
}

void LaggingCluster::tell(const std::string& plural, const k8s::Object& object) const {
    if (!wake) {
        return;
    }
    k8s::ObjectKey key = k8s::key_of(*object);
    if (plural == control::experiments.plural) {
        wake(key);
        return;
    }
    const std::string label = k8s::label_of(*object, records::experiment_name_label);
    for (const std::string& name : {owner_of(plural, *object), label}) {
        if (!name.empty()) {
            wake({key.name_space, name});
        }
    }
}

// The Experiment of a Job, or of a pod's Job that is known.
std::string LaggingCluster::owner_of(const std::string& plural, const Json& object) const {
    const std::string name = k8s::controller_name_of(object);
    if (plural == k8s::jobs.plural) {
        return name;
    }
    const auto jobs = shelves_.find(std::string(k8s::jobs.plural));
    const k8s::ObjectKey key{k8s::key_of(object).name_space, name};
    return jobs != shelves_.end() && jobs->second.contains(key)
               ? k8s::controller_name_of(*jobs->second.at(key))
               : "";
}

k8s::Object LaggingCluster::experiment(const k8s::ObjectKey& key) const {
    const auto shelf = shelves_.find(std::string(control::experiments.plural));
    if (shelf == shelves_.end() || !shelf->second.contains(key)) {
        return nullptr;
    }
    return shelf->second.at(key);
}

std::vector<k8s::Object> LaggingCluster::controlled_by(const std::string& plural,
                                                       const std::string& uid) const {
    std::vector<k8s::Object> found;
    const auto shelf = shelves_.find(plural);
    if (shelf != shelves_.end()) {
        for (const auto& [key, object] : shelf->second) {
            if (k8s::controller_uid_of(*object) == uid) {
                found.push_back(object);
            }
        }
    }
    return found;
}

std::vector<k8s::Object> LaggingCluster::jobs_of(const std::string& experiment_uid) const {
    return controlled_by("jobs", experiment_uid);
}
std::vector<k8s::Object> LaggingCluster::pods_of(const std::string& job_uid) const {
    return controlled_by("pods", job_uid);
}
std::vector<k8s::Object> LaggingCluster::left_pods_of(const std::string& experiment_uid) const {
    auto pods = everything("pods");
    std::erase_if(pods, [&](const k8s::Object& pod) {
        return k8s::label_of(*pod, records::experiment_label) != experiment_uid ||
               !k8s::controller_uid_of(*pod).empty();
    });
    return pods;
}
std::vector<k8s::Object> LaggingCluster::jobs_named(const k8s::ObjectKey& experiment) const {
    auto jobs = everything("jobs");
    std::erase_if(jobs, [&](const k8s::Object& job) {
        return k8s::key_of(*job).name_space != experiment.name_space ||
               k8s::label_of(*job, records::experiment_name_label) != experiment.name;
    });
    return jobs;
}
std::vector<k8s::Object> LaggingCluster::all_pods() const {
    return everything("pods");
}

std::vector<k8s::Object> LaggingCluster::everything(const std::string& plural) const {
    std::vector<k8s::Object> found;
    if (const auto shelf = shelves_.find(plural); shelf != shelves_.end()) {
        for (const auto& [key, object] : shelf->second) {
            found.push_back(object);
        }
    }
    return found;
}

} // namespace pedigree::simulation
