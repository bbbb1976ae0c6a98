#include "recorder/call_body.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include <nlohmann/json.hpp>

#include "base/metric_value.h"
#include "base/text.h"
#include "recorder/call_fields.h"

namespace pedigree::recorder {
namespace {

constexpr std::size_t id_bytes_max = 256;
constexpr std::size_t word_bytes_max = 64;
constexpr std::size_t left_out_max = 20;
constexpr std::size_t shown_bytes_max = 80;

// protobuf's JSON name: an underscore goes, the letter behind it is written large.
std::string camel_case(std::string_view name) {
    std::string out;
    for (std::size_t i = 0; i < name.size(); ++i) {
        const bool large = name[i] == '_' && i + 1 < name.size();
        out += large ? static_cast<char>(name[++i] - 'a' + 'A') : name[i];
    }
    return out;
}

tl::unexpected<Error> wrong(const std::string& path, const char* what) {
    return failure(
        ErrorCode::InvalidInput,
        (path.empty() ? "the call's body" : "\"" + clean_text(path, shown_bytes_max) + "\"") +
            std::string(" must be ") + what);
}

template <typename T>
std::optional<T> number_in(const std::string& text) {
    T value{};
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
    return problem == std::errc() && end == text.data() + text.size() ? std::optional<T>(value)
                                                                      : std::nullopt;
}

Result<Json> integer(const Json& value, const std::string& path) {
    constexpr double exact_max = 9007199254740992.0; // 2^53
    if (value.is_number_unsigned() && value.get<std::uint64_t>() > INT64_MAX) {
        return wrong(path, "an integer of 64 bits");
    }
    if (value.is_number_integer()) {
        return value;
    }
    if (value.is_number_float() && std::trunc(value.get<double>()) == value.get<double>() &&
        std::abs(value.get<double>()) <= exact_max) {
        return Json(static_cast<std::int64_t>(value.get<double>()));
    }
    if (value.is_string()) {
        if (const auto number = number_in<std::int64_t>(value.get<std::string>())) {
            return Json(*number);
        }
    }
    return wrong(path, "an integer of 64 bits");
}

Result<Json> number(const Json& value, const std::string& path) {
    if (value.is_number()) {
        return value;
    }
    const MetricValue found = MetricValue::from(value);
    if (value.is_number() || (!found.empty() && !found.is_finite())) {
        return value; // as it stands: 3 does not become 3.0
    }
    if (found.is_finite()) {
        return Json(found.number());
    }
    return wrong(path, "a number, or one of the strings \"NaN\", \"Infinity\", \"-Infinity\"");
}

bool is_word(const Json& value) {
    if (value.is_number_unsigned()) {
        return value.get<std::uint64_t>() < 100;
    }
    const std::string text = value.is_string() ? value.get<std::string>() : "";
    return !text.empty() && text.size() <= word_bytes_max &&
           text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ_") == std::string::npos;
}

class Reader {
  public:
    Result<Json> object(const Json& from, std::span<const CallField> fields,
                        const std::string& path) {
        if (!from.is_object()) {
            return wrong(path, "an object");
        }
        Json out = Json::object();
        std::size_t known = 0;
        for (const CallField& field : fields) {
            const std::string name(field.name), other = camel_case(field.name);
            const bool one = from.contains(name);
            const bool two = other != name && from.contains(other);
            if (one && two) {
                return failure(ErrorCode::InvalidInput, "\"" + path + name +
                                                            "\" is given twice, as \"" + name +
                                                            "\" and \"" + other + "\"");
            }
            known += one || two ? 1 : 0;
            const Json& value = one ? from[name] : two ? from[other] : Json();
            if (!value.is_null()) {
                TRY(out[name], read(value, field, path + name));
            }
        }
        if (known < from.size()) {
            name_unknown(from, fields, path);
        }
        return out;
    }

    std::vector<std::string> left_out;

  private:
    Result<Json> read(const Json& value, const CallField& field, const std::string& path) {
        switch (field.kind) {
        case FieldKind::Text:
            return value.is_string() ? Result<Json>(value) : wrong(path, "a string");
        case FieldKind::Id:
            return id(value, path);
        case FieldKind::Integer:
            return integer(value, path);
        case FieldKind::Number:
            return number(value, path);
        case FieldKind::Word:
            return is_word(value) ? Result<Json>(value) : wrong(path, "a word of MLflow's");
        case FieldKind::Object:
            return object(value, field.inner, path + ".");
        case FieldKind::List:
            return list(value, field, path);
        }
        return wrong(path, "known");
    }

