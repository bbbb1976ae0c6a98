#include "pipeline/search/document/event_json.h"

#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/metric_value.h"
#include "base/words.h"

namespace pedigree::search {
namespace {

Json number_json(double value) {
    return std::isfinite(value) ? Json(value) : Json(MetricValue(value).text());
}

Result<double> number_from(const Json& object, const char* name) {
    const auto found = object.find(name);
    if (found == object.end()) {
        return failure(ErrorCode::InvalidInput, fmt::format("field \"{}\" is missing", name));
    }
    if (found->is_number()) {
        return found->get<double>();
    }
    const MetricValue word = MetricValue::from(*found);
    if (found->is_null() || (!word.empty() && !word.is_finite())) {
        return word.number();
    }
    return failure(ErrorCode::InvalidInput,
                   fmt::format("field \"{}\" must be a number, \"NaN\", \"Infinity\", "
                               "\"-Infinity\" or null",
                               name));
}

Result<ParameterValue> parameter_from(const std::string& name, const Json& value) {
    if (value.is_boolean()) {
        return value.get<bool>();
    }
    if (value.is_number_integer()) {
        return value.get<std::int64_t>();
    }
    if (value.is_number()) {
        return value.get<double>();
    }
    if (value.is_string()) {
        return value.get<std::string>();
    }
    return failure(ErrorCode::InvalidInput,
                   fmt::format("parameter \"{}\" must be a boolean, a number or a string", name));
}

Result<Event> read_asked(const Json& object) {
    Asked asked;
    TRY(asked.trial, integer_field(object, "trial"));
    TRY(asked.parameters, parameters_from(at_path(object, {"parameters"})));
    if (object.contains("repeats")) {
        TRY(asked.repeats, integer_field(object, "repeats"));
    }
    return asked;
}

Result<Event> read_told(const Json& object) {
    Told told;
    TRY(told.trial, integer_field(object, "trial"));
    if (object.contains("failed")) {
        TRY(told.failure, string_field(object, "failed"));
        told.outcome = Outcome::Failed;
        return told;
    }
    if (bool_or(object, "stopped")) {
        told.outcome = Outcome::Stopped;
    }
    TRY(told.value, number_from(object, "value"));
    return told;
}

Result<Event> read_reported(const Json& object) {
    Reported reported;
    TRY(reported.trial, integer_field(object, "trial"));
    TRY(reported.step, integer_field(object, "step"));
    TRY(reported.value, number_from(object, "value"));
    if (object.contains("attempt")) {
        TRY(reported.attempt, integer_field(object, "attempt"));
    }
    return reported;
}

Json numbers_json(const std::map<std::string, double>& numbers) {
    Json object = Json::object();
    for (const auto& [name, number] : numbers) {
        object[name] = number_json(number);
    }
    return object;
}

} // namespace

Result<Event> event_from(const Json& line) {
    for (const auto& [name, read] :
         {std::pair{"asked", &read_asked}, {"tell", &read_told}, {"report", &read_reported}}) {
        const Json& object = at_path(line, {name});
        if (object.is_object()) {
            return read(object);
        }
    }
    return failure(ErrorCode::InvalidInput, "neither \"asked\", \"tell\" nor \"report\"");
}

Result<Parameters> parameters_from(const Json& object) {
    Parameters parameters;
    for (const auto& [name, value] : object.items()) {
        TRY(auto parameter, parameter_from(name, value));
        parameters.emplace(name, std::move(parameter));
    }
    return parameters;
}

Json to_json(const Parameters& parameters) {
    Json object = Json::object();
    for (const auto& [name, value] : parameters) {
        std::visit([&](const auto& each) { object[name] = each; }, value);
    }
    return object;
}

Json to_json(const Event& event) {
    struct Visitor {
        Json operator()(const Asked& asked) const {
            Json object{{"trial", asked.trial}, {"parameters", to_json(asked.parameters)}};
            if (asked.repeats) {
                object["repeats"] = *asked.repeats;
            }
            return {{"asked", std::move(object)}};
        }
        Json operator()(const Reported& reported) const {
            Json object{{"trial", reported.trial},
                        {"step", reported.step},
                        {"value", number_json(reported.value)}};
            if (reported.attempt != 1) {
                object["attempt"] = reported.attempt;
            }
            return {{"report", std::move(object)}};
        }
        Json operator()(const Told& told) const {
            Json object{{"trial", told.trial}};
            if (told.outcome == Outcome::Failed) {
                object["failed"] = told.failure;
            } else {
                object["value"] = number_json(told.value);
            }
            if (told.outcome == Outcome::Stopped) {
                object["stopped"] = true;
            }
            return {{"tell", std::move(object)}};
        }
    };
    return std::visit(Visitor{}, event);
}

Json to_json(const Reason& reason) {
    Json object{{"proposedBy", reason.proposed_by}, {"engine", engine_version}};
    if (!reason.numbers.empty()) {
        object["numbers"] = numbers_json(reason.numbers);
    }
    if (!reason.model.empty()) {
        object["model"] = numbers_json(reason.model);
    }
    if (!reason.parents.empty()) {
        object["parents"] = reason.parents;
    }
    return object;
}

Json to_json(const Suggestion& suggestion) {
    Json object{{"trial", suggestion.trial}, {"parameters", to_json(suggestion.parameters)}};
    if (suggestion.repeats) {
        object["repeats"] = *suggestion.repeats;
    }
    return object;
}

Json to_json(const Incumbent& incumbent) {
    return {{"trial", incumbent.trial},
            {"parameters", to_json(incumbent.parameters)},
            {"value", incumbent.value}};
}

Asked asked_from(const Suggestion& suggestion) {
    return {suggestion.trial, suggestion.parameters, suggestion.repeats};
}

} // namespace pedigree::search
