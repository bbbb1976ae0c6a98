#include "operator/activity/input.h"

#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/log.h"
#include "experiment/activity.h"
#include "operator/activity/subject.h"
#include "pipeline/plan/secret_demand.h"
#include "records/names.h"
#include "records/pod/bundle.h"

namespace pedigree::control {
namespace {

namespace work = records::work;

constexpr std::size_t credential_bytes_max = 64 * 1024;

// A key of a mounted Secret, without the line feed that editors add.
Result<Secret> mounted(const std::string& directory, const std::string& key) {
    TRY(std::string value, read_file(directory + "/" + key, credential_bytes_max));
    return Secret(plan::without_line_end(std::move(value)));
}

work::WorkRequest request_for(work::WorkKind kind, std::string id, std::int64_t deadline_seconds,
                              const spec::Platform& platform) {
    return {.kind = kind,
            .id = std::move(id),
            .deadline_seconds = deadline_seconds,
            .egress = {.allowed_networks = platform.egress.allowed_networks,
                       .refused_networks = platform.egress.refused_networks}};
}

ActivityOrder order_of(work::WorkRequest request, Json input, std::int64_t give_up_seconds) {
    ActivityOrder order;
    order.request = std::move(request);
    order.input = std::make_shared<const Json>(std::move(input));
    order.give_up_after = std::chrono::seconds(give_up_seconds);
    return order;
}

// Small work answers within this; the builds have their own deadline.
constexpr std::int64_t call_seconds_max = 120;
constexpr std::int64_t tell_seconds_max = 600;
constexpr std::int64_t collect_seconds_max = 900;

Result<std::map<std::string, Secret>> values_of(const Json& secret) {
    std::map<std::string, Secret> values;
    for (const auto& [key, value] : at_path(secret, {"data"}).items()) {
        TRY(std::string bytes, from_base64(value.is_string() ? value.get<std::string>() : ""));
        values.emplace(key, Secret(plan::without_line_end(std::move(bytes))));
        // A user's name or an address is no secret, and redacting it would mangle ordinary words.
        if (key != "username" && key != "endpoint" && key != "region" && key != "known_hosts") {
            redact_in_logs(values.at(key));
        }
    }
    return values;
}

} // namespace

Result<ActivityOrder> InputMaker::make(const PendingActivity& activity) const {
    TRY(const Subject subject, Subject::load(state_, activity, configuration_));
    const std::string& key = activity.row.key;
    const bool prepares = key == experiment::imports_activity || key == experiment::build_activity;
    if (prepares && subject.experiment.outcome != experiment::Outcome::None) {
        return failure(ErrorCode::InvalidInput, "ExperimentEnded", "nobody waits for it any more");
    }
    if (key == experiment::imports_activity) {
        return imports_order(activity, subject);
    }
    const auto slash = key.find('/');
    const auto kind = from_word<work::WorkKind>(key.substr(0, slash));
    const std::string name = key.substr(slash + 1);
    if (!kind) {
        return failure(ErrorCode::Internal, "no such activity: " + key);
    }
    const spec::DeadlinesSpec& deadlines = subject.spec.deadlines;
    const std::string id = activity.experiment_uid + "/" + key;
    const auto request = [&](std::int64_t seconds) {
        return request_for(*kind, id, seconds, subject.platform);
    };
    switch (*kind) {
    case work::WorkKind::ResolveSource: {
        TRY(Json input, resolve_input(subject));
        return order_of(request(call_seconds_max), std::move(input), deadlines.build_seconds);
    }
    case work::WorkKind::BuildImage: {
        if (!subject.build_outcome.empty()) { // it asks for wheels
            TRY(const Json asked, parse_json(subject.build_outcome));
            TRY(const auto outcome, work::build_image_outcome_from(asked));
            TRY(auto order, wheels_order(activity, subject, outcome));
            if (!order.jobs.empty()) {
                return order;
            }
        }
        return build_order(activity, subject, {});
    }
    case work::WorkKind::OpenTracker: {
        TRY(Json input, open_tracker_input(subject));
        return order_of(request(call_seconds_max), std::move(input), deadlines.prepare_seconds);
    }
    case work::WorkKind::CloseTracker: {
        TRY(Json input, close_tracker_input(subject, name));
        return order_of(request(call_seconds_max), std::move(input), tell_seconds_max);
    }
    case work::WorkKind::FetchObject: {
        TRY(Json input, bundle_input(subject, name));
        return order_of(request(call_seconds_max), std::move(input), collect_seconds_max);
    }
    }
    return failure(ErrorCode::Internal, "no such activity: " + key);
}

Result<ActivityOrder> InputMaker::fetch_object(const std::string& name_space,
                                               const std::string& key,
                                               std::int64_t bytes_max) const {
    const spec::Platform platform = configuration_.effective(name_space);
    TRY(auto input, object_input(platform, key));
    input.bytes_max = bytes_max;
    return order_of(
        request_for(work::WorkKind::FetchObject, "read/" + key, call_seconds_max, platform),
        work::to_json(input), call_seconds_max);
}

Result<std::map<std::string, Secret>> InputMaker::secret(const std::string& name_space,
                                                         const std::string& name) const {
    TRY(const Json object, api_.get(k8s::secrets, {name_space, name}));
    return values_of(object);
}

Result<work::GitSource> InputMaker::git_source(const Subject& subject) const {
    const spec::GitSpec& git = subject.spec.source.git;
    work::GitSource source{.url = git.url,
                           .ref = git.ref,
                           .commit = git.commit,
                           .subdirectory = subject.spec.source.subdirectory,
                           .credential = std::nullopt,
                           .ca_pem = subject.platform.ca_bundle};
    source.submodules = git.submodules == spec::Submodules::Pinned;
    if (git.secret_name.empty()) {
        return source;
    }
    TRY(const Json object,
        api_.get(k8s::secrets, {subject.experiment.name_space, git.secret_name}));
    TRY(auto values, values_of(object));
    const bool ssh = git.url.starts_with("ssh://");
    if (source.submodules) { // which hosts may see the Secret, the worker decides for each of them
        source.secret_hosts =
            string_or(at_path(object, {"metadata", "annotations"}), plan::hosts_annotation);
    }
    if (ssh || source.submodules) {
        source.ssh_private_key = values["ssh-privatekey"];
        source.known_hosts = values["known_hosts"].reveal();
    }
    Secret password = values.contains("token") ? values["token"] : values["password"];
    if (!ssh || (source.submodules && !password.empty())) {
        source.credential = work::BasicCredential{.username = values["username"].reveal(),
                                                  .password = std::move(password)};
    }
    return source;
}

Result<Json> InputMaker::resolve_input(const Subject& subject) const {
    work::ResolveSourceInput input;
    TRY(input.git, git_source(subject));
    input.lock_file = subject.spec.image.lock_file;
    return work::to_json(input);
}

Result<ActivityOrder>
InputMaker::build_order(const PendingActivity& activity, const Subject& subject,
                        const std::map<std::string, work::DerivedWheel>& fresh) const {
    TRY(auto input, build_input(subject));
    TRY(input.derived_wheels, state_.derived_wheels(wheel_place(subject)));
    for (const auto& [source, wheel] : fresh) {
        input.derived_wheels[source] = wheel;
    }
    const std::int64_t seconds = subject.spec.deadlines.build_seconds;
    return order_of(request_for(work::WorkKind::BuildImage,
                                activity.experiment_uid + "/" + activity.row.key, seconds,
                                subject.platform),
                    work::to_json(input), seconds);
}

Result<work::BuildImageInput> InputMaker::build_input(const Subject& subject) const {
    const spec::ImageSpec& image = subject.spec.image;
    const auto& registry = subject.platform.registry;
    work::BuildImageInput input;
    TRY(input.git, git_source(subject));
    input.git.ref.clear();
    input.git.commit = subject.experiment.commit;
    input.tree = subject.experiment.tree;
    input.lock_file = image.lock_file;
    input.base = image.base;
    if (image.prebuilt) {
        input.prebuilt = image.prebuilt->image;
        input.as_is = image.prebuilt->as_is;
    }
    if (!image.pull_secret_name.empty()) {
        TRY(auto values, secret(subject.experiment.name_space, image.pull_secret_name));
        input.pull_config = values[".dockerconfigjson"];
    }
    input.layer_form = to_string(image.layers);
    input.push.host = registry.host;
    input.push.repository = registry.prefix.empty()
                                ? subject.experiment.name_space
                                : registry.prefix + "/" + subject.experiment.name_space;
    input.push.plain_http = registry.plain_http;
    if (registry.plain_http) {
        input.plain_http_hosts = {registry.host};
    }
    TRY(const Secret username, mounted(credentials_.registry_directory, "username"));
    TRY(const Secret password, mounted(credentials_.registry_directory, "password"));
    input.push.credential =
        work::BasicCredential{.username = username.reveal(), .password = password};
    input.index_url = subject.platform.index_url;
    input.ca_pem = subject.platform.ca_bundle;
    const std::string repository = input.push.host + "/" + input.push.repository;
    TRY(input.known_layers, state_.known_layers(repository, input.tree));
    if (const std::string& lock = subject.experiment.lock_digest; !lock.empty()) {
        TRY(input.wheel_plan, state_.wheel_plan({repository, image.base, lock, input.layer_form}));
    }
    if (!image.base.empty()) {
        TRY(std::string inventory, state_.base_inventory(image.base));
        if (!inventory.empty()) {
            input.base_inventory = std::move(inventory);
        }
    }
    return input;
}

Result<work::TrackerTarget> InputMaker::tracker_target(const Subject& subject) const {
    const auto& mlflow = subject.spec.mlflow;
    if (!mlflow) {
        return failure(ErrorCode::Internal, "no tracker is declared");
    }
    work::TrackerTarget target{
        .url = mlflow->url, .basic = {}, .token = {}, .ca_pem = subject.platform.ca_bundle};
    if (!mlflow->secret_name.empty()) {
        TRY(auto values, secret(subject.experiment.name_space, mlflow->secret_name));
        if (values.contains("token")) {
            target.token = values["token"];
        } else {
            target.basic = work::BasicCredential{.username = values["username"].reveal(),
                                                 .password = values["password"]};
        }
    }
    return target;
}

Result<Json> InputMaker::open_tracker_input(const Subject& subject) const {
    const experiment::ExperimentRow& experiment = subject.experiment;
    work::OpenTrackerInput input;
    TRY(input.target, tracker_target(subject));
    input.experiment_name = subject.spec.mlflow->experiment_name;
    input.experiment_uid = experiment.uid;
    input.run_name = experiment.name;
    input.tags = {{"pedigree.spec_hash", experiment.spec_hash},
                  {"pedigree.namespace", experiment.name_space},
                  {"pedigree.project", experiment.project},
                  {"pedigree.record", experiment.uid},
                  {"mlflow.source.git.commit", experiment.commit},
                  {"mlflow.source.git.repoURL", subject.spec.source.git.url},
                  {"mlflow.docker.image.uri", experiment.image}};
    for (const spec::InputSpec& declared : subject.spec.inputs) {
        input.tags["pedigree.input." + declared.name] = declared.digest.text();
    }
    input.parameters = subject.parameter_texts();
    input.config_json = experiment.spec_json;
    return work::to_json(input);
}

Result<Json> InputMaker::close_tracker_input(const Subject& subject,
                                             const std::string& name) const {
    work::CloseTrackerInput input;
    TRY(input.target, tracker_target(subject));
    input.experiment_uid = subject.experiment.uid;
    input.parent_run_id = subject.experiment.parent_run_id;
    if (name.starts_with(experiment::parent_name)) {
        input.status = subject.experiment.outcome == experiment::Outcome::Succeeded   ? "FINISHED"
                       : subject.experiment.outcome == experiment::Outcome::Cancelled ? "KILLED"
                                                                                      : "FAILED";
        input.tags = {{"pedigree.outcome", std::string(to_string(subject.experiment.outcome))},
                      {"pedigree.reason", subject.experiment.reason}};
        return work::to_json(input);
    }
    TRY(const experiment::AttemptRow attempt, subject.attempt(name));
    // The truth about a run: what ended it from outside is KILLED, what its code did is FAILED.
    const FailureClass failure_class = attempt.failure_class;
    const bool killed = failure_class == FailureClass::Cancelled ||
                        failure_class == FailureClass::Deadline ||
                        failure_class == FailureClass::Infrastructure ||
                        failure_class == FailureClass::OutOfMemory ||
                        attempt.exit_code == 128 + 9 || attempt.exit_code == 128 + 15;
    input.attempt_uid = attempt.pod_uid;
    input.status = failure_class == FailureClass::None ? "FINISHED" : killed ? "KILLED" : "FAILED";
    input.tags = {{"pedigree.exit_code", std::to_string(attempt.exit_code)},
                  {"pedigree.reason", attempt.reason}};
    return work::to_json(input);
}

Result<work::FetchObjectInput> InputMaker::object_input(const spec::Platform& platform,
                                                        const std::string& key) const {
    work::FetchObjectInput input;
    input.endpoint = platform.artifact_store.endpoint;
    input.region = platform.artifact_store.region;
    input.bucket = platform.artifact_store.bucket;
    input.key = key;
    TRY(const Secret id, mounted(credentials_.artifact_store_directory, "AWS_ACCESS_KEY_ID"));
    TRY(input.secret_access_key,
        mounted(credentials_.artifact_store_directory, "AWS_SECRET_ACCESS_KEY"));
    input.access_key_id = id.reveal();
    return input;
}

Result<Json> InputMaker::bundle_input(const Subject& subject, const std::string& name) const {
    TRY(const experiment::AttemptRow attempt, subject.attempt(name));
    TRY(auto input, object_input(subject.platform,
                                 records::pod::bundle_key(subject.platform.artifact_store.prefix,
                                                          attempt.pod_uid)));
    input.digest = attempt.bundle_digest;
    return work::to_json(input);
}

} // namespace pedigree::control
