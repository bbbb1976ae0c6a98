#include "tests/simulation/node_double.h"

#include <algorithm>
#include <sstream>

#include <nlohmann/json.hpp>

#include "records/names.h"
#include "tests/fakes/sample.h"

namespace pedigree::simulation {
namespace {

constexpr std::chrono::seconds tick_every{1};
// Of a pod's life, counted from its start on the node.
constexpr std::chrono::seconds prepared_after{2}, started_after{3}, trained_after{10},
    sealed_after{12};
constexpr const char* tracking_finalizer = "batch.kubernetes.io/job-tracking";

std::string phase_of(const Json& pod) {
    return string_or(at_path(pod, {"status"}), "phase");
}

bool is_auxiliary(const Json& pod) {
    return !k8s::label_of(pod, records::auxiliary_label).empty();
}

// Labels can be taken off; the name says it, too: exp-<uid>-<trial>-<attempt>-<pod>.
std::size_t number_in_name(const Json& pod, int place) {
    std::istringstream name(k8s::key_of(pod).name);
    std::string part;
    for (int i = 0; i <= place; ++i) {
        std::getline(name, part, '-');
    }
    return std::stoul(part);
}
std::size_t trial_of(const Json& pod) {
    return number_in_name(pod, 2);
}
std::size_t attempt_of(const Json& pod) {
    return number_in_name(pod, 3);
}

bool is_over(const Json& pod) {
    return phase_of(pod) == "Succeeded" || phase_of(pod) == "Failed";
}

bool trains(const Json& pod) {
    const Json& statuses = at_path(pod, {"status", "containerStatuses"});
    return !is_auxiliary(pod) && !statuses.empty() &&
           at_path(statuses.front(), {"state"}).contains("running");
}

bool is_finished(const Json& job) {
    return !at_path(job, {"status", "conditions"}).empty();
}

// When the cluster removes a finished Job by itself; nothing: it stays.
std::optional<Instant> expiry_of(const Json& job) {
    const Json& spec = at_path(job, {"spec"});
    const auto ended = parse_instant(string_or(at_path(job, {"status"}), "completionTime"));
    return ended && spec.contains("ttlSecondsAfterFinished")
               ? std::optional(*ended +
                               std::chrono::seconds(integer_or(spec, "ttlSecondsAfterFinished")))
               : std::nullopt;
}

// When the cluster ends a Job that still runs; nothing: never.
std::optional<Instant> deadline_of(const Json& job) {
    const Json& spec = at_path(job, {"spec"});
    const auto made = parse_instant(string_or(at_path(job, {"metadata"}), "creationTimestamp"));
    return made && spec.contains("activeDeadlineSeconds")
               ? std::optional(*made +
                               std::chrono::seconds(integer_or(spec, "activeDeadlineSeconds")))
               : std::nullopt;
}

Json running(const std::string& container, const std::string& at) {
    return {{"name", container}, {"state", {{"running", {{"startedAt", at}}}}}};
}

Json terminated(const std::string& container, std::int64_t exit_code, const std::string& reason,
                const std::string& at) {
    return {{"name", container},
            {"state",
             {{"terminated", {{"exitCode", exit_code}, {"reason", reason}, {"finishedAt", at}}}}}};
}

std::int64_t exit_code_of(PodEnd how) {
    return how == PodEnd::Success ? 0 : how == PodEnd::OutOfMemory ? 137 : 3;
}

Json ended_command(PodEnd how, const std::string& at) {
    return terminated("train", exit_code_of(how),
                      how == PodEnd::Success       ? "Completed"
                      : how == PodEnd::OutOfMemory ? "OOMKilled"
                                                   : "Error",
                      at);
}

} // namespace

PodEnd NodeDouble::end_of(const Json& pod) const {
    auto attempt = attempt_of(pod);
    if (by_trial_ && attempt > 1) {
        return PodEnd::Success;
    }
    if (by_trial_) {
        attempt = trial_of(pod);
    }
    const PodEnd end = ends_[std::min<std::size_t>(attempt, ends_.size()) - 1];
    const bool unlabelled = at_path(pod, {"metadata", "labels"}).empty();
    return end == PodEnd::RunsUntilUnlabelled && unlabelled ? PodEnd::Success : end;
}

void NodeDouble::tick() {
    if (ticked_ && clock_.now() < *ticked_ + tick_every) {
        return;
    }
    ticked_ = clock_.now();
    for (const k8s::Object& pod : api_.all(k8s::pods)) {
        step_pod(*pod);
    }
    for (const k8s::Object& job : api_.all(k8s::jobs)) {
        step_job(*job);
    }
}

std::optional<Instant> NodeDouble::next() const {
    const Instant due = ticked_ ? *ticked_ + tick_every : clock_.now();
    std::optional<Instant> expiry;
    for (const k8s::Object& job : api_.all(k8s::jobs)) {
        if (!is_finished(*job)) {
            return due;
        }
        if (const auto at = expiry_of(*job); at && (!expiry || *at < *expiry)) {
            expiry = std::max(*at, due);
        }
    }
    for (const k8s::Object& pod : api_.all(k8s::pods)) {
        if (!is_over(*pod) || !at_path(*pod, {"metadata", "finalizers"}).empty()) {
            return due;
        }
    }
    return expiry;
}

int NodeDouble::training() const {
    int count = 0;
    for (const k8s::Object& pod : api_.all(k8s::pods)) {
        count += trains(*pod);
    }
    return count;
}

bool NodeDouble::trains_endlessly() const {
    const auto pods = api_.all(k8s::pods);
    return std::any_of(pods.begin(), pods.end(), [this](const k8s::Object& pod) {
        const bool lives = trains(*pod) && !k8s::is_being_deleted(*pod);
        return lives && (end_of(*pod) == PodEnd::RunsUntilDeleted ||
                         end_of(*pod) == PodEnd::RunsUntilUnlabelled);
    });
}

bool NodeDouble::auxiliary() const {
    const auto pods = api_.all(k8s::pods);
    return std::any_of(pods.begin(), pods.end(), [](const k8s::Object& pod) {
        return is_auxiliary(*pod) && !is_over(*pod) &&
               !string_or(at_path(*pod, {"spec"}), "nodeName").empty();
    });
}

std::vector<std::string> NodeDouble::logging_badly() const {
    std::vector<std::string> uids;
    for (const k8s::Object& pod : api_.all(k8s::pods)) {
        if (trains(*pod) && end_of(*pod) == PodEnd::LogsBadly) {
            uids.push_back(k8s::uid_of(*pod));
        }
    }
    return uids;
}

void NodeDouble::step_job(const Json& job) {
    const k8s::ObjectKey key = k8s::key_of(job);
    if (const auto expiry = expiry_of(job); expiry && clock_.now() >= *expiry) {
        api_.erase(k8s::jobs, key);
        return;
    }
    if (is_finished(job) || k8s::is_being_deleted(job)) {
        return;
    }
    if (const auto deadline = deadline_of(job); deadline && clock_.now() >= *deadline) {
        end_pods_of(job);
        conclude(job, "Failed", "DeadlineExceeded");
        return;
    }
    if (has_pod(job)) {
        return;
    }
    const int pods_before = pods_made_[k8s::uid_of(job)]++;
    Json pod = at_path(job, {"spec", "template"});
    pod["metadata"]["namespace"] = key.name_space;
    pod["metadata"]["name"] = key.name + "-" + k8s::uid_of(job).substr(0, 8) +
                              (pods_before == 0 ? "" : "-" + std::to_string(pods_before));
    pod["metadata"]["finalizers"] = Json::array({tracking_finalizer});
    pod["metadata"]["ownerReferences"] = Json::array(
        {{{"kind", "Job"}, {"name", key.name}, {"uid", k8s::uid_of(job)}, {"controller", true}}});
    pod["status"] = {{"phase", "Pending"}};
    api_.put(k8s::pods, std::move(pod));
}

void NodeDouble::end_pods_of(const Json& job) {
    for (const k8s::Object& pod : api_.all(k8s::pods)) {
        if (k8s::controller_uid_of(*pod) == k8s::uid_of(job) && !is_over(*pod)) {
            api_.erase(k8s::pods, k8s::key_of(*pod));
        }
    }
}

void NodeDouble::conclude(const Json& job, const std::string& type, const std::string& reason) {
    api_.edit(k8s::jobs, k8s::key_of(job), [&](Json& ended) {
        ended["status"]["completionTime"] = to_kubernetes_time(clock_.now());
        ended["status"]["conditions"] =
            Json::array({{{"type", type}, {"status", "True"}, {"reason", reason}}});
    });
}

bool NodeDouble::has_pod(const Json& job) const {
    const auto pods = api_.all(k8s::pods);
    return std::any_of(pods.begin(), pods.end(), [&](const k8s::Object& pod) {
        return k8s::controller_uid_of(*pod) == k8s::uid_of(job);
    });
}

void NodeDouble::step_pod(const Json& pod) {
    if (is_over(pod)) {
        let_go(pod);
        return;
    }
    if (k8s::is_being_deleted(pod)) {
        end_by_signal(pod);
        return;
    }
    if (string_or(at_path(pod, {"spec"}), "nodeName").empty()) {
        api_.edit(k8s::pods, k8s::key_of(pod), [&](Json& placed) {
            placed["spec"]["nodeName"] = "node-1";
            placed["status"]["startTime"] = to_kubernetes_time(clock_.now());
        });
        return;
    }
    run(pod);
}

// One container and nothing beside it.
void NodeDouble::run_auxiliary(const Json& pod) {
    const std::string now = to_kubernetes_time(clock_.now());
    // A node is lost once; what the code does, it does each time.
    const bool first = k8s::label_of(pod, records::auxiliary_label).ends_with("-1");
    const PodEnd how = gate_ == PodEnd::NodeLost && !first ? PodEnd::Success : gate_;
    api_.edit(k8s::pods, k8s::key_of(pod), [&](Json& ended) {
        ended["status"]["phase"] = how == PodEnd::Success ? "Succeeded" : "Failed";
        if (how == PodEnd::NodeLost) {
            ended["status"]["reason"] = "NodeLost";
        } else {
            Json status = ended_command(how, now);
            status["imageID"] = string_or(at_path(ended, {"spec", "containers"}).front(), "image");
            status["state"]["terminated"]["message"] = "ImportError: libx.so: not found";
            ended["status"]["containerStatuses"] = Json::array({std::move(status)});
        }
    });
    api_.logs[k8s::key_of(pod)] =
        "building\n-----BEGIN WHEEL x-1-py3-none-any.whl-----\nQUJD\n-----END WHEEL-----\n";
}

// prepare, then the recorder beside it, then the command; the recorder ends last.
void NodeDouble::run(const Json& pod) {
    const std::string start = string_or(at_path(pod, {"status"}), "startTime");
    const auto age = clock_.now() - *parse_instant(start);
    if (is_auxiliary(pod)) {
        return age < trained_after || gate_ == PodEnd::RunsUntilDeleted ? void()
                                                                        : run_auxiliary(pod);
    }
    const PodEnd how = end_of(pod);
    const Json prepared =
        Json::array({terminated("prepare", 0, "Completed", start), running("recorder", start)});
    if (age < prepared_after) {
        show(pod, "Pending", Json::array({running("prepare", start)}), Json::array());
    } else if (how == PodEnd::PrepareFails) {
        end(pod, how);
    } else if (age < started_after) {
        show(pod, "Pending", prepared, Json::array());
    } else if (how == PodEnd::RunsUntilDeleted || how == PodEnd::RunsUntilUnlabelled ||
               how == PodEnd::LogsBadly || age < trained_after) {
        show(pod, "Running", prepared, Json::array({running("train", start)}));
    } else if (age < sealed_after && how != PodEnd::NodeLost) {
        show(pod, "Running", prepared, Json::array({ended_command(how, start)}));
    } else {
        end(pod, how);
    }
}

void NodeDouble::show(const Json& pod, const std::string& phase, const Json& init_statuses,
                      const Json& statuses) {
    api_.edit(k8s::pods, k8s::key_of(pod), [&](Json& shown) {
        shown["status"]["phase"] = phase;
        shown["status"]["initContainerStatuses"] = init_statuses;
        shown["status"]["containerStatuses"] = statuses;
        say_images(shown);
    });
}

// Of each container that has a status.
void NodeDouble::say_images(Json& pod) {
    for (const auto& [list, statuses] : {std::pair{"initContainers", "initContainerStatuses"},
                                         std::pair{"containers", "containerStatuses"}}) {
        if (!pod["status"].contains(statuses)) {
            continue;
        }
        for (Json& status : pod["status"][statuses]) {
            for (const Json& container : at_path(pod, {"spec", list})) {
                if (string_or(container, "name") == string_or(status, "name")) {
                    status["imageID"] = string_or(container, "image");
                }
            }
        }
    }
}

void NodeDouble::leave(const Json& pod, std::int64_t exit_code, Json& status) {
    records::pod::Bundle bundle = sample::bundle(k8s::uid_of(pod));
    bundle.launcher.exit_code = exit_code;
    if (by_trial_) { // the later the trial, the better it is
        const MetricValue score = MetricValue::parse("0." + std::to_string(trial_of(pod))).value();
        bundle.runs.front().metrics["score"] = {1, score, score, score, 1};
    }
    if (exit_code != 0) {
        bundle.artifacts.clear();
    }
    status["initContainerStatuses"] =
        Json::array({{{"name", "recorder"},
                      {"state",
                       {{"terminated",
                         {{"exitCode", 0}, {"message", sample::termination_message(bundle)}}}}}}});
    bundles_[k8s::uid_of(pod)] = std::move(bundle);
}

void NodeDouble::end(const Json& pod, PodEnd how) {
    const std::string now = to_kubernetes_time(clock_.now());
    api_.edit(k8s::pods, k8s::key_of(pod), [&](Json& ended) {
        Json& status = ended["status"];
        status["phase"] = how == PodEnd::Success ? "Succeeded" : "Failed";
        if (how == PodEnd::NodeLost) {
            status["conditions"] = Json::array({{{"type", "DisruptionTarget"},
                                                 {"status", "True"},
                                                 {"reason", "DeletionByTaintManager"},
                                                 {"message", "the node is gone"}}});
        } else if (how == PodEnd::PrepareFails) {
            Json failed = terminated("prepare", 1, "Error", now);
            failed["state"]["terminated"]["message"] =
                R"({"component":"Prepare","failure":{"class":"Configuration",)"
                R"("reason":"DigestMismatch","message":"another digest"}})";
            status["initContainerStatuses"] = Json::array({failed});
        } else {
            status["containerStatuses"] = Json::array({ended_command(how, now)});
            leave(pod, exit_code_of(how), status);
        }
        say_images(ended);
    });
}

void NodeDouble::end_by_signal(const Json& pod) {
    const bool ran = !is_auxiliary(pod) && !at_path(pod, {"status", "containerStatuses"}).empty();
    api_.edit(k8s::pods, k8s::key_of(pod), [&](Json& ended) {
        ended["status"]["phase"] = "Failed";
        if (ran) {
            ended["status"]["containerStatuses"] =
                Json::array({terminated("train", 143, "Error", to_kubernetes_time(clock_.now()))});
            leave(pod, 143, ended["status"]);
            say_images(ended);
        }
    });
}

// The Job controller counts the pod, lets go of it and says how the Job ended.
void NodeDouble::let_go(const Json& pod) {
    const bool well = phase_of(pod) == "Succeeded";
    for (const k8s::Object& job : api_.all(k8s::jobs)) {
        if (k8s::uid_of(*job) == k8s::controller_uid_of(pod) && !is_finished(*job)) {
            conclude(*job, well ? "Complete" : "Failed",
                     well ? "CompletionsReached" : "BackoffLimitExceeded");
        }
    }
    api_.edit(k8s::pods, k8s::key_of(pod),
              [](Json& counted) { counted["metadata"]["finalizers"] = Json::array(); });
}

} // namespace pedigree::simulation
