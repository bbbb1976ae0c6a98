#include "cli/experiment/experiment.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/rounded.h"

namespace pedigree::cli {

namespace {

std::string scalar_text(const Json& value) {
    if (value.is_string()) {
        return value.get<std::string>();
    }
    return value.is_number() || value.is_boolean() ? canonical_json(value) : "";
}

std::optional<Instant> instant_in(const Json& object, std::string_view name) {
    const auto instant = parse_instant(string_or(object, name));
    return instant ? std::optional(*instant) : std::nullopt;
}

// When it was seen to have ended.
std::optional<Instant> end_of(const Json& status) {
    for (const Json& condition : at_path(status, {"conditions"})) {
        if (string_or(condition, "type") == "Finished" &&
            string_or(condition, "status") == "True") {
            return instant_in(condition, "lastTransitionTime");
        }
    }
    return std::nullopt;
}

std::string trials_text(const Json& trials) {
    std::string text;
    for (const char* state : {"succeeded", "stopped", "failed", "running", "reused"}) {
        if (const std::int64_t count = integer_or(trials, state); count > 0) {
            text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, state);
        }
    }
    return text;
}

std::string best_of_text(const Json& best) {
    const std::string metric = string_or(best, "metric");
    const std::int64_t trial = integer_or(best, "trial");
    return trial == 0 ? metric
                      : fmt::format("{}{}trial {}", metric, metric.empty() ? "" : ", ", trial);
}

std::vector<Condition> conditions_of(const Json& status) {
    std::vector<Condition> conditions;
    const Json& list = at_path(status, {"conditions"});
    if (list.is_array()) {
        for (const Json& entry : list) {
            conditions.push_back({string_or(entry, "type"), string_or(entry, "status"),
                                  string_or(entry, "reason"), string_or(entry, "message")});
        }
    }
    return conditions;
}

} // namespace

const Condition* Experiment::condition(std::string_view type) const {
    for (const Condition& condition : conditions) {
        if (condition.type == type) {
            return &condition;
        }
    }
    return nullptr;
}

bool Experiment::is(std::string_view condition_type) const {
    const Condition* found = condition(condition_type);
    return found != nullptr && found->status == "True";
}

std::optional<std::chrono::seconds> Experiment::duration(Instant now) const {
    if (!created) {
        return std::nullopt;
    }
    return std::chrono::duration_cast<std::chrono::seconds>(finished_at.value_or(now) - *created);
}

std::string Experiment::state_text() const {
    const std::string text = phase.empty() ? "New" : phase;
    return message.empty() ? text : text + ": " + message;
}

std::string Experiment::search_text() const {
    if (progress.empty()) {
        return "";
    }
    return "trials " + progress +
           (best.empty() ? "" : fmt::format(", best {} ({})", rounded(best), best_of));
}

Experiment experiment_from(const Json& object) {
    Experiment experiment;
    experiment.key = k8s::key_of(object);
    experiment.uid = k8s::uid_of(object);
    const Json& metadata = at_path(object, {"metadata"});
    experiment.created = instant_in(metadata, "creationTimestamp");
    const Json& spec = at_path(object, {"spec"});
    experiment.project = string_or(spec, "project");
    const Json& status = at_path(object, {"status"});
    experiment.finished_at = end_of(status);
    experiment.phase = string_or(status, "phase");
    experiment.queue = string_or(status, "queue");
    experiment.reason = string_or(status, "reason");
    experiment.message = string_or(status, "message");
    experiment.progress = string_or(status, "progress");
    if (!experiment.progress.empty()) {
        experiment.trials = trials_text(at_path(status, {"trials"}));
        experiment.best_of = best_of_text(at_path(status, {"best"}));
    }
    experiment.best = scalar_text(at_path(status, {"best", "value"}));
    experiment.commit = string_or(at_path(status, {"resolved"}), "commit");
    experiment.image = string_or(at_path(status, {"resolved"}), "image");
    experiment.attempts = integer_or(status, "attempts");
    experiment.conditions = conditions_of(status);
    return experiment;
}

std::string experiment_name(std::string_view argument) {
    for (const std::string_view prefix :
         {"exp/", "experiment/", "experiments/", "experiment.pedigree.dev/"}) {
        if (argument.starts_with(prefix)) {
            argument.remove_prefix(prefix.size());
            break;
        }
    }
    return std::string(argument);
}

} // namespace pedigree::cli
