#include "cli/trials/list.h"

#include <algorithm>
#include <set>

#include <nlohmann/json.hpp>

#include "cli/app/read_api.h"
#include "net/url.h"

namespace pedigree::cli {

namespace {

std::optional<Instant> time_in(const Json& item, std::string_view name) {
    const auto time = parse_instant(string_or(item, name));
    return time ? std::optional(*time) : std::nullopt;
}

Trial trial_from(const Json& item) {
    Trial trial;
    trial.number = integer_or(item, "trial");
    trial.state = string_or(item, "state");
    trial.parameters = scalars_from(at_path(item, {"parameters"}));
    if (const Json& value = at_path(item, {"value"}); !value.is_null()) {
        trial.value = scalar_from(value);
    }
    trial.repeats = integer_or(item, "repeats");
    trial.derived_from = integer_or(item, "derivedFrom");
    trial.reused_from = string_or(item, "reusedFrom");
    trial.stop_reason = string_or(item, "stopReason");
    const Json& failed = at_path(item, {"failure"});
    trial.failure_class = string_or(failed, "class");
    trial.failure_reason = string_or(failed, "reason");
    trial.message = string_or(failed, "message");
    trial.proposed_by = string_or(at_path(item, {"why"}), "proposedBy");
    trial.attempts = integer_or(item, "attempts");
    trial.pod_uid = string_or(item, "podUid");
    for (const Json& run : at_path(item, {"runIds"})) {
        trial.run_ids.push_back(run.is_string() ? run.get<std::string>() : "");
    }
    trial.started_at = time_in(item, "startedAt");
    trial.ended_at = time_in(item, "endedAt");
    return trial;
}

} // namespace

Scalar scalar_from(const Json& value) {
    if (value.is_string()) {
        return {value.get<std::string>(), std::nullopt};
    }
    return {canonical_json(value),
            value.is_number() ? std::optional(value.get<double>()) : std::nullopt};
}

Scalars scalars_from(const Json& object) {
    Scalars scalars;
    if (object.is_object()) {
        for (const auto& [name, value] : object.items()) {
            scalars[name] = scalar_from(value);
        }
    }
    return scalars;
}

int compared(const Scalar& left, const Scalar& right) {
    if (left.number && right.number) {
        return *left.number < *right.number ? -1 : (*left.number > *right.number ? 1 : 0);
    }
    if (left.number.has_value() != right.number.has_value()) {
        return left.number ? -1 : 1;
    }
    return left.text.compare(right.text);
}

std::optional<std::chrono::seconds> Trial::duration(Instant now) const {
    if (!started_at || (!ended_at && state != "Running")) {
        return std::nullopt;
    }
    return std::chrono::duration_cast<std::chrono::seconds>(ended_at.value_or(now) - *started_at);
}

const Trial* TrialList::find(std::int64_t number) const {
    const auto found = std::find_if(trials.begin(), trials.end(),
                                    [&](const Trial& trial) { return trial.number == number; });
    return found == trials.end() ? nullptr : &*found;
}

TrialList trial_list_from(const Json& document) {
    TrialList list;
    list.experiment = string_or(document, "experiment");
    list.uid = string_or(document, "uid");
    const Json& objective = at_path(document, {"objective"});
    list.metric = string_or(objective, "metric");
    list.goal =
        from_word<search::Goal>(string_or(objective, "goal")).value_or(search::Goal::Maximize);
    list.best = integer_or(document, "best");
    list.max_trials = integer_or(document, "maxTrials");
    for (const Json& item : at_path(document, {"items"})) {
        list.trials.push_back(trial_from(item));
    }
    return list;
}

Result<Json> read_trials(const Cluster& cluster, const std::string& experiment) {
    auto document = read_lineage(cluster, "trials/" + net::percent_encode(experiment),
                                 "trials of " + experiment);
    if (!document && document.error().code == ErrorCode::NotFound) {
        Error error = std::move(document).error();
        error.message += "; pedigree get lists Experiments";
        return tl::unexpected(std::move(error));
    }
    return document;
}

std::vector<std::string> all_parameters(const std::vector<Trial>& trials) {
    std::set<std::string> names;
    for (const Trial& trial : trials) {
        for (const auto& [name, value] : trial.parameters) {
            names.insert(name);
        }
    }
    return {names.begin(), names.end()};
}

std::vector<std::string> varying_parameters(const std::vector<Trial>& trials) {
    std::vector<std::string> names = all_parameters(trials);
    const auto same_everywhere = [&](const std::string& name) {
        const auto& first = trials.front().parameters;
        return std::all_of(trials.begin(), trials.end(), [&](const Trial& trial) {
            const auto found = trial.parameters.find(name);
            const auto expected = first.find(name);
            return found != trial.parameters.end() && expected != first.end() &&
                   found->second == expected->second;
        });
    };
    if (trials.size() > 1) {
        std::erase_if(names, same_everywhere);
    }
    return names;
}

} // namespace pedigree::cli
