#include "cli/uninstall/removal.h"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/doctor/kinds.h"
#include "records/names.h"

namespace pedigree::cli {

namespace {

constexpr std::chrono::milliseconds removal_step{1000};
// A policy that was deleted denies for as long as the API servers take to notice.
constexpr int removal_tries_max = 30;

constexpr k8s::ResourceType stateful_sets{"apps", "v1", "statefulsets", "StatefulSet"};
constexpr k8s::ResourceType daemon_sets{"apps", "v1", "daemonsets", "DaemonSet"};
constexpr k8s::ResourceType volume_claims{"", "v1", "persistentvolumeclaims",
                                          "PersistentVolumeClaim"};
constexpr k8s::ResourceType removed_experiments{records::api_group, records::api_group_version,
                                                records::experiments_plural,
                                                records::experiment_kind};

Result<bool> is_there(const Cluster& cluster, const Remaining& object) {
    const auto seen = cluster.api.get(object.type, object.key);
    if (!seen && seen.error().code != ErrorCode::NotFound) {
        return tl::unexpected<Error>(Error(seen.error()).within("looking for " + object.text()));
    }
    return seen.has_value();
}

Result<std::vector<Remaining>> those_there(const Cluster& cluster,
                                           const std::vector<Remaining>& objects) {
    std::vector<Remaining> there;
    for (const Remaining& object : objects) {
        TRY(const bool found, is_there(cluster, object));
        if (found) {
            there.push_back(object);
        }
    }
    return there;
}

// Without the CRD there is no such list.
Result<std::vector<k8s::Object>> all_of(const Cluster& cluster, const k8s::ResourceType& type,
                                        const std::string& name_space = "") {
    auto list = cluster.api.list(type, {.name_space = name_space});
    if (!list && list.error().code == ErrorCode::NotFound) {
        return std::vector<k8s::Object>();
    }
    if (!list) {
        return tl::unexpected<Error>(std::move(list).error());
    }
    return std::move(list->items);
}

bool is_finalized_by_us(const Json& object) {
    const Json& finalizers = at_path(object, {"metadata", "finalizers"});
    return std::find(finalizers.begin(), finalizers.end(), Json(records::finalizer)) !=
           finalizers.end();
}

Status remove_object(const Cluster& cluster, const k8s::ResourceType& type,
                     const k8s::ObjectKey& key) {
    const Status removed = cluster.api.remove(type, key, {});
    return removed || removed.error().code == ErrorCode::NotFound ? Status() : removed;
}

// Read anew each time: an object that changed in between is a conflict, and no finalizer of
// somebody else is lost.
Status release(const Cluster& cluster, const k8s::ResourceType& type, const k8s::ObjectKey& key) {
    const auto object = cluster.api.get(type, key);
    if (!object) {
        return object.error().code == ErrorCode::NotFound
                   ? Status()
                   : Status(tl::unexpected<Error>(object.error()));
    }
    if (!is_finalized_by_us(*object)) {
        return {};
    }
    const Json change{{"metadata",
                       {{"finalizers", finalizers_left(*object)},
                        {"resourceVersion", k8s::resource_version_of(*object)}}}};
    const auto changed = cluster.api.patch(type, key, k8s::PatchKind::Merge, change, {});
    return changed || changed.error().code == ErrorCode::NotFound
               ? Status()
               : Status(tl::unexpected<Error>(changed.error()));
}

// What a policy denies a while longer, or somebody else changes meanwhile, is tried again.
Status let_go(const Cluster& cluster, const k8s::ResourceType& type, const k8s::ObjectKey& key,
              const RemovalOptions& options) {
    TRY(remove_object(cluster, type, key));
    for (int tries = 1;; ++tries) {
        const Status released = release(cluster, type, key);
        const bool passes = !released && (released.error().code == ErrorCode::Conflict ||
                                          released.error().code == ErrorCode::Forbidden);
        if (released || !passes || tries == removal_tries_max || cluster.stop.stop_requested()) {
            return released;
        }
        options.pause(removal_step);
    }
}

Result<std::vector<k8s::ObjectKey>> jobs_with_our_finalizer(const Cluster& cluster) {
    TRY(const auto jobs, all_of(cluster, k8s::jobs));
    std::vector<k8s::ObjectKey> keys;
    for (const k8s::Object& job : jobs) {
        if (is_finalized_by_us(*job)) {
            keys.push_back(k8s::key_of(*job));
        }
    }
    return keys;
}

Status remove_experiments(const Cluster& cluster, const RemovalOptions& options) {
    TRY(const auto all, all_of(cluster, removed_experiments));
    for (const k8s::Object& experiment : all) {
        const Remaining what{removed_experiments, k8s::key_of(*experiment)};
        TRY(let_go(cluster, what.type, what.key, options));
        options.gone(what.text());
    }
    return {};
}

Status remove_jobs(const Cluster& cluster, const RemovalOptions& options) {
    TRY(const auto keys, jobs_with_our_finalizer(cluster));
    for (const k8s::ObjectKey& key : keys) {
        TRY(let_go(cluster, k8s::jobs, key, options));
        options.gone(Remaining{k8s::jobs, key}.text());
    }
    return {};
}

// What somebody else runs or keeps in the namespace.
Result<std::vector<std::string>> things_of_others(const Cluster& cluster,
                                                  const std::string& name_space) {
    std::vector<std::string> others;
    for (const k8s::ResourceType& type : {deployments, stateful_sets, daemon_sets, volume_claims}) {
        TRY(const auto list, all_of(cluster, type, name_space));
        for (const k8s::Object& object : list) {
            const std::string name = k8s::key_of(*object).name;
            if (type != deployments || name != operator_name) {
                others.push_back(fmt::format("{} {}", type.kind, name));
            }
        }
    }
    return others;
}

// Its Experiments go with it; one that was created in the meantime has a finalizer, too.
Status remove_definition(const Cluster& cluster, const Remaining& definition,
                         const RemovalOptions& options) {
    TRY(remove_object(cluster, definition.type, definition.key));
    for (int tries = 0; tries < removal_tries_max; ++tries) {
        TRY(const bool there, is_there(cluster, definition));
        if (!there) {
            return {};
        }
        TRY(remove_experiments(cluster, options));
        options.pause(removal_step);
    }
    return failure(ErrorCode::Timeout,
                   fmt::format("{} is still there: an Experiment has a finalizer of somebody else "
                               "(kubectl get experiments -A); take it off, then run this again",
                               definition.text()));
}

} // namespace

Result<Remains> find_remains(const Cluster& cluster, const std::string& system_namespace) {
    Remains remains;
    TRY(remains.before, those_there(cluster, objects_before_experiments()));
    TRY(remains.after, those_there(cluster, objects_after_experiments(system_namespace)));
    const auto place = cluster.api.get(k8s::namespaces, {"", system_namespace});
    if (place && k8s::is_being_deleted(*place)) {
        remains.namespace_ends = true;
        remains.after.pop_back(); // the last of the order
    }
    TRY(const auto experiments, all_of(cluster, removed_experiments));
    for (const k8s::Object& experiment : experiments) {
        remains.experiments.push_back(k8s::key_of(*experiment));
        if (is_finalized_by_us(*experiment)) {
            remains.unfinished.push_back(remains.experiments.back().text());
        }
    }
    TRY(remains.jobs, jobs_with_our_finalizer(cluster));
    TRY(remains.others, things_of_others(cluster, system_namespace));
    return remains;
}

Status remove_remains(const Cluster& cluster, const Remains& remains,
                      const RemovalOptions& options) {
    for (const Remaining& object : remains.before) {
        TRY(remove_object(cluster, object.type, object.key));
        options.gone(object.text());
    }
    TRY(remove_experiments(cluster, options));
    TRY(remove_jobs(cluster, options));
    for (const Remaining& object : remains.after) {
        if (object.type == k8s::namespaces && !remains.takes_namespace()) {
            continue;
        }
        if (object.type == resource_definitions) {
            TRY(remove_definition(cluster, object, options));
        } else {
            TRY(remove_object(cluster, object.type, object.key));
        }
        options.gone(object.text());
    }
    return remove_jobs(cluster, options); // those that the operator made meanwhile
}

} // namespace pedigree::cli