    // Old clients send the numbers that experiments have as numbers.
    Result<Json> id(const Json& value, const std::string& path) {
        if (value.is_number_unsigned() && path == "experiment_id") {
            return Json(std::to_string(value.get<std::uint64_t>()));
        }
        const bool good = value.is_string() && (value.get_ref<const std::string&>().empty() ||
                                                is_tracker_id(value.get_ref<const std::string&>()));
        return good ? Result<Json>(value) : wrong(path, "an id of letters, digits, '_' and '-'");
    }

    Result<Json> list(const Json& value, const CallField& field, const std::string& path) {
        if (!value.is_array()) {
            return wrong(path, "a list");
        }
        Json out = Json::array();
        for (const Json& element : value) {
            TRY(Json read, object(element, field.inner, path + "[]."));
            out.push_back(std::move(read));
        }
        return out;
    }

    void name_unknown(const Json& from, std::span<const CallField> fields,
                      const std::string& path) {
        for (const auto& [key, value] : from.items()) {
            const bool known = std::any_of(fields.begin(), fields.end(), [&](const auto& field) {
                return field.name == key || camel_case(field.name) == key;
            });
            const std::string full = clean_text(path + key, shown_bytes_max);
            if (!known && left_out.size() < left_out_max &&
                std::find(left_out.begin(), left_out.end(), full) == left_out.end()) {
                left_out.push_back(full);
            }
        }
    }
};

// `run_uuid` is the old name; the server takes it where `run_id` is empty.
Status join_run_names(Json& fields) {
    const std::string old = string_or(fields, "run_uuid"), now = string_or(fields, "run_id");
    if (!old.empty() && !now.empty() && old != now) {
        return failure(ErrorCode::InvalidInput, "\"run_id\" and \"run_uuid\" name different runs");
    }
    fields.erase("run_uuid");
    if (now.empty() && !old.empty()) {
        fields["run_id"] = old;
    }
    for (const Json& metric : at_path(fields, {"metrics"})) {
        const std::string of_metric = string_or(metric, "run_id");
        if (!of_metric.empty() && of_metric != string_or(fields, "run_id")) {
            return failure(ErrorCode::InvalidInput,
                           "\"metrics[].run_id\" names another run than \"run_id\"");
        }
    }
    return {};
}

// A logged model's id stands in the path; the SDK writes it into the body too.
Status check_model_name(const std::string& call, const Json& fields) {
    constexpr std::string_view prefix = "logged-models/";
    const std::string named = string_or(fields, "model_id");
    if (!call.starts_with(prefix) || named.empty()) {
        return {};
    }
    const std::string rest = call.substr(prefix.size());
    return rest.substr(0, rest.find('/')) == named
               ? Status()
               : failure(ErrorCode::InvalidInput, "\"model_id\" is not the model of the path");
}

} // namespace

bool is_tracker_id(std::string_view text) {
    constexpr std::string_view digits = "0123456789";
    constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    const auto plain = [&](char c) {
        return digits.find(c) != std::string_view::npos ||
               letters.find(c) != std::string_view::npos;
    };
    return !text.empty() && text.size() <= id_bytes_max && plain(text.front()) &&
           std::all_of(text.begin(), text.end(),
                       [&](char c) { return plain(c) || c == '_' || c == '-'; });
}

Result<Json> read_call(const std::string& call, const std::string& text,
                       std::vector<std::string>* left_out) {
    auto document = parse_json(text);
    if (!document) {
        return failure(ErrorCode::InvalidInput,
                       "the call's body is " + document.error().message +
                           " (NaN and the infinities are strings in MLflow's JSON)");
    }
    Reader reader;
    TRY(Json fields, reader.object(*document, fields_of(call), ""));
    TRY(join_run_names(fields));
    TRY(check_model_name(call, fields));
    if (left_out != nullptr) {
        *left_out = std::move(reader.left_out);
    }
    return fields;
}

std::string run_of(const Json& fields) {
    return string_or(fields, "run_id", string_or(fields, "source_run_id"));
}

std::vector<std::string> models_written(const std::string& call, const Json& fields) {
    std::vector<std::string> models;
    const auto add = [&](const Json& from) {
        const std::string id = string_or(from, "model_id");
        if (!id.empty() && std::find(models.begin(), models.end(), id) == models.end()) {
            models.push_back(id);
        }
    };
    if (call == "runs/log-metric") {
        add(fields);
    } else if (call == "runs/log-batch") {
        for (const Json& metric : at_path(fields, {"metrics"})) {
            add(metric);
        }
    } else if (call == "runs/outputs") {
        for (const Json& model : at_path(fields, {"models"})) {
            add(model);
        }
    }
    return models;
}

} // namespace pedigree::recorder
