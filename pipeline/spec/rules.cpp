#include "pipeline/spec/rules.h"

#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

#include "pipeline/spec/image_reference.h"
#include "pipeline/spec/quantity.h"
#include "pipeline/spec/rule_checks.h"
#include "pipeline/spec/syntax.h"

namespace pedigree::spec {
namespace {

using namespace checks; // the table below reads better without their prefix

using Check = Violations (*)(const Json&);

// A rule about one string: violated unless the predicate holds.
template <bool (*holds)(std::string_view)>
Violations text_rule(const Json& node) {
    return holds(node.get<std::string>()) ? Violations{} : Violations{{"", quoted(node), ""}};
}
template <bool (*holds)(std::string_view)>
Violations optional_text_rule(const Json& node) {
    const auto text = node.get<std::string>();
    return text.empty() || holds(text) ? Violations{} : Violations{{"", quoted(node), ""}};
}

bool has_no_user_information(std::string_view text) {
    return !has_user_information(text);
}
bool has_no_git_user_information(std::string_view text) {
    return !has_git_user_information(text);
}
bool has_no_signed_query(std::string_view text) {
    return !has_signed_query(text);
}
bool has_no_dot_segment(std::string_view text) {
    return !has_dot_segment(text);
}
bool has_no_latest_tag(std::string_view text) {
    return !has_latest_tag(text);
}
bool names_no_namespace(std::string_view text) {
    return text.find('/') == std::string_view::npos;
}
bool is_secret_name_or_foreign(std::string_view text) {
    return !names_no_namespace(text) || is_secret_name(text);
}
bool has_registry_if_pinned(std::string_view text) {
    return !has_digest(text) || has_latest_tag(text) || parse_image_reference(text).has_value();
}
bool is_sha256(std::string_view text) {
    return Digest::parse(text).has_value();
}
bool is_cores(std::string_view text) {
    return parse_millicores(text).has_value();
}

constexpr auto schema = RuleLayer::Schema;
constexpr auto invalid = FieldErrorType::Invalid;
constexpr auto forbidden = FieldErrorType::Forbidden;

constexpr std::string_view label_message =
    "must consist of lower-case letters, digits and '-', and begin and end with a letter or digit";
constexpr std::string_view ref_message = "not a valid ref or 40-hex id";
constexpr std::string_view user_information_message =
    "must not contain user information; put it into a Secret and name that in secretName";
constexpr std::string_view foreign_secret_message =
    "cross-namespace references are not supported; name a Secret of the Experiment's own namespace";
constexpr std::string_view secret_name_message =
    "must be the name of a Secret: lower-case letters, digits, '-' and '.'";
constexpr std::string_view path_message =
    "must be a relative path without empty, '.', '..' or encoded segments";
constexpr std::string_view mutable_tag_message =
    "mutable tag; pin by digest, e.g. registry.example.com/tensorflow:2.13.0@sha256:<64 hex digits>";
constexpr std::string_view latest_message =
    "tag latest is refused, with a digest too; name the version or only the digest";
constexpr std::string_view registry_message =
    "must be REGISTRY/REPOSITORY[:TAG]@sha256:..., e.g. "
    "docker.io/tensorflow/tensorflow:2.13.0@sha256:<64 hex digits>";
constexpr std::string_view bytes_message =
    "must be a quantity of bytes, more than 0, such as 8G or 8Gi";

constexpr Check secret_local = text_rule<names_no_namespace>;
constexpr Check secret_named = optional_text_rule<is_secret_name_or_foreign>;
constexpr Check image_pinned = optional_text_rule<has_digest>;
constexpr Check image_not_latest = text_rule<has_no_latest_tag>;
constexpr Check image_registry = text_rule<has_registry_if_pinned>;
constexpr Check anonymous_url = text_rule<has_no_user_information>;

// In the order of the CRD.
constexpr std::array table = {
    Rule{"E0112", "", schema, invalid,
         "metadata.name must be at most 63 characters, since it becomes a label", object_name},
    Rule{"E0164", "spec", schema, invalid, "must not be less than resources.memory", memory_limit},
    Rule{"E0109", "spec", RuleLayer::Parser, FieldErrorType::NotFound,
         "names no parameter of spec.parameters and spec.search.space", known_parameters},
    Rule{"E0116", "spec", RuleLayer::Parser, invalid,
         "is a switch, so each value of its parameter must be true or false",
         switches_are_booleans},
    Rule{"E0107", "spec.project", schema, invalid, label_message, text_rule<is_dns_label>},
    Rule{"E0154", "spec.source.git", schema, invalid, "exactly one of ref and commit must be given",
         one_of_ref_and_commit},
    Rule{"E0163", "spec.source.git", schema, invalid,
         "an ssh:// URL needs secretName, a Secret with ssh-privatekey and known_hosts",
         secret_with_ssh},
    Rule{"E0150", "spec.source.git.url", schema, invalid,
         "must be an https:// or ssh:// URL with a host and a path, without query",
         text_rule<is_git_url>},
    Rule{"E0151", "spec.source.git.url", schema, forbidden, user_information_message,
         text_rule<has_no_git_user_information>},
    Rule{"E0153", "spec.source.git.ref", schema, invalid, ref_message,
         optional_text_rule<is_git_ref>},
    Rule{"E0153", "spec.source.git.commit", schema, invalid, ref_message,
         optional_text_rule<is_commit_id>},
    Rule{"E0135", "spec.source.git.secretName", schema, forbidden, foreign_secret_message,
         secret_local},
    Rule{"E0136", "spec.source.git.secretName", schema, invalid, secret_name_message, secret_named},
    Rule{"E0137", "spec.source.subdirectory", schema, invalid, path_message, subdirectory},
    Rule{"E0129", "spec.image", schema, invalid, "exactly one of base and prebuilt must be given",
         one_of_base_and_prebuilt},
    Rule{"E0130", "spec.image", schema, forbidden,
         "goes with base; a prebuilt image brings its own packages", lock_file_with_base},
    Rule{"E0120", "spec.image.base", schema, invalid, mutable_tag_message, image_pinned},
    Rule{"E0121", "spec.image.base", schema, invalid, latest_message, image_not_latest},
    Rule{"E0128", "spec.image.base", schema, invalid, registry_message, image_registry},
    Rule{"E0137", "spec.image.lockFile", schema, invalid, path_message, optional_relative_path},
    Rule{"E0135", "spec.image.pullSecretName", schema, forbidden, foreign_secret_message,
         secret_local},
    Rule{"E0136", "spec.image.pullSecretName", schema, invalid, secret_name_message, secret_named},
    Rule{"E0120", "spec.image.prebuilt.image", schema, invalid, mutable_tag_message,
         text_rule<has_digest>},
    Rule{"E0121", "spec.image.prebuilt.image", schema, invalid, latest_message, image_not_latest},
    Rule{"E0128", "spec.image.prebuilt.image", schema, invalid, registry_message, image_registry},
    Rule{"E0139", "spec.command", schema, invalid,
         "the program must not be empty and no argument may contain a NUL character", command},
    Rule{"E0106", "spec.parameters", RuleLayer::Policy, invalid,
         "each value must be a string, a number or a boolean; write a hierarchical name such as "
         "train.batch_size instead of an object",
         parameter_scalars},
    Rule{
        "E0108", "spec.parameters", RuleLayer::Policy, invalid,
        "each name must be at most 128 letters, digits, '_', '-' and '.', such as train.batch_size",
        parameter_names},
    Rule{"E0113", "spec.parameters", RuleLayer::Policy, invalid,
         "each string must be at most 4096 characters", parameter_strings},
    Rule{"E0115", "spec.parameters", RuleLayer::Policy, invalid,
         "all together must be at most 700000 bytes, as a JSON text within JSON, where most "
         "characters beyond ASCII take 7",
         parameter_bytes},
    Rule{"E0103", "spec.parameters", RuleLayer::Parser, invalid,
         "must be a finite number that fits 64 bits", parameter_numbers},
    Rule{"E0133", "spec.parametersAs.arguments", schema, invalid,
         "each value must be an option such as --batch_size or --batch_size=, a switch such as "
         "--augment? or --augment/--no-augment, a list such as --layers..., or an override such as "
         "optimizer.lr=",
         options},
    Rule{"E0132", "spec.parametersAs.environment", schema, invalid,
         "each value must be the name of an environment variable that is not reserved, such as "
         "BATCH_SIZE",
         variables},
    Rule{"E0158", "spec.inputs", schema, invalid,
         "mount paths must differ and not lie inside one another", mount_paths},
    Rule{"E0107", "spec.inputs[].name", schema, invalid, label_message, text_rule<is_dns_label>},
    Rule{"E0155", "spec.inputs[].uri", schema, invalid,
         "must be s3://BUCKET/KEY, https://HOST/PATH or volume://CLAIM/PATH",
         text_rule<is_input_uri>},
    Rule{"E0151", "spec.inputs[].uri", schema, forbidden, user_information_message, anonymous_url},
    Rule{
        "E0152", "spec.inputs[].uri", schema, forbidden,
        "must not carry a credential in its query; put it into a Secret and name that in secretName",
        text_rule<has_no_signed_query>},
    Rule{"E0137", "spec.inputs[].uri", schema, invalid,
         "must not contain '.', '..' or encoded dot segments", text_rule<has_no_dot_segment>},
    Rule{"E0156", "spec.inputs[].digest", schema, invalid,
         "must be sha256: and 64 lower-case hex digits, as sha256sum prints them",
         text_rule<is_sha256>},
    Rule{"E0157", "spec.inputs[].mountPath", schema, invalid,
         "must be an absolute path without '.', '..' or empty segments, outside the folders of the "
         "system and of pedigree",
         optional_text_rule<is_mount_path>},
    Rule{"E0135", "spec.inputs[].secretName", schema, forbidden, foreign_secret_message,
         secret_local},
    Rule{"E0136", "spec.inputs[].secretName", schema, invalid, secret_name_message, secret_named},
    Rule{"E0159", "spec.trackers.mlflow.url", schema, invalid,
         "must be an http:// or https:// URL with a host, without query",
         optional_text_rule<is_http_or_https_url>},
    Rule{"E0151", "spec.trackers.mlflow.url", schema, forbidden, user_information_message,
         anonymous_url},
    Rule{"E0135", "spec.trackers.mlflow.secretName", schema, forbidden, foreign_secret_message,
         secret_local},
    Rule{"E0136", "spec.trackers.mlflow.secretName", schema, invalid, secret_name_message,
         secret_named},
    Rule{"E0161", "spec.resources", schema, invalid,
         "must be less than memory, in which it is counted", shared_memory},
    Rule{"E0166", "spec.resources.gpu", schema, invalid, "needs a count of at least 1",
         gpu_product},
    Rule{"E0165", "spec.resources.gpu.product", schema, invalid,
         "must be a label value: letters, digits, '-', '_' and '.'", text_rule<is_label_value>},
    Rule{"E0160", "spec.resources.cpu", schema, invalid,
         "must be a quantity of cores, more than 0, such as 2, 1.5 or 500m", text_rule<is_cores>},
    Rule{"E0160", "spec.resources.memory", schema, invalid, bytes_message, bytes},
    Rule{"E0160", "spec.resources.sharedMemory", schema, invalid, bytes_message, bytes},
    Rule{"E0160", "spec.resources.scratch", schema, invalid, bytes_message, bytes},
    Rule{"E0160", "spec.retries.memoryLimit", schema, invalid, bytes_message, optional_bytes},
    Rule{"E0107", "spec.outputs[].name", schema, invalid, label_message, text_rule<is_dns_label>},
    Rule{"E0137", "spec.outputs[].path", schema, invalid, path_message, relative_path},
};

bool is_at_or_below(std::string_view path, std::string_view ancestor) {
    return path.starts_with(ancestor) &&
           (path.size() == ancestor.size() || ancestor.empty() || path[ancestor.size()] == '.' ||
            path[ancestor.size()] == '[');
}

struct Run {
    const Rule& rule;
    const std::vector<FieldError>& structural;
    std::vector<FieldError>& errors;
};

void run_at(const Run& run, const Json& node, const std::string& path) {
    // The checks of the outermost nodes read what they need with care; an error elsewhere below
    // them must not hide theirs. An unknown field hurts no rule.
    const bool outermost = path.empty() || path == "spec";
    const bool unsound =
        std::any_of(run.structural.begin(), run.structural.end(), [&](const auto& e) {
            return e.type != FieldErrorType::Unknown &&
                   (is_at_or_below(path, e.path) || (!outermost && is_at_or_below(e.path, path)));
        });
    if (unsound) {
        return;
    }
    for (auto& violation : run.rule.check(node)) {
        const bool silent = run.rule.type == forbidden; // apimachinery prints no value here
        run.errors.push_back({path + violation.at, run.rule.type, std::string(run.rule.code),
                              silent ? "" : std::move(violation.value),
                              std::string(run.rule.message), std::move(violation.help)});
    }
}

// Follows "spec.inputs[].uri" through the document.
void walk(const Run& run, const Json& node, const std::string& path, std::string_view rest) {
    if (rest.empty()) {
        run_at(run, node, path);
        return;
    }
    const auto dot = rest.find('.');
    std::string_view segment = rest.substr(0, dot);
    const std::string_view next = dot == std::string_view::npos ? "" : rest.substr(dot + 1);
    const bool each = segment.ends_with("[]");
    if (each) {
        segment.remove_suffix(2);
    }
    const auto found = node.is_object() ? node.find(std::string(segment)) : node.end();
    if (!node.is_object() || found == node.end()) {
        return;
    }
    const std::string at = child_path(path, segment);
    if (!each) {
        walk(run, *found, at, next);
        return;
    }
    for (std::size_t i = 0; found->is_array() && i < found->size(); ++i) {
        walk(run, (*found)[i], item_path(at, i), next);
    }
}

} // namespace

std::span<const Rule> rules() {
    return table;
}

void check_rules(const Json& document, const std::vector<FieldError>& structural,
                 std::vector<FieldError>& errors) {
    for (const Rule& rule : table) {
        walk({rule, structural, errors}, document, "", rule.location);
    }
}

} // namespace pedigree::spec
