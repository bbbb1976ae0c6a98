#include "cli/support/collect.h"

#include <algorithm>
#include <sstream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/app/advice.h"
#include "cli/app/documents.h"
#include "cli/doctor/kinds.h"
#include "cli/doctor/report.h"
#include "cli/support/struck.h"
#include "records/names.h"

namespace pedigree::cli {

namespace {

constexpr k8s::ResourceType replica_sets{"apps", "v1", "replicasets", "ReplicaSet"};
constexpr k8s::ResourceType bundled_experiments{
    records::api_group, "v1alpha1", records::experiments_plural, records::experiment_kind};

class Collector {
  public:
    Collector(const Cluster& cluster, Bundle& bundle) : cluster_(cluster), bundle_(bundle) {}

    void take(const std::string& path, const Seen& seen) {
        if (seen) {
            bundle_.add(path, without_values(**seen));
        } else {
            leave(path, seen.error());
        }
    }
    // A list, each item as `shown` has it, in the order of its names.
    void take(const std::string& path, const k8s::ResourceType& type,
              const k8s::ListOptions& options, Json (*shown)(const Json&)) {
        const auto list = cluster_.api.list(type, options);
        if (!list) {
            leave(path, list.error());
            return;
        }
        std::vector<k8s::Object> items = list->items;
        std::sort(items.begin(), items.end(), [](const k8s::Object& a, const k8s::Object& b) {
            return k8s::key_of(*a) < k8s::key_of(*b);
        });
        Json document{{"items", Json::array()}};
        for (const k8s::Object& item : items) {
            document["items"].push_back(shown(*item));
        }
        bundle_.add(path, document);
    }
    void leave(const std::string& what, const Error& error) {
        bundle_.left_out.push_back({what, without_advice(error).message});
    }
    // The end of a container's log.
    void take_log(const std::string& path, const std::string& source, std::size_t bytes_max) {
        std::string text;
        bool cut = false;
        const auto keep = [&](std::string_view bytes) -> Status {
            text += bytes;
            if (text.size() > 2 * bytes_max) {
                text.erase(0, text.size() - bytes_max);
                cut = true;
            }
            return {};
        };
        const Status read = cluster_.stream(source, keep, cluster_.stop);
        if (!read) {
            leave(path, read.error());
            return;
        }
        if (text.size() > bytes_max || cut) {
            text.erase(0, text.size() - std::min(bytes_max, text.size()));
            text.erase(0, text.find('\n') + 1); // of a line's end nobody knows what it was
            bundle_.left_out.push_back(
                {path, fmt::format("what stands before its last {} bytes", bytes_max)});
        }
        bundle_.files[path] = std::move(text);
    }

  private:
    const Cluster& cluster_;
    Bundle& bundle_;
};

Json whole(const Json& object) {
    return without_values(object);
}

// What was asked stays with whoever asked: parameters may say more than a helper is to know.
Json status_alone(const Json& experiment) {
    const Json& metadata = at_path(experiment, {"metadata"});
    Json shown{{"name", string_or(metadata, "name")},
               {"uid", string_or(metadata, "uid")},
               {"creationTimestamp", string_or(metadata, "creationTimestamp")},
               {"generation", integer_or(metadata, "generation")},
               {"finalizers", at_path(metadata, {"finalizers"})},
               {"status", at_path(experiment, {"status"})}};
    if (k8s::is_being_deleted(experiment)) {
        shown["deletionTimestamp"] = string_or(metadata, "deletionTimestamp");
    }
    return shown;
}

void collect_operator(const CollectOptions& options, const Sight& sight, Collector& collector) {
    const std::string& where = options.system_namespace;
    collector.take("operator/deployment.json", sight.deployment);
    collector.take("operator/lease.json", sight.lease);
    collector.take("operator/configuration.json", sight.config_map);
    collector.take("operator/replicasets.json", replica_sets,
                   {.name_space = where, .label_selector = operator_selector}, whole);
    collector.take("operator/events.json", k8s::events, {.name_space = where}, whole);
    if (!sight.pods) {
        collector.leave("operator/pods", sight.pods.error());
        return;
    }
    for (const k8s::Object& pod : *sight.pods) {
        const std::string name = k8s::key_of(*pod).name;
        collector.take(fmt::format("operator/pods/{}.json", name), Seen(pod));
        for (const Json& status : at_path(*pod, {"status", "containerStatuses"})) {
            const std::string container = string_or(status, "name");
            const std::string source =
                fmt::format("{}?container={}", k8s::pods.path(where, name, "log"), container);
            const std::string path = fmt::format("operator/logs/{}/{}", name, container);
            collector.take_log(path + ".log", source, options.log_bytes_max);
            if (integer_or(status, "restartCount") > 0) {
                collector.take_log(path + ".previous.log", source + "&previous=true",
                                   options.log_bytes_max);
            }
        }
    }
}

void collect_cluster(const Sight& sight, Collector& collector) {
    collector.take("cluster/version.json", sight.version);
    collector.take("cluster/crd.json", sight.crd);
    collector.take("cluster/apiservice.json", sight.api_service);
    for (const auto& [name, policy] : sight.policies) {
        collector.take(fmt::format("cluster/policies/{}.json", name), policy);
    }
    for (const auto& [name, binding] : sight.bindings) {
        collector.take(fmt::format("cluster/policybindings/{}.json", name), binding);
    }
}

} // namespace

Bundle collect(const Cluster& cluster, const CollectOptions& options, const Sight& sight,
               const std::vector<Check>& checks) {
    Bundle bundle;
    bundle.made_at = to_kubernetes_time(cluster.clock.now());
    bundle.system_namespace = options.system_namespace;
    bundle.name_space = cluster.name_space;
    std::ostringstream unused;
    bundle.files["doctor.txt"] = checks_text(checks, Terminal{unused, unused});
    bundle.add("doctor.json", enveloped("Diagnosis", checks_json(checks, sight)));
    Collector collector(cluster, bundle);
    collect_cluster(sight, collector);
    collect_operator(options, sight, collector);
    const std::string place = "namespace/" + cluster.name_space;
    collector.take(place + "/experiments.json", bundled_experiments,
                   {.name_space = cluster.name_space}, status_alone);
    collector.take(place + "/events.json", k8s::events, {.name_space = cluster.name_space}, whole);
    for (const char* what : {"Secrets", "ConfigMaps other than pedigree-config",
                             "the specs of Experiments", "logs of trainings"}) {
        bundle.left_out.push_back({what, "never taken"});
    }
    bundle.left_out.push_back({"values of environment variables, and credentials by their look",
                               "[redacted] stands in their place"});
    return bundle;
}

} // namespace pedigree::cli
