#include "operator/api/read_api.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/log.h"
#include "lineage/attempt_runs.h"
#include "lineage/find.h"
#include "lineage/trace.h"
#include "net/url.h"
#include "operator/api/answer.h"
#include "operator/api/read_api_call.h"
#include "operator/api/trial_list.h"
#include "operator/storage/row_codec.h"
#include "records/names.h"
#include "records/pod/bundle.h"

namespace pedigree::control {
namespace {

constexpr std::string_view group = "lineage.pedigree.dev";
constexpr std::string_view root = records::lineage_api_root;
constexpr std::size_t find_items_max = 1000;

constexpr std::array<std::pair<std::string_view, lineage::Listed>, 4> listings{{
    {"models", lineage::Listed::Models},
    {"attempts", lineage::Listed::Attempts},
    {"runs", lineage::Listed::Runs},
    // Not "experiments": kubectl would take these for the Experiments of pedigree.dev.
    {"executions", lineage::Listed::Experiments},
}};

Json resource(const char* name, const char* kind) {
    return {{"name", name},
            {"singularName", ""},
            {"namespaced", true},
            {"kind", kind},
            {"verbs", Json::array({"get"})}};
}

Json resource_list() {
    return {{"kind", "APIResourceList"},
            {"apiVersion", "v1"},
            {"groupVersion", records::lineage_api_version},
            {"resources",
             Json::array({resource("traces", "Trace"), resource("models", "ModelList"),
                          resource("attempts", "AttemptList"), resource("runs", "RunList"),
                          resource("executions", "ExecutionList"), resource("logs", "Log"),
                          resource("progress", "Progress"), resource("trials", "TrialList"),
                          resource("metrics", "MetricList"), resource("objects", "ObjectList")})}};
}

Json api_group() {
    const Json version{{"groupVersion", records::lineage_api_version},
                       {"version", records::api_group_version}};
    return {{"kind", "APIGroup"},
            {"apiVersion", "v1"},
            {"name", group},
            {"versions", Json::array({version})},
            {"preferredVersion", version}};
}

} // namespace

std::optional<ReadApi::Call> ReadApi::Call::parse(const net::ServerRequest& request) {
    std::string_view rest = request.path;
    if (!rest.starts_with(root) || rest.size() == root.size()) {
        return std::nullopt;
    }
    rest.remove_prefix(root.size());
    std::vector<std::string> parts;
    while (rest.starts_with('/') && parts.size() < 4) {
        rest.remove_prefix(1);
        // The last part is a name: it may hold anything, a slash too.
        const auto end = parts.size() == 3 ? std::string_view::npos : rest.find('/');
        const auto decoded = net::percent_decode(rest.substr(0, end));
        if (!decoded) {
            return std::nullopt;
        }
        parts.push_back(*decoded);
        rest = end == std::string_view::npos ? std::string_view() : rest.substr(end);
    }
    if (parts.size() != 4 || parts[0] != "namespaces") {
        return std::nullopt;
    }
    const auto parameters = net::parse_query(request.query);
    if (!parameters) {
        return std::nullopt;
    }
    return Call{parts[1], parts[2], parts[3], *parameters};
}

// A request's place among those of its namespace, for as long as it is worked on.
class ReadApi::Turn {
  public:
    Turn(const ReadApi& api, std::string name_space)
        : api_(api), name_space_(std::move(name_space)), granted_(api.in_work_.with([&](auto& all) {
              std::size_t& count = all[name_space_];
              return count < requests_per_namespace_max && ++count > 0;
          })) {}
    ~Turn() {
        if (granted_) {
            api_.in_work_.with([&](auto& all) {
                if (--all[name_space_] == 0) {
                    all.erase(name_space_);
                }
            });
        }
    }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    bool granted() const { return granted_; }

