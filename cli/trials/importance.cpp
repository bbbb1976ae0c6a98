#include "cli/trials/importance.h"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "pipeline/search/document/event_json.h"
#include "pipeline/search/document/read_study.h"
#include "pipeline/search/search.h"

namespace pedigree::cli {

namespace {

Json asked_line(const Json& trial) {
    Json asked{{"trial", trial["trial"]}, {"parameters", trial["parameters"]}};
    if (const Json& repeats = at_path(trial, {"repeats"}); repeats.is_number()) {
        asked["repeats"] = repeats;
    }
    return {{"asked", std::move(asked)}};
}

Json told_line(const Json& trial) {
    Json told{{"trial", trial["trial"]}};
    if (const Json& value = at_path(trial, {"value"}); value.is_number()) {
        told["value"] = value;
        if (string_or(trial, "state") == "Stopped") {
            told["stopped"] = true;
        }
    } else {
        told["failed"] = string_or(at_path(trial, {"failure"}), "class", "UserCode");
    }
    return {{"tell", std::move(told)}};
}

std::string percent(double share) {
    return fmt::format("{:.0f} %", 100 * share);
}

} // namespace

Result<std::vector<search::Importance>> importance_from(const Json& trials) {
    const Json& document = at_path(trials, {"search"});
    if (!document.is_object()) {
        return failure(ErrorCode::InvalidInput,
                       string_or(trials, "experiment") + " has no search, so nothing varies");
    }
    TRY(search::Study study, search::read_study(document));
    study.max_trials = std::max(study.max_trials, integer_or(trials, "maxTrials"));
    search::Search search(std::move(study));
    for (const Json& trial : at_path(trials, {"items"})) {
        TRY(const search::Event asked, search::event_from(asked_line(trial)));
        TRY(search.apply(asked));
        if (string_or(trial, "state") != "Running") {
            TRY(const search::Event told, search::event_from(told_line(trial)));
            TRY(search.apply(told));
        }
    }
    return search.importance();
}

Table importance_table(const std::vector<search::Importance>& importance) {
    Table table{{"PARAMETER", "MATTERS", "WITH OTHERS", "GIVE OR TAKE"}, {}};
    for (const search::Importance& each : importance) {
        table.rows.push_back({{each.parameter},
                              {percent(each.share)},
                              {percent(each.total)},
                              {percent(each.spread)}});
    }
    return table;
}

Json importance_json(const std::vector<search::Importance>& importance) {
    Json document{{"items", Json::array()}};
    for (const search::Importance& each : importance) {
        document["items"].push_back({{"parameter", each.parameter},
                                     {"share", each.share},
                                     {"total", each.total},
                                     {"spread", each.spread}});
    }
    return document;
}

} // namespace pedigree::cli
