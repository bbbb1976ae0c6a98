#include "imagebuild/wheel_plan.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/json.h"
#include "imagebuild/layers.h"

namespace pedigree::imagebuild {
namespace {

// What a plan rests on besides lock and base: how packages are chosen and laid out.
std::string rules() {
    return fmt::format("2 {} {}", PEDIGREE_VERSION, inventory_version);
}

Json wheel_json(const UsedWheel& wheel) {
    return {{"name", wheel.name},
            {"version", wheel.version},
            {"fileName", wheel.file_name},
            {"digest", wheel.digest.text()},
            {"licenses", licenses_json(wheel.licenses)},
            {"builtFrom", wheel.built_from ? wheel.built_from->text() : ""}};
}

Result<UsedWheel> wheel_from(const Json& document) {
    UsedWheel wheel;
    TRY(wheel.name, string_field(document, "name"));
    TRY(wheel.version, string_field(document, "version"));
    TRY(wheel.file_name, string_field(document, "fileName"));
    TRY(wheel.digest, Digest::parse(string_or(document, "digest")));
    TRY(wheel.licenses, licenses_from(at_path(document, {"licenses"})));
    if (const std::string source = string_or(document, "builtFrom"); !source.empty()) {
        TRY(wheel.built_from, Digest::parse(source));
    }
    return wheel;
}

} // namespace

std::string wheel_plan_text(const WheelPlan& plan) {
    Json wheels = Json::array(), layers = Json::array();
    for (const UsedWheel& wheel : plan.wheels) {
        wheels.push_back(wheel_json(wheel));
    }
    for (const WheelPlan::Layer& layer : plan.layers) {
        layers.push_back({{"key", layer.key}, {"madeBy", layer.made_by}});
    }
    return canonical_json({{"rules", rules()},
                           {"lock", plan.lock.text()},
                           {"base", plan.base.text()},
                           {"layerFormat", plan.layer_format},
                           {"wheels", std::move(wheels)},
                           {"layers", std::move(layers)},
                           {"warnings", plan.warnings}});
}

Result<WheelPlan> parse_wheel_plan(std::string_view text) {
    TRY(const Json document, parse_json(text));
    if (string_or(document, "rules") != rules()) {
        return failure(ErrorCode::NotFound, "the plan of wheels was made by other rules");
    }
    WheelPlan plan;
    TRY(plan.lock, Digest::parse(string_or(document, "lock")));
    TRY(plan.base, Digest::parse(string_or(document, "base")));
    TRY(plan.layer_format, string_field(document, "layerFormat"));
    for (const Json& wheel : at_path(document, {"wheels"})) {
        TRY(UsedWheel used, wheel_from(wheel));
        plan.wheels.push_back(std::move(used));
    }
    for (const Json& layer : at_path(document, {"layers"})) {
        TRY(std::string key, string_field(layer, "key"));
        TRY(std::string made_by, string_field(layer, "madeBy"));
        plan.layers.push_back({std::move(key), std::move(made_by)});
    }
    for (const Json& warning : at_path(document, {"warnings"})) {
        plan.warnings.push_back(warning.is_string() ? warning.get<std::string>() : "");
    }
    return plan;
}

} // namespace pedigree::imagebuild