  private:
    const ReadApi& api_;
    const std::string name_space_;
    const bool granted_;
};

void ReadApi::handle(net::Exchange& exchange) const {
    const net::ServerRequest& request = exchange.request();
    const auto proxies = parts_.allowed_proxies();
    const std::string& proxy = request.client_common_name;
    const bool proxied =
        !proxy.empty() &&
        (proxies.empty() || std::find(proxies.begin(), proxies.end(), proxy) != proxies.end());
    if (!proxied) {
        send_error(exchange, Error(ErrorCode::Unauthorized,
                                   "this API is reached through the Kubernetes API server only"));
        return;
    }
    if (request.method != "GET") {
        send_error(exchange, Error(ErrorCode::Forbidden, "this API can only be read"));
        return;
    }
    if (request.path == root) {
        send_json(exchange, resource_list());
        return;
    }
    if (request.path == "/apis/lineage.pedigree.dev" || request.path == "/apis") {
        send_json(exchange, api_group());
        return;
    }
    const auto call = Call::parse(request);
    if (!call) {
        send_error(exchange, Error(ErrorCode::NotFound, "no such resource: " + request.path));
        return;
    }
    exchange.on_behalf_of(call->name_space);
    const Turn turn(*this, call->name_space);
    if (!turn.granted()) {
        send_error(exchange, Error(ErrorCode::TooMany, "too many requests about this namespace are "
                                                       "worked on; try again"));
        return;
    }
    answer(*call, exchange);
}

void ReadApi::answer(const Call& call, net::Exchange& exchange) const {
    if (call.resource == "logs" || call.resource == "objects") {
        const Status status =
            call.resource == "logs" ? logs(call, exchange) : objects(call, exchange);
        if (!status) {
            send_error(exchange, status.error());
        }
        return;
    }
    const auto document = call.resource == "traces"     ? trace(call)
                          : call.resource == "trials"   ? trials(call)
                          : call.resource == "metrics"  ? metrics(call)
                          : call.resource == "progress" ? progress(call)
                                                        : find(call);
    if (document) {
        send_json(exchange, *document);
    } else {
        send_error(exchange, document.error());
    }
}

Result<Json> ReadApi::trace(const Call& call) const {
    TRY(const auto query, lineage::parse_query(call.name));
    TRY(const auto as_of, call.number("asOf", 0));
    TRY(const auto direction, call.word<lineage::Direction>("direction"));
    TRY(auto transaction, parts_.pool.begin({.isolation = store::Isolation::RepeatableRead,
                                             .access = store::Access::ReadOnly}));
    return lineage::trace(
        transaction, query,
        {.viewer = {.namespaces = {call.name_space}}, .as_of = as_of, .direction = direction});
}

Result<Json> ReadApi::find(const Call& call) const {
    for (const auto& [name, listed] : listings) {
        if (call.resource != name) {
            continue;
        }
        TRY(auto transaction, parts_.pool.begin({.isolation = store::Isolation::RepeatableRead,
                                                 .access = store::Access::ReadOnly}));
        TRY(const auto limit, call.number("limit", 1));
        TRY(const auto before, call.number("before", 0));
        return lineage::find(
            transaction,
            {.viewer = {.namespaces = {call.name_space}},
             .listed = listed,
             .project = call.name == "-" ? "" : call.name,
             .experiment = call.text("experiment"),
             .before = before,
             .items_max = std::min(find_items_max, static_cast<std::size_t>(limit.value_or(100)))});
    }
    return failure(ErrorCode::NotFound, "no such resource: " + call.resource);
}

Result<experiment::ExperimentRow> ReadApi::experiment_named(store::Transaction& transaction,
                                                            const Call& call) {
    TRY(auto experiment, select_experiment_by_name(transaction, call.name_space, call.name));
    if (!experiment) {
        return failure(ErrorCode::NotFound,
                       "no Experiment " + call.name + " in namespace " + call.name_space);
    }
    return *std::move(experiment);
}

Result<Json> ReadApi::trials(const Call& call) const {
    TRY(auto transaction, parts_.pool.begin({.isolation = store::Isolation::RepeatableRead,
                                             .access = store::Access::ReadOnly}));
    experiment::History history;
    TRY(history.experiment, experiment_named(transaction, call));
    TRY(history.attempts, select_attempts(transaction, history.experiment->uid));
    TRY(history.trials, select_trials(transaction, history.experiment->uid));
    std::vector<std::string> pods;
    for (const experiment::AttemptRow& attempt : history.attempts) {
        pods.push_back(attempt.pod_uid);
    }
    TRY(const auto runs, lineage::runs_of_attempts(transaction, pods));
    return trial_list(history, runs);
}

Result<Json> ReadApi::progress(const Call& call) const {
    TRY(auto transaction, parts_.pool.begin({.access = store::Access::ReadOnly}));
    TRY(const experiment::ExperimentRow experiment, experiment_named(transaction, call));
    TRY(const auto attempts, select_attempts(transaction, experiment.uid));
    Json document{{"experiment", call.name}, {"activity", ""}, {"attempts", Json::array()}};
    if (parts_.activity_progress) {
        document["activity"] = parts_.activity_progress(experiment.uid);
    }
    for (const experiment::AttemptRow& attempt : attempts) {
        Json entry{{"trial", attempt.trial},
                   {"number", attempt.number},
                   {"stage", to_string(attempt.stage)},
                   {"pod", attempt.pod_name},
                   {"podUid", attempt.pod_uid},
                   {"node", attempt.node_name},
                   {"failureClass", to_string(attempt.failure_class)},
                   {"reason", attempt.reason},
                   {"message", attempt.message},
                   {"exitCode", attempt.exit_code}};
        TRY(const auto rows, transaction.query("SELECT document FROM progress WHERE pod_uid = $1",
                                               {attempt.pod_uid}));
        TRY(const auto told, rows.at_most_one<Json>());
        if (told) {
            entry["progress"] = std::get<0>(*told);
        }
        document["attempts"].push_back(std::move(entry));
    }
    return document;
}

Status ReadApi::logs(const Call& call, net::Exchange& exchange) const {
    TRY(const auto from, call.number("from", 0));
    RecordPlace place;
    {
        TRY(auto transaction, parts_.pool.begin({.access = store::Access::ReadOnly}));
        TRY(place, place_of_record(transaction, call, Unsaid::LastTrial));
    }
    send_log(exchange, call.name_space, std::move(place), from.value_or(0));
    return {};
}

ReadApi::RecordPlace ReadApi::place_of(const experiment::ExperimentRow& experiment,
                                       const experiment::AttemptRow& attempt,
                                       const spec::Platform& platform) {
    return {.prefix = attempt.keys_begin_with(platform.artifact_store.prefix),
            .pod_uid = attempt.pod_uid,
            .experiment_uid = experiment.uid,
            .trial = attempt.trial,
            .attempt = attempt.number,
            .proof = attempt.record_proof,
            .experiment = experiment.name,
            .project = experiment.project,
            .shared = attempt.store_prefix.empty()};
}

Result<ReadApi::RecordPlace> ReadApi::place_of_record(store::Transaction& transaction,
                                                      const Call& call, Unsaid unsaid) const {
    TRY(const auto asked_trial, call.number("trial", 1));
    TRY(const auto number, call.number("attempt", 1)); // of the trial; its last one that ran
    TRY(const auto experiment, experiment_named(transaction, call));
    TRY(const auto attempts, select_attempts(transaction, experiment.uid));
    if (attempts.empty()) {
        return failure(ErrorCode::NotFound, call.name + " has not started an attempt yet");
    }
    const bool best = unsaid == Unsaid::BestTrial && experiment.best_trial > 0;
    const std::int64_t trial =
        asked_trial.value_or(best ? experiment.best_trial : attempts.back().trial);
    const spec::Platform& platform = parts_.configuration.effective(call.name_space);
    RecordPlace place;
    for (const auto& attempt : attempts) {
        const bool asked =
            attempt.trial == trial && attempt.number == number.value_or(attempt.number);
        if (asked && !attempt.pod_uid.empty()) {
            place = place_of(experiment, attempt, platform);
        }
    }
    if (place.pod_uid.empty()) {
        return failure(ErrorCode::NotFound, "no such attempt of " + call.name +
                                                " has run; its trials: pedigree trials " +
                                                call.name);
    }
    return place;
}

} // namespace pedigree::control
