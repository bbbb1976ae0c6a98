#include "pipeline/spec/rule_checks.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "pipeline/spec/image_reference.h"
#include "pipeline/spec/quantity.h"
#include "pipeline/spec/syntax.h"

namespace pedigree::spec::checks {
namespace {

constexpr std::size_t parameter_characters_max = 4096;
// Of what a pod is told, which a ConfigMap holds (records/pod/config.h): the rest is for inputs,
// outputs and the platform's CA bundle.
constexpr std::size_t parameters_bytes_max = 700'000;

std::string at_key(const std::string& name) {
    const std::string path = child_path("", name);
    return path.starts_with('[') ? path : "." + path;
}

bool is_searched(const Json& spec, const std::string& name) {
    const Json& space = at_path(spec, {"search", "space"});
    return std::any_of(space.begin(), space.end(),
                       [&](const Json& item) { return string_or(item, "name") == name; });
}

} // namespace

// Names the segment that is wrong.
Violations relative_path(const Json& node) {
    const std::string segment = bad_segment(node.get<std::string>());
    return segment.empty()
               ? Violations{}
               : Violations{{"", quoted(node), fmt::format("segment {}", quoted(Json(segment)))}};
}
Violations optional_relative_path(const Json& node) {
    return node.get<std::string>().empty() ? Violations{} : relative_path(node);
}
Violations subdirectory(const Json& node) {
    return node.get<std::string>() == "." ? Violations{} : relative_path(node);
}

// "8GB" -> "8G or 8Gi"
Violations bytes(const Json& node) {
    const auto text = node.get<std::string>();
    if (parse_bytes(text)) {
        return {};
    }
    std::string help;
    for (const std::string unit : {"KB", "MB", "GB", "TB"}) {
        const auto number = text.substr(0, text.size() - std::min(text.size(), unit.size()));
        if (text.ends_with(unit) && parse_bytes(number)) {
            const std::string letter(1, unit[0] == 'K' ? 'k' : unit[0]);
            help = fmt::format("write {}{} or {}{}i", number, letter, number, unit[0]);
        }
    }
    return {{"", quoted(node), help}};
}
Violations optional_bytes(const Json& node) {
    return node.get<std::string>().empty() ? Violations{} : bytes(node);
}

Violations one_of_ref_and_commit(const Json& git) {
    const bool ref = !string_or(git, "ref").empty();
    const bool commit = !string_or(git, "commit").empty();
    return ref != commit ? Violations{} : Violations{{"", quoted(git), "keep one of them"}};
}

Violations secret_with_ssh(const Json& git) {
    const bool ssh = string_or(git, "url").starts_with("ssh://");
    const bool anonymous = string_or(git, "secretName").empty();
    return ssh && anonymous ? Violations{{"", quoted(git), "name one"}} : Violations{};
}

Violations one_of_base_and_prebuilt(const Json& image) {
    const bool base = !string_or(image, "base").empty();
    return base != image.contains("prebuilt") ? Violations{} : Violations{{"", quoted(image), ""}};
}

Violations lock_file_with_base(const Json& image) {
    if (string_or(image, "lockFile").empty() || !image.contains("prebuilt")) {
        return {};
    }
    return {{".lockFile", quoted(image["lockFile"]), "remove lockFile, or use base"}};
}

Violations command(const Json& node) {
    if (node.empty()) {
        return {};
    }
    const bool nul = std::any_of(node.begin(), node.end(), [](const Json& argument) {
        return argument.get<std::string>().find('\0') != std::string::npos;
    });
    return nul || node[0].get<std::string>().empty() ? Violations{{"", quoted(node), ""}}
                                                     : Violations{};
}

Violations parameter_names(const Json& parameters) {
    Violations violations;
    for (const auto& [name, value] : parameters.items()) {
        if (!is_parameter_name(name)) {
            violations.push_back({at_key(name), quoted(Json(name)), ""});
        }
    }
    return violations;
}

Violations parameter_scalars(const Json& parameters) {
    Violations violations;
    for (const auto& [name, value] : parameters.items()) {
        const bool scalar = value.is_boolean() || value.is_number() || value.is_string();
        if (!scalar) {
            violations.push_back({at_key(name), quoted(value),
                                  value.is_null() ? "remove it, or give it a value" : ""});
        }
    }
    return violations;
}

Violations parameter_strings(const Json& parameters) {
    Violations violations;
    for (const auto& [name, value] : parameters.items()) {
        if (value.is_string() && code_points(value.get<std::string>()) > parameter_characters_max) {
            violations.push_back({at_key(name), quoted(value), ""});
        }
    }
    return violations;
}

Violations parameter_numbers(const Json& parameters) {
    Violations violations;
    for (const auto& [name, value] : parameters.items()) {
        const bool finite = !value.is_number_float() || std::isfinite(value.get<double>());
        const bool fits = !value.is_number_unsigned() || value.get<std::uint64_t>() <= INT64_MAX;
        if (!finite || !fits) {
            violations.push_back({at_key(name), quoted(value), ""});
        }
    }
    return violations;
}

Violations options(const Json& arguments) {
    Violations violations;
    for (const auto& [name, option] : arguments.items()) {
        if (!is_option(option.get<std::string>())) {
            violations.push_back(
                {"", quoted(arguments), fmt::format("{}: {}", name, quoted(option))});
        }
    }
    return violations;
}

Violations variables(const Json& environment) {
    Violations violations;
    for (const auto& [name, variable] : environment.items()) {
        const auto text = variable.get<std::string>();
        if (!is_environment_name(text) || is_reserved_environment_name(text)) {
            violations.push_back(
                {"", quoted(environment), fmt::format("{}: {}", name, quoted(variable))});
        }
    }
    return violations;
}

Violations parameter_bytes(const Json& parameters) {
    const std::size_t bytes = canonical_json(Json(canonical_json(parameters))).size();
    if (bytes <= parameters_bytes_max) {
        return {};
    }
    return {{"", fmt::format("{} bytes", bytes),
             "put long texts into an input, or into a file of the repository"}};
}

Violations known_parameters(const Json& spec) {
    Violations violations;
    const Json& parameters = at_path(spec, {"parameters"});
    for (const std::string group : {"arguments", "environment"}) {
        for (const auto& [name, unused] : at_path(spec, {"parametersAs", group}).items()) {
            if (!parameters.contains(name) && !is_searched(spec, name)) {
                violations.push_back({".parametersAs." + group + at_key(name), quoted(Json(name)),
                                      "give it a value under spec.parameters, or a place in "
                                      "spec.search.space"});
            }
        }
    }
    return violations;
}

Violations switches_are_booleans(const Json& spec) {
    const auto is_boolean = [](const Json& value) { return value.is_boolean(); };
    const auto searched = [&](const std::string& name) {
        for (const Json& item : at_path(spec, {"search", "space"})) {
            if (string_or(item, "name") == name) {
                const Json& values = at_path(item, {"values"});
                const Json& constant = at_path(item, {"value"});
                return constant.is_boolean() ||
                       (values.is_array() && std::all_of(values.begin(), values.end(), is_boolean));
            }
        }
        return true;
    };
    Violations violations;
    const Json& parameters = at_path(spec, {"parameters"});
    for (const auto& [name, option] : at_path(spec, {"parametersAs", "arguments"}).items()) {
        const bool given = !parameters.contains(name) || parameters[name].is_boolean();
        if (option.is_string() && is_switch(option.get<std::string>()) &&
            !(given && searched(name))) {
            violations.push_back(
                {".parametersAs.arguments" + at_key(name), quoted(option),
                 "for other values write the option alone, without '?' and without '/'"});
        }
    }
    return violations;
}

Violations mount_paths(const Json& inputs) {
    for (const auto& a : inputs) {
        for (const auto& b : inputs) {
            const auto path = string_or(a, "mountPath");
            const auto other = string_or(b, "mountPath");
            if (string_or(a, "name") != string_or(b, "name") && !path.empty() && !other.empty() &&
                (path == other || lies_inside(path, other))) {
                return {{"", quoted(inputs),
                         fmt::format("{} of {} and {} of {}", path, string_or(a, "name"), other,
                                     string_or(b, "name"))}};
            }
        }
    }
    return {};
}

Violations gpu_product(const Json& gpu) {
    return string_or(gpu, "product").empty() || integer_or(gpu, "count") > 0
               ? Violations{}
               : Violations{{".product", quoted(gpu["product"]), ""}};
}

Violations shared_memory(const Json& resources) {
    const auto memory = parse_bytes(string_or(resources, "memory"));
    const auto shared = parse_bytes(string_or(resources, "sharedMemory"));
    if (!memory || !shared || *shared < *memory) {
        return {};
    }
    return {{".sharedMemory", quoted(resources["sharedMemory"]),
             fmt::format("memory is {}", string_or(resources, "memory"))}};
}

Violations memory_limit(const Json& spec) {
    const auto limit = string_or(at_path(spec, {"retries"}), "memoryLimit");
    const auto memory = string_or(at_path(spec, {"resources"}), "memory");
    const auto limit_bytes = parse_bytes(limit);
    const auto memory_bytes = parse_bytes(memory);
    if (!limit_bytes || !memory_bytes || *limit_bytes >= *memory_bytes) {
        return {};
    }
    return {{".retries.memoryLimit", quoted(Json(limit)), fmt::format("memory is {}", memory)}};
}

Violations object_name(const Json& document) {
    constexpr std::size_t bytes_max = 63; // of a label
    const Json& name = at_path(document, {"metadata", "name"});
    if (!name.is_string() || name.get<std::string>().size() <= bytes_max) {
        return {};
    }
    return {{"metadata.name", quoted(name), ""}};
}

} // namespace pedigree::spec::checks
