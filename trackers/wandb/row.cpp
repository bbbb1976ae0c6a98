#include "trackers/wandb/row.h"

#include <cmath>

#include <nlohmann/json.hpp>

#include "base/metric_value.h"
#include "trackers/wandb/limits.h"
#include "trackers/wandb/python_json.h"

namespace pedigree::trackers::wandb {
namespace {

constexpr int nesting = 8;
constexpr double step_limit = 9007199254740992.0; // 2^53: beyond, a double is no step
constexpr std::size_t row_media_kinds = 32;

bool is_word(const Json& value) {
    return value == "NaN" || value == "Infinity" || value == "-Infinity";
}

std::optional<double> number_of(const Json& value) {
    if (!value.is_number() && !(value.is_string() && is_word(value))) {
        return std::nullopt;
    }
    return MetricValue::from(value).number();
}

void add_number(Row& row, std::string key, double number) {
    if (key.empty() || key.size() > wandb_key_bytes_max) {
        ++row.keys_left_out;
        return;
    }
    row.values.emplace_back(std::move(key), number);
}

void add_value(Row& row, const std::string& key, const Json& value, int depth) {
    if (value.is_object()) {
        const auto type = value.find("_type");
        if (type != value.end() && type->is_string()) {
            const auto& word = type->get_ref<const std::string&>();
            if (word.size() <= wandb_key_bytes_max && row.media.size() < row_media_kinds) {
                ++row.media[word];
            }
            return;
        }
        if (depth >= nesting) {
            ++row.keys_left_out;
            return;
        }
        for (const auto& [name, member] : value.items()) {
            add_value(row, key + "." + name, member, depth + 1);
        }
        return;
    }
    const auto number = number_of(value);
    if (!number) {
        return;
    }
    add_number(row, key, *number);
}

// False: no step that a row can have. What is no number is as if it were not there.
bool take_step(Row& row, std::optional<double> number) {
    if (!number) {
        return true;
    }
    if (!(*number >= 0 && *number <= step_limit) || std::floor(*number) != *number) {
        return false;
    }
    row.step = static_cast<std::int64_t>(*number);
    return true;
}

// The members that are W&B's own; nothing: another's.
std::optional<bool> take_own(Row& row, std::string_view key, std::optional<double> number) {
    if (key == "_step") {
        return take_step(row, number);
    }
    if (key == "_timestamp") {
        row.timestamp = number.value_or(0);
    } else if (key == "_runtime") {
        row.runtime = number.value_or(0);
    } else if (key != "_wandb") {
        return std::nullopt;
    }
    return true;
}

} // namespace

std::optional<Row> row_of(const Json& object) {
    if (!object.is_object()) {
        return std::nullopt;
    }
    Row row;
    for (const auto& [key, value] : object.items()) {
        const auto own = take_own(row, key, key.starts_with('_') ? number_of(value) : std::nullopt);
        if (own && !*own) {
            return std::nullopt;
        }
        if (!own) {
            add_value(row, key, value, 1);
        }
    }
    return row;
}

void add_members(Row& row, const Json& object) {
    for (const auto& [key, value] : object.items()) {
        if (key != "_wandb") {
            add_value(row, key, value, 1);
        }
    }
}

bool add_item(Row& row, std::string_view key, std::string_view value_text) {
    const char front = value_text.empty() ? '"' : value_text.front();
    if (front == '{') {
        const auto value = parse_python_json(value_text, {.bytes_max = wandb_row_bytes_max});
        if (value && key != "_wandb") {
            add_value(row, std::string(key), *value, 1);
        }
        return value.has_value();
    }
    const bool word =
        value_text == "\"NaN\"" || value_text == "\"Infinity\"" || value_text == "\"-Infinity\"";
    const auto number =
        MetricValue::parse(word ? value_text.substr(1, value_text.size() - 2) : value_text);
    const bool is_number = number && !number->empty();
    if (const auto own =
            take_own(row, key, is_number ? std::optional(number->number()) : std::nullopt)) {
        return *own;
    }
    if (is_number) {
        add_number(row, std::string(key), number->number());
    }
    return true;
}

std::optional<Row> read_row(std::string_view text) {
    const auto object = parse_python_json(text, {.bytes_max = wandb_row_bytes_max});
    return object ? row_of(*object) : std::nullopt;
}

} // namespace pedigree::trackers::wandb
