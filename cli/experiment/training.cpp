#include "cli/experiment/training.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/metric_value.h"
namespace pedigree::cli {

namespace {

// Metrics arrive as canonical numbers; four digits are enough to see them move.
std::string short_number(const std::string& text) {
    const auto value = MetricValue::parse(text);
    return !value || value->empty() ? text : fmt::format("{:.4g}", value->number());
}

std::string metrics_text(const Json& metrics) {
    std::string text;
    std::size_t shown = 0;
    for (const auto& [name, value] : metrics.items()) {
        if (!value.is_string() || ++shown > metrics_shown_max) {
            continue;
        }
        text += fmt::format("{}{} {}", text.empty() ? "" : ", ", name,
                            short_number(value.get<std::string>()));
    }
    return text;
}

} // namespace

std::string training_text(const Json& progress) {
    const Json& attempts = at_path(progress, {"attempts"});
    if (!attempts.is_array() || attempts.empty()) {
        return "";
    }
    const Json& attempt = attempts.back();
    const Json& news = at_path(attempt, {"progress"});
    std::string text;
    for (const Json& event : news.is_array() ? news : Json::array()) {
        const Json& metrics = at_path(event, {"metrics"});
        if (string_or(event, "kind") == "Progress" && metrics.is_object()) {
            const std::int64_t trial = integer_or(attempt, "trial", 1);
            text = fmt::format(
                "{}attempt {}, step {}: {}", trial == 1 ? "" : fmt::format("trial {}, ", trial),
                integer_or(attempt, "number"), integer_or(event, "step"), metrics_text(metrics));
        }
    }
    return text;
}

} // namespace pedigree::cli
