#include "cli/experiment/goal.h"

#include <fmt/format.h>

#include "cli/app/terminal.h"

namespace pedigree::cli {

Result<Goal> parse_goal(std::string_view text) {
    if (text == "delete") {
        return Goal{Goal::Kind::Deleted, "", ""};
    }
    for (const auto& [prefix, kind] :
         {std::pair{std::string_view("condition="), Goal::Kind::Condition},
          std::pair{std::string_view("phase="), Goal::Kind::Phase}}) {
        if (!text.starts_with(prefix) || text.size() == prefix.size()) {
            continue;
        }
        const std::string_view word = text.substr(prefix.size());
        const std::size_t equals = word.find('=');
        const std::string status =
            equals == std::string_view::npos ? "True" : std::string(word.substr(equals + 1));
        return Goal{kind, std::string(word.substr(0, equals)), status};
    }
    return failure(ErrorCode::InvalidInput,
                   fmt::format("--for {}: write condition=TYPE, condition=TYPE=STATUS, phase=PHASE "
                               "or delete",
                               text));
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
