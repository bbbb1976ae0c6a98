#include "cli/experiment/goal.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "cli/app/terminal.h"
#include "cli/app/words.h"

namespace pedigree::cli {

namespace {

constexpr std::string_view condition_prefix = "condition=";
constexpr std::string_view phase_prefix = "phase=";
constexpr std::string_view deleted = "delete";

// docs/cli/wait.md lists them, too; a test compares with what the CRD says of the status.
constexpr std::array<std::string_view, 9> condition_types{
    "Finished",   "Succeeded", "Failed",  "Validated",      "SourceResolved",
    "ImageReady", "Admitted",  "Running", "LineageRecorded"};
constexpr std::array<std::string_view, 10> phases{"Pending", "Resolving", "Building",  "Queued",
                                                  "Running", "Sealing",   "Suspended", "Succeeded",
                                                  "Failed",  "Cancelled"};
constexpr std::array<std::string_view, 3> statuses{"True", "False", "Unknown"};

tl::unexpected<Error> refused(const std::string& why) {
    return failure(ErrorCode::InvalidInput, why);
}

} // namespace

std::string Goal::text() const {
    switch (kind) {
    case Kind::Deleted:
        return std::string(deleted);
    case Kind::Phase:
        return fmt::format("{}{}", phase_prefix, word);
    case Kind::Condition:
        break;
    }
    return fmt::format("{}{}{}", condition_prefix, word, status == "True" ? "" : "=" + status);
}

Result<Goal> parse_goal(std::string_view text) {
    if (text == deleted) {
        return Goal{Goal::Kind::Deleted, "", ""};
    }
    if (text.starts_with(phase_prefix)) {
        TRY(const std::string phase, known_word("phase", text.substr(phase_prefix.size()), phases));
        return Goal{Goal::Kind::Phase, phase, ""};
    }
    if (!text.starts_with(condition_prefix)) {
        return refused(fmt::format("\"{}\" is nothing to wait for; write condition=TYPE, "
                                   "condition=TYPE=STATUS, phase=PHASE or delete",
                                   text));
    }
    text.remove_prefix(condition_prefix.size());
    const std::size_t equals = std::min(text.find('='), text.size());
    TRY(const std::string type, known_word("condition", text.substr(0, equals), condition_types));
    if (equals == text.size()) {
        return Goal{Goal::Kind::Condition, type, "True"};
    }
    TRY(const std::string status,
        known_word("status of a condition", text.substr(equals + 1), statuses));
    return Goal{Goal::Kind::Condition, type, status};
}

std::vector<std::string> all_goals() {
    std::vector<std::string> all;
    for (const std::string_view type : condition_types) {
        all.push_back(fmt::format("{}{}", condition_prefix, type));
    }
    for (const std::string_view phase : phases) {
        all.push_back(fmt::format("{}{}", phase_prefix, phase));
    }
    all.emplace_back(deleted);
    return all;
}

Progress progress_towards(const Goal& goal, const Experiment* experiment) {
    if (goal.kind == Goal::Kind::Deleted) {
        return experiment == nullptr ? Progress::Reached : Progress::Open;
    }
    if (experiment == nullptr) {
        return Progress::Impossible;
    }
    bool reached = false;
    if (goal.kind == Goal::Kind::Phase) {
        reached = experiment->phase == goal.word;
    } else {
        const Condition* condition = experiment->condition(goal.word);
        reached = condition != nullptr && condition->status == goal.status;
    }
    if (reached) {
        return Progress::Reached;
    }
    // Nothing of an Experiment that has ended changes any more.
    return experiment->finished() ? Progress::Impossible : Progress::Open;
}

std::string result_text(const Experiment& experiment) {
    std::string text = fmt::format("experiment {}: {}", experiment.key.name, experiment.phase);
    if (!experiment.reason.empty() && experiment.reason != experiment.phase) {
        text += ": " + experiment.reason;
    }
    if (!experiment.message.empty()) {
        text += ": " + experiment.message;
    }
    if (const std::string search = experiment.search_text(); !search.empty()) {
        text += "; " + search;
    }
    return printable(text);
}

} // namespace pedigree::cli
