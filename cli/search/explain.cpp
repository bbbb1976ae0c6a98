#include "cli/search/explain.h"

#include <sstream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/json_text.h"
#include "cli/app/table.h"
#include "cli/search/action.h"
#include "cli/search/history.h"
#include "cli/trials/importance.h"
#include "pipeline/search/document/event_json.h"

namespace pedigree::cli {

namespace {

// What was written beside each Asked, by trial from 1.
std::vector<Json> reasons_of(std::string_view history) {
    std::vector<Json> reasons;
    std::istringstream lines{std::string(history)};
    for (std::string line; std::getline(lines, line);) {
        const auto document = parse_json(line);
        if (document && document->contains("asked")) {
            reasons.push_back(at_path(*document, {"asked", "reason"}));
        }
    }
    return reasons;
}

std::string text_of(const search::Parameters& parameters) {
    std::string text;
    const Json values = search::to_json(parameters);
    for (const auto& [name, value] : values.items()) {
        text += fmt::format("{}{}={}", text.empty() ? "" : " ", name,
                            value.is_string() ? value.get<std::string>() : json_text(value));
    }
    return text;
}

std::string value_of(const search::Trial& trial) {
    switch (trial.state) {
    case search::TrialState::Running:
        return "";
    case search::TrialState::Failed:
        return trial.failure;
    case search::TrialState::Completed:
    case search::TrialState::Stopped:
        break;
    }
    return fmt::format("{:.6g}", trial.value);
}

std::string why(const search::Trial& trial, const Json& reason) {
    std::string text = string_or(reason, "proposedBy", "unknown");
    if (trial.repeats) {
        text += fmt::format(" of {}", *trial.repeats);
    }
    for (const Json& parent : at_path(reason, {"parents"})) {
        text += fmt::format(", near {}", parent.get<std::int64_t>());
    }
    return text;
}

// Shares of what the objective does over the space.
std::string importance_of(const search::Search& search, bool in_colour) {
    const Table table = importance_table(search.importance());
    return table.rows.empty() ? "" : "\n" + render(table, in_colour);
}

} // namespace

Result<std::string> explanation(search::Search search, std::string_view history, bool in_colour) {
    TRY(replay(history, search));
    const auto reasons = reasons_of(history);
    Table table{{"TRIAL", "STATE", "VALUE", "PROPOSED BY", "PARAMETERS"}, {}};
    for (const search::Trial& trial : search.trials().all()) {
        const Json& reason = reasons[static_cast<std::size_t>(trial.number) - 1];
        table.rows.push_back({{fmt::format("{}", trial.number)},
                              {std::string(to_string(trial.state))},
                              {value_of(trial)},
                              {why(trial, reason)},
                              {text_of(trial.parameters)}});
    }
    std::string text = render(table, in_colour);
    if (const auto best = search.best()) {
        text += fmt::format("best: trial {}, {:.6g}\n", best->trial, best->value);
    }
    return text + importance_of(search, in_colour);
}

namespace {

Result<ExitCode> explain_history(const SearchOptions& options, const search::Study& study,
                                 Terminal& terminal) {
    TRY(search::Search search, begin_search(options, study));
    TRY(const std::string history, read_file(options.history, history_bytes_max));
    TRY(const std::string text, explanation(std::move(search), history, terminal.out_coloured));
    terminal.out << text;
    return ExitCode::Ok;
}

} // namespace

SearchAction explain_action() {
    return {"explain", "show a history", false, with_history, explain_history};
}

} // namespace pedigree::cli
