#include <algorithm>
#include <array>
#include <map>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "cli/doctor/checks.h"
#include "cli/gpus/usage.h"
#include "pipeline/spec/quantity.h"

namespace pedigree::cli {

namespace {

constexpr const char* enforce_label = "pod-security.kubernetes.io/enforce";

std::vector<Check> place_checks(const Sight& sight) {
    const std::string& name = sight.name_space;
    if (!sight.object_namespace) {
        const Error& why = sight.object_namespace.error();
        return {(is_absent(why) ? Check::finding("Namespace", "it is not there",
                                                 fmt::format("kubectl create namespace {}, or name "
                                                             "another one with -n",
                                                             name))
                                : Check::unknown("Namespace", why))
                    .of(name)};
    }
    if (k8s::is_being_deleted(**sight.object_namespace)) {
        return {Check::finding("Namespace", "it is being deleted",
                               "name another one with -n; its Experiments wait for their records")
                    .of(name)};
    }
    const std::string level = k8s::label_of(**sight.object_namespace, enforce_label);
    return {Check::ok("Namespace", "it is there").of(name),
            Check::ok("PodSecurity",
                      level.empty()
                          ? "it enforces no level; pedigree's pods pass restricted, too"
                          : fmt::format("it enforces {}, which pedigree's pods pass", level))
                .of(name)};
}

enum class Measure { Cpu, Memory, Count };

// Thousandths of a core, bytes or a count; nothing: no quantity that is understood.
std::optional<std::int64_t> amount(Measure measure, std::string_view text) {
    if (text == "0") {
        return 0;
    }
    const auto value =
        measure == Measure::Cpu ? spec::parse_millicores(text) : spec::parse_bytes(text);
    return value ? std::optional(*value) : std::nullopt;
}

std::optional<std::int64_t> amount_in(const Json& amounts, const std::string& name,
                                      Measure measure) {
    const Json& value = at_path(amounts, {name});
    return value.is_string() ? amount(measure, value.get_ref<const std::string&>())
           : value.is_number_integer()
               ? std::optional(value.get<std::int64_t>() * (measure == Measure::Cpu ? 1000 : 1))
               : std::nullopt;
}

// What one of our pods takes of a quota at least: its recorder, beside whatever trains.
struct Taken {
    const char* name;
    Measure measure;
    std::string_view amount;
};
constexpr OwnContainer own;
constexpr Taken taken[] = {
    {"cpu", Measure::Cpu, own.cpu},
    {"requests.cpu", Measure::Cpu, own.cpu},
    {"limits.cpu", Measure::Cpu, own.cpu_max},
    {"memory", Measure::Memory, own.memory},
    {"requests.memory", Measure::Memory, own.memory},
    {"limits.memory", Measure::Memory, own.memory_max},
    {"pods", Measure::Count, "1"},
    {"count/pods", Measure::Count, "1"},
    {"count/jobs.batch", Measure::Count, "1"},
    {"configmaps", Measure::Count, "1"},
    {"count/configmaps", Measure::Count, "1"},
};

// Not stated by our containers: a quota on one of them wants a LimitRange that fills it in.
constexpr std::array unstated{"ephemeral-storage", "requests.ephemeral-storage",
                              "limits.ephemeral-storage"};

bool fills_in(const std::vector<k8s::Object>& limit_ranges, std::string_view resource) {
    for (const k8s::Object& range : limit_ranges) {
        for (const Json& limit : at_path(*range, {"spec", "limits"})) {
            if (string_or(limit, "type") == "Container" &&
                (!at_path(limit, {"default", resource}).is_null() ||
                 !at_path(limit, {"defaultRequest", resource}).is_null())) {
                return true;
            }
        }
    }
    return false;
}

// A quota of a scope may hold for other pods than ours: it is not judged.
bool holds_for_all(const Json& quota) {
    const Json& scopes = at_path(quota, {"spec", "scopes"});
    return (scopes.is_null() || scopes.empty()) &&
           at_path(quota, {"spec", "scopeSelector"}).is_null();
}

Check quota_check(const Json& quota, const Sight& sight) {
    const Json& hard = at_path(quota, {"spec", "hard"});
    const Json& used = at_path(quota, {"status", "used"});
    std::vector<std::string> refused, used_up;
    for (const Taken& part : taken) {
        const auto bound = amount_in(hard, part.name, part.measure);
        const std::int64_t wanted = amount(part.measure, part.amount).value_or(0);
        if (bound && *bound < wanted) {
            refused.push_back(fmt::format("{} is {}, a pod takes {} before it trains", part.name,
                                          string_or(hard, part.name), part.amount));
        } else if (bound &&
                   *bound - amount_in(used, part.name, part.measure).value_or(0) < wanted) {
            used_up.emplace_back(part.name);
        }
    }
    const bool filled = sight.limit_ranges && fills_in(*sight.limit_ranges, "ephemeral-storage");
    for (const char* name : unstated) {
        if (hard.contains(name) && !filled) {
            refused.push_back(
                fmt::format("{} must be stated, and pedigree's containers do not", name));
        }
    }
    if (!refused.empty()) {
        return Check::finding("ResourceQuota",
                              fmt::format("it refuses every pod: {}", fmt::join(refused, "; ")),
                              "raise it, or give a LimitRange with defaults for what must be "
                              "stated");
    }
    return Check::ok("ResourceQuota", used_up.empty()
                                          ? "it lets a pod in"
                                          : fmt::format("it lets pods in; used up just now: {}",
                                                        fmt::join(used_up, ", ")));
}

struct Bounds {
    const char* resource;
    Measure measure;
    std::string_view request, limit;
};
constexpr Bounds bounds[] = {{"cpu", Measure::Cpu, own.cpu, own.cpu_max},
                             {"memory", Measure::Memory, own.memory, own.memory_max}};

// What a limit has against a container of ours; empty: nothing.
std::string objection(const Json& limit, const Bounds& ours) {
    const auto request = amount(ours.measure, ours.request).value_or(0);
    const auto most = amount(ours.measure, ours.limit).value_or(0);
    const auto maximum = amount_in(at_path(limit, {"max"}), ours.resource, ours.measure);
    if (maximum && *maximum < most) {
        return fmt::format("max.{} is below {}", ours.resource, ours.limit);
    }
    if (string_or(limit, "type") != "Container") {
        return ""; // a pod has more than our containers: its least is no bound on them
    }
    const auto minimum = amount_in(at_path(limit, {"min"}), ours.resource, ours.measure);
    if (minimum && *minimum > request) {
        return fmt::format("min.{} is above {}", ours.resource, ours.request);
    }
    const auto ratio =
        amount_in(at_path(limit, {"maxLimitRequestRatio"}), ours.resource, Measure::Count);
    if (ratio && request > 0 && most > *ratio * request) {
        return fmt::format("maxLimitRequestRatio.{} is below {}", ours.resource, most / request);
    }
    return "";
}

Check limit_range_check(const Json& range) {
    std::vector<std::string> objections;
    for (const Json& limit : at_path(range, {"spec", "limits"})) {
        const std::string type = string_or(limit, "type");
        for (const Bounds& ours : bounds) {
            const std::string against =
                type == "Container" || type == "Pod" ? objection(limit, ours) : "";
            if (!against.empty()) {
                objections.push_back(fmt::format("{} of a {}", against, type));
            }
        }
    }
    return objections.empty()
               ? Check::ok("LimitRange", "it lets pedigree's containers be")
               : Check::finding("LimitRange",
                                fmt::format("it refuses the containers beside the training: {}",
                                            fmt::join(objections, "; ")),
                                fmt::format("let it allow requests of {} cpu and {}, limits of {} "
                                            "cpu and {}",
                                            own.cpu, own.memory, own.cpu_max, own.memory_max));
}

std::vector<Check> bound_checks(const Sight& sight) {
    std::vector<Check> checks;
    if (!sight.quotas) {
        checks.push_back(Check::unknown("ResourceQuota", sight.quotas.error()));
    } else {
        for (const k8s::Object& quota : *sight.quotas) {
            if (holds_for_all(*quota)) {
                checks.push_back(quota_check(*quota, sight).of(k8s::key_of(*quota).text()));
            }
        }
    }
    if (!sight.limit_ranges) {
        checks.push_back(Check::unknown("LimitRange", sight.limit_ranges.error()));
    } else {
        for (const k8s::Object& range : *sight.limit_ranges) {
            checks.push_back(limit_range_check(*range).of(k8s::key_of(*range).text()));
        }
    }
    return checks;
}

Check gpu_check(const Sight& sight) {
    if (!sight.nodes) {
        return Check::unknown("Gpus", sight.nodes.error());
    }
    std::map<std::string, std::pair<int, std::int64_t>> by_resource; // nodes, and what they have
    for (const GpuNode& node : gpu_usage({{}, true, *sight.nodes}).nodes) {
        auto& [nodes, gpus] = by_resource[node.resource];
        nodes += 1;
        gpus += node.allocatable;
    }
    std::vector<std::string> words;
    for (const auto& [resource, count] : by_resource) {
        words.push_back(fmt::format("{} on {} of {} nodes: {}", resource, count.first,
                                    sight.nodes->size(), count.second));
    }
    return Check::ok("Gpus", words.empty() ? fmt::format("0 of {} nodes have a GPU: trainings "
                                                         "that ask for one would wait",
                                                         sight.nodes->size())
                                           : fmt::format("{}", fmt::join(words, "; ")));
}

} // namespace

std::vector<Check> namespace_checks(const Sight& sight) {
    std::vector<Check> checks = place_checks(sight);
    for (Check& check : bound_checks(sight)) {
        checks.push_back(std::move(check));
    }
    checks.push_back(gpu_check(sight));
    return checks;
}

} // namespace pedigree::cli
