#include "operator/reconcile/pod_refusal.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "base/log.h"

namespace pedigree::control {
namespace {

constexpr const char* refused = "FailedCreate";

std::optional<Instant> time_of(const Json& event, std::initializer_list<const char*> names) {
    for (const char* name : names) {
        if (const auto at = parse_instant(string_or(event, name))) {
            return *at;
        }
    }
    return std::nullopt;
}

} // namespace

std::optional<experiment::PodRefusal> pod_refusal_of(k8s::Api& api, const std::string& name_space,
                                                     const std::string& job_uid, Instant now) {
    const auto listed = api.list(
        k8s::events, {.name_space = name_space,
                      .label_selector = "",
                      .field_selector = "involvedObject.uid=" + job_uid + ",reason=" + refused});
    if (!listed) {
        log_warning("events of a Job cannot be read", {{"error", listed.error().message}});
        return std::nullopt;
    }
    std::optional<experiment::PodRefusal> refusal;
    Instant newest{};
    for (const k8s::Object& event : listed->items) {
        if (string_or(*event, "reason") != refused ||
            string_or(at_path(*event, {"involvedObject"}), "uid") != job_uid) {
            continue;
        }
        const Instant first =
            time_of(*event, {"firstTimestamp", "eventTime", "lastTimestamp"}).value_or(now);
        const Instant last = time_of(*event, {"lastTimestamp", "eventTime"}).value_or(first);
        if (!refusal) {
            refusal = experiment::PodRefusal{.words = "", .since = first};
        }
        refusal->since = std::min(refusal->since, first);
        if (last >= newest) {
            newest = last;
            refusal->words = string_or(*event, "message");
        }
    }
    return refusal;
}

} // namespace pedigree::control
