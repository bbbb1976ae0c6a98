// The one place that writes a status.

#include <nlohmann/json.hpp>

#include "experiment/status/project.h"
#include "experiment/status/without_decision.h"
#include "operator/reconcile/reconciler.h"
#include "operator/reconcile/seen.h"
#include "records/names.h"

namespace pedigree::control {
namespace {

// A merge patch keeps keys that are absent from it: what the status does not say any more, such as
// the end of a search that goes on, is taken away by name.
Json replacing(const Json& before, Json after) {
    for (const auto& [name, value] : before.items()) {
        const auto kept = after.find(name);
        if (kept == after.end()) {
            after[name] = nullptr;
        } else if (kept->is_object() && value.is_object()) {
            *kept = replacing(value, *kept);
        }
    }
    return after;
}

} // namespace

// The resource version keeps it off what the cache has not seen, such as a newer Experiment of the
// same name (a uid would not: the status subresource ignores it).
Status Reconciler::patch_status(const k8s::Object& object, const Json& status) {
    const auto patched = api_.patch(
        experiments, k8s::key_of(*object), k8s::PatchKind::Merge,
        Json{{"metadata", {{"resourceVersion", k8s::resource_version_of(*object)}}},
             {"status", replacing(at_path(*object, {"status"}), status)}},
        {.subresource = "status", .field_manager = records::field_manager, .force = false});
    const bool gone = !patched && patched.error().code == ErrorCode::NotFound;
    return patched || gone ? Status{} : tl::unexpected<Error>(patched.error());
}

Status Reconciler::write_status(const k8s::Object& object,
                                const experiment::Observation& observation,
                                const experiment::Decision& decision) {
    TRY(patch_status(object, experiment::project_status(observation, decision)));
    const Json& old = at_path(*object, {"status"});
    if (with_.announce && (string_or(old, "phase") != to_string(decision.phase) ||
                           string_or(old, "reason") != decision.reason)) {
        with_.announce(object, decision);
    }
    return {};
}

// Only words: if they cannot be written, the next try says them.
void Reconciler::say(const k8s::Object& object, const experiment::Obstacle& obstacle) {
    const auto status =
        experiment::status_without_decision(at_path(*object, {"status"}), obstacle,
                                            resource_from(*object).generation, with_.clock.now());
    if (status) {
        (void)patch_status(object, *status);
    }
}

} // namespace pedigree::control
