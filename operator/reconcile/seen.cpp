#include "operator/reconcile/seen.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "k8s/object.h"
#include "records/names.h"

namespace pedigree::control {
namespace {

constexpr std::size_t seen_text_bytes_max = 8192; // the kubelet keeps 4096 of a termination message

std::optional<Instant> time_at(const Json& object, std::string_view name) {
    const std::string text = string_or(object, name);
    if (text.empty()) {
        return std::nullopt;
    }
    const auto instant = parse_instant(text);
    return instant ? std::optional(*instant) : std::nullopt;
}

bool has_finalizer(const Json& object, std::string_view name) {
    const Json& finalizers = at_path(object, {"metadata", "finalizers"});
    return finalizers.is_array() &&
           std::find(finalizers.begin(), finalizers.end(), Json(name)) != finalizers.end();
}

// The door for what kubelet and people wrote: JSON may hold a NUL, a row must not. What is
// clean stays as it is, a termination message's JSON among it.
std::string text_at(const Json& object, std::string_view name) {
    return clean_text(string_or(object, name), seen_text_bytes_max, Lines::Keep);
}

bool is_labelled(const Json& object) {
    return k8s::label_of(object, records::managed_by_label) == records::managed_by_value &&
           !k8s::label_of(object, records::experiment_label).empty() &&
           !k8s::label_of(object, records::experiment_name_label).empty();
}

run::ContainerFacts container_from(const Json& status) {
    run::ContainerFacts facts;
    facts.name = string_or(status, "name");
    facts.restarts = integer_or(status, "restartCount");
    facts.image_id = string_or(status, "imageID");
    const Json& state = at_path(status, {"state"});
    const Json& waiting = at_path(state, {"waiting"});
    const Json& running = at_path(state, {"running"});
    const Json& terminated = at_path(state, {"terminated"});
    if (waiting.is_object()) {
        facts.waiting = true;
        facts.reason = text_at(waiting, "reason");
        facts.message = text_at(waiting, "message");
    } else if (terminated.is_object()) {
        facts.terminated = true;
        facts.reason = text_at(terminated, "reason");
        facts.message = text_at(terminated, "message");
        facts.exit_code = integer_or(terminated, "exitCode", -1);
        facts.signal = integer_or(terminated, "signal");
        facts.started_at = time_at(terminated, "startedAt");
        facts.finished_at = time_at(terminated, "finishedAt");
    } else if (running.is_object()) {
        facts.running = true;
        facts.started_at = time_at(running, "startedAt");
    }
    return facts;
}

void read_containers(const Json& statuses, run::PodFacts& facts) {
    for (const Json& status : statuses) {
        run::ContainerFacts container = container_from(status);
        if (container.name == run::prepare_container) {
            facts.prepare = std::move(container);
        } else if (container.name == run::recorder_container) {
            facts.recorder = std::move(container);
        } else if (container.name == run::train_container) {
            facts.train = std::move(container);
        }
    }
}

std::map<std::string, std::string> images_of(const Json& job) {
    std::map<std::string, std::string> images;
    const Json& pod = at_path(job, {"spec", "template", "spec"});
    for (const char* list : {"initContainers", "containers"}) {
        for (const Json& container : at_path(pod, {list})) {
            images[string_or(container, "name")] = string_or(container, "image");
        }
    }
    return images;
}

std::int64_t gpus_of(const Json& pod) {
    std::int64_t count = 0;
    for (const Json& container : at_path(pod, {"spec", "containers"})) {
        const std::string text =
            string_or(at_path(container, {"resources", "limits"}), "nvidia.com/gpu", "0");
        count += std::strtoll(text.c_str(), nullptr, 10);
    }
    return count;
}

} // namespace

experiment::Resource resource_from(const Json& experiment) {
    experiment::Resource resource;
    const k8s::ObjectKey key = k8s::key_of(experiment);
    resource.uid = k8s::uid_of(experiment);
    resource.name_space = key.name_space;
    resource.name = key.name;
    resource.generation = integer_or(at_path(experiment, {"metadata"}), "generation");
    resource.has_finalizer = has_finalizer(experiment, records::finalizer);
    resource.deleting_since = time_at(at_path(experiment, {"metadata"}), "deletionTimestamp");
    resource.abandon_record = k8s::annotation_of(experiment, records::abandon_annotation) == "true";
    resource.requested_by = clean_text(
        k8s::annotation_of(experiment, records::requested_by_annotation), seen_text_bytes_max);
    resource.triggered_by = clean_text(
        k8s::annotation_of(experiment, records::triggered_by_annotation), seen_text_bytes_max);
    resource.suspend = bool_or(at_path(experiment, {"spec"}), "suspend");
    resource.cancel = bool_or(at_path(experiment, {"spec"}), "cancel");
    const Json& search = at_path(experiment, {"spec", "search"});
    resource.max_trials = integer_or(search, "maxTrials");
    resource.parallel_trials =
        integer_or(search, "parallelTrials", resource.max_trials > 0 ? 1 : 0);
    resource.status_json = canonical_json(at_path(experiment, {"status"}));
    return resource;
}

bool was_accepted(const Json& experiment) {
    return !string_or(at_path(experiment, {"status", "resolved"}), "specHash").empty();
}

void drop_frozen_spec(Json& experiment) {
    if (!was_accepted(experiment)) {
        return;
    }
    Json kept = Json::object();
    for (const char* field : {"suspend", "cancel"}) {
        if (const Json& value = at_path(experiment, {"spec", field}); !value.is_null()) {
            kept[field] = value;
        }
    }
    for (const char* field : {"maxTrials", "parallelTrials"}) {
        const Json& value = at_path(experiment, {"spec", "search", field});
        if (!value.is_null()) {
            kept["search"][field] = value;
        }
    }
    experiment["spec"] = std::move(kept);
}

experiment::JobSeen job_from(const Json& job, const std::string& experiment_uid) {
    experiment::JobSeen seen;
    seen.name = k8s::key_of(job).name;
    seen.uid = k8s::uid_of(job);
    seen.nonce = k8s::annotation_of(job, records::intent_annotation);
    seen.claims_us = k8s::controller_uid_of(job) == experiment_uid;
    seen.labelled = is_labelled(job);
    seen.images = images_of(job);
    seen.has_finalizer = has_finalizer(job, records::finalizer);
    seen.deleting = k8s::is_being_deleted(job);
    // metav1.FinalizerDeleteDependents. In the background pods go when their Job is gone, which our
    // own finalizer keeps; orphaned ones never do.
    seen.pods_follow = !seen.deleting || has_finalizer(job, "foregroundDeletion");
    for (const Json& condition : at_path(job, {"status", "conditions"})) {
        const std::string type = string_or(condition, "type");
        if (string_or(condition, "status") != "True" || (type != "Complete" && type != "Failed")) {
            continue;
        }
        seen.finished = true;
        if (type == "Failed") {
            seen.failed_reason = text_at(condition, "reason");
        }
    }
    return seen;
}

experiment::PodSeen pod_from(const Json& pod) {
    experiment::PodSeen seen;
    seen.uid = k8s::uid_of(pod);
    seen.name = k8s::key_of(pod).name;
    seen.job_uid = k8s::controller_uid_of(pod);
    seen.labelled = is_labelled(pod);
    const Json& status = at_path(pod, {"status"});
    seen.facts.phase = string_or(status, "phase");
    seen.facts.reason = text_at(status, "reason");
    seen.facts.message = text_at(status, "message");
    seen.facts.node_name = string_or(at_path(pod, {"spec"}), "nodeName");
    seen.facts.deleting = k8s::is_being_deleted(pod);
    seen.facts.created_at = time_at(at_path(pod, {"metadata"}), "creationTimestamp");
    seen.facts.started_at = time_at(status, "startTime");
    for (const Json& condition : at_path(status, {"conditions"})) {
        seen.facts.conditions.push_back(
            {string_or(condition, "type"), string_or(condition, "status"),
             text_at(condition, "reason"), text_at(condition, "message")});
    }
    read_containers(at_path(status, {"initContainerStatuses"}), seen.facts);
    read_containers(at_path(status, {"containerStatuses"}), seen.facts);
    return seen;
}

std::string gpu_holders(const std::vector<std::shared_ptr<const Json>>& pods) {
    constexpr std::size_t named_max = 3;
    std::int64_t held = 0;
    std::vector<std::string> holders;
    for (const auto& pod : pods) {
        const std::string phase = string_or(at_path(*pod, {"status"}), "phase");
        const bool placed = !string_or(at_path(*pod, {"spec"}), "nodeName").empty();
        const std::int64_t count = gpus_of(*pod);
        if (count == 0 || !placed || phase == "Succeeded" || phase == "Failed") {
            continue;
        }
        held += count;
        const std::string name = k8s::key_of(*pod).name_space + "/" +
                                 k8s::label_of(*pod, records::experiment_name_label);
        if (std::find(holders.begin(), holders.end(), name) == holders.end()) {
            holders.push_back(name);
        }
    }
    if (held == 0) {
        return "";
    }
    std::string text = std::to_string(held) + " in use by ";
    for (std::size_t i = 0; i < holders.size() && i < named_max; ++i) {
        text += (i == 0 ? "" : ", ") + holders[i];
    }
    if (holders.size() > named_max) {
        text += " and " + std::to_string(holders.size() - named_max) + " more";
    }
    return text;
}

} // namespace pedigree::control
