#include "cli/search/predict.h"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "cli/app/documents.h"
#include "cli/search/action.h"
#include "cli/search/history.h"

namespace pedigree::cli {

namespace {

bool has_texts(const search::Space& space, const std::string& name) {
    return std::any_of(space.dimensions.begin(), space.dimensions.end(), [&](const auto& each) {
        return each.name == name && !each.values.empty() &&
               std::holds_alternative<std::string>(each.values.front());
    });
}

search::ParameterValue value_of(const std::string& text, bool is_text) {
    const auto json = parse_json(text);
    if (is_text || !json) {
        return text;
    }
    if (json->is_boolean()) {
        return json->get<bool>();
    }
    if (json->is_number_integer()) {
        return json->get<std::int64_t>();
    }
    return json->is_number() ? search::ParameterValue(json->get<double>()) : text;
}

} // namespace

Result<search::Parameters> parameters_from(const std::vector<std::string>& assignments,
                                           const search::Space& space) {
    search::Parameters parameters;
    for (const std::string& assignment : assignments) {
        const std::size_t equals = assignment.find('=');
        const std::string name = assignment.substr(0, equals);
        if (equals == std::string::npos || name.empty()) {
            return failure(ErrorCode::InvalidInput,
                           fmt::format("--parameters {}: write NAME=VALUE,NAME=VALUE", assignment));
        }
        const auto value = value_of(assignment.substr(equals + 1), has_texts(space, name));
        if (!parameters.emplace(name, value).second) {
            return failure(ErrorCode::InvalidInput,
                           fmt::format("--parameters: \"{}\" is given twice", name));
        }
    }
    return parameters;
}

std::string prediction(const search::Forecast& forecast, const search::Study& study,
                       Format format) {
    if (format == Format::Json) {
        return document_text(enveloped("Prediction", {{"metric", study.objective.metric},
                                                      {"mean", forecast.mean},
                                                      {"deviation", forecast.deviation},
                                                      {"noise", forecast.noise},
                                                      {"failure", forecast.failure}}),
                             format);
    }
    return fmt::format("{}: {:.6g}, give or take {:.2g} (a standard deviation)\n"
                       "a single trial lies another {:.2g} from that\n"
                       "chance to fail: {:.0f} %\n",
                       study.objective.metric, forecast.mean, forecast.deviation, forecast.noise,
                       100 * forecast.failure);
}

namespace {

Status with_history_and_parameters(const SearchOptions& options) {
    TRY(with_history(options));
    return options.parameters.empty()
               ? failure(ErrorCode::InvalidInput, "--parameters says of what")
               : Status();
}

Result<ExitCode> predict_trial(const SearchOptions& options, const search::Study& study,
                               Terminal& terminal) {
    TRY(search::Search search, begin_search(options, study));
    TRY(const std::string history, read_file(options.history, history_bytes_max));
    TRY(const auto parameters, parameters_from(options.parameters, search.study().space));
    TRY(replay(history, search));
    TRY(const auto forecast, search.predict(parameters));
    terminal.out << prediction(forecast, search.study(), options.format);
    return ExitCode::Ok;
}

} // namespace

SearchAction predict_action() {
    return {"predict", "what a trial would come to", false, with_history_and_parameters,
            predict_trial};
}

} // namespace pedigree::cli
