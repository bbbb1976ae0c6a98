#pragma once
// FakeCluster stands for an API server with Experiments, their pods and events, and for the read
// API behind it: objects in a map, texts by path, and a list of things that happen to an Experiment
// while somebody watches. Plain values; one thread.

#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/app/advice.h"
#include "cli/app/arguments.h"
#include "cli/app/cluster.h"
#include "cli/app/terminal.h"
#include "cli/commands/table.h"
#include "cli/experiment/experiment.h"

namespace pedigree::cli {

class FakeApi final : public k8s::Api {
  public:
    std::map<std::string, Json> objects; // by "<plural> <namespace>/<name>"
    // Each watch hands out the states up to the next null, which ends the stream.
    // One with a member "deleted" is gone.
    std::deque<Json> coming;
    std::function<void()> when_nothing_comes; // instead of an error of the test
    std::vector<Json> created;
    std::vector<std::string> taken; // names that somebody else creates first
    std::string user = "ann@example.com";
    int watches = 0;
    std::optional<Error> broken; // what every call is answered with
    int broken_calls = 0;        // so many are left of it; 0: for ever

    void put(const k8s::ResourceType& type, const Json& object) {
        objects[place(type, k8s::key_of(object))] = object;
    }

    Result<Json> get(const k8s::ResourceType& type, const k8s::ObjectKey& key) override {
        TRY(whole());
        const auto found = objects.find(place(type, key));
        if (found == objects.end()) {
            return failure(ErrorCode::NotFound, fmt::format("{} not found", key.text()));
        }
        return found->second;
    }
    Result<k8s::ObjectList> list(const k8s::ResourceType& type,
                                 const k8s::ListOptions& options) override {
        TRY(whole());
        list_options.push_back(options);
        const std::string asked =
            fmt::format("{}{}", type.plural,
                        options.name_space.empty() && !is_for_cluster(type) ? " of all" : "");
        if (forbidden_lists.contains(asked)) {
            return failure(ErrorCode::Forbidden, asked + " is forbidden");
        }
        k8s::ObjectList list;
        for (const auto& [where, object] : objects) {
            const bool fits =
                (options.name_space.empty() ||
                 k8s::key_of(object).name_space == options.name_space) &&
                (!options.field_selector.starts_with("metadata.name=") ||
                 options.field_selector == "metadata.name=" + k8s::key_of(object).name) &&
                is_selected(object, options.label_selector);
            if (where.starts_with(std::string(type.plural) + " ") && fits) {
                list.items.push_back(std::make_shared<const Json>(object));
            }
        }
        return list;
    }
    std::vector<k8s::ListOptions> list_options;
    std::set<std::string> forbidden_lists; // "nodes", "pods", "pods of all"
    Status pod_log(const k8s::ObjectKey& pod, const k8s::LogOptions&, const k8s::ByteSink&,
                   std::stop_token) override {
        return failure(ErrorCode::NotFound, "no log of " + pod.text());
    }

    Result<Json> create(const k8s::ResourceType& type, const Json& object) override {
        TRY(whole());
        if (type.plural == "selfsubjectreviews") {
            if (user.empty()) {
                return failure(ErrorCode::Forbidden, "selfsubjectreviews is forbidden");
            }
            return Json{{"status", {{"userInfo", {{"username", user}}}}}};
        }
        TRY(judged(object));
        created.push_back(object);
        put(type, object);
        return object;
    }
    // What the server has against an object.
    Status judged(const Json& object) {
        TRY(whole());
        const std::string name = k8s::key_of(object).name;
        return std::find(taken.begin(), taken.end(), name) == taken.end()
                   ? Status()
                   : failure(ErrorCode::AlreadyExists, name + " already exists");
    }
    Result<Json> replace(const k8s::ResourceType&, const Json&) override { return unused(); }
    // A merge patch, with the uid as a precondition.
    Result<Json> patch(const k8s::ResourceType& type, const k8s::ObjectKey& key, k8s::PatchKind,
                       const Json& body, const k8s::PatchOptions&) override {
        if (before_patch) {
            before_patch();
        }
        TRY(Json object, get(type, key));
        const std::string uid = string_or(at_path(body, {"metadata"}), "uid");
        if (!uid.empty() && uid != k8s::uid_of(object)) {
            return failure(ErrorCode::Conflict, "Precondition failed: UID in precondition");
        }
        ++patches;
        object.merge_patch(body);
        put(type, object);
        return object;
    }
    int patches = 0;
    std::function<void()> before_patch; // what somebody else does first
    Status remove(const k8s::ResourceType&, const k8s::ObjectKey&,
                  const k8s::DeleteOptions&) override {
        return tl::unexpected(unused().error());
    }
    Status watch(const k8s::ResourceType& type, const k8s::WatchOptions&, const k8s::ByteSink& sink,
                 std::stop_token) override {
        ++watches;
        TRY(whole());
        if (coming.empty() && when_nothing_comes) {
            when_nothing_comes();
            return failure(ErrorCode::Cancelled, "stopped");
        }
        if (coming.empty()) {
            return failure(ErrorCode::Internal, "the test has nothing left that could happen");
        }
        while (!coming.empty()) {
            const Json next = coming.front();
            coming.pop_front();
            if (next.is_null()) {
                return {};
            }
            const bool is_deleted = next.contains("deleted");
            if (is_deleted) {
                objects.erase(place(type, k8s::key_of(next)));
            } else {
                put(type, next);
            }
            TRY(sink(Json{{"type", is_deleted ? "DELETED" : "MODIFIED"}, {"object", next}}.dump() +
                     "\n"));
        }
        return {};
    }

  private:
    Status whole() {
        if (!broken) {
            return {};
        }
        const Error error = *broken;
        if (broken_calls > 0 && --broken_calls == 0) {
            broken.reset();
        }
        return tl::unexpected(error);
    }
    // By the labels that the object has: tests need not write all of them.
    static bool is_selected(const Json& object, const std::string& selector) {
        std::istringstream parts(selector);
        for (std::string part; std::getline(parts, part, ',');) {
            const auto equals = part.find('=');
            const std::string label = k8s::label_of(object, part.substr(0, equals));
            if (!label.empty() && label != part.substr(equals + 1)) {
                return false;
            }
        }
        return true;
    }
    static bool is_for_cluster(const k8s::ResourceType& type) {
        return type.scope == k8s::Scope::Cluster;
    }
    static std::string place(const k8s::ResourceType& type, const k8s::ObjectKey& key) {
        return std::string(type.plural) + " " + key.text();
    }
    static Result<Json> unused() { return failure(ErrorCode::Internal, "not used by the cli"); }
};

class FixedClock final : public Clock {
  public:
    Instant now() const override { return time; }
    Instant time = *parse_instant("2026-01-31T12:00:00Z");
};

struct FakeCluster {
    FakeApi api;
    FixedClock clock;
    std::map<std::string, std::string> texts; // by path; others are not found
    std::string away; // what stands behind paths that begin so does not answer; empty: all do
    std::vector<std::string> asked;
    std::function<void()> while_read; // what happens while a text is read
    std::stop_source stop;
    std::chrono::milliseconds silence_max{0};
    std::optional<Error> refused; // what a dry run is answered with
    AdvisedApi advised{api};
    std::ostringstream out, err;
    Terminal terminal{out, err};

    Cluster cluster() {
        return {.api = api,
                .clock = clock,
                .name_space = "vision",
                .fetch = [this](const std::string& path) { return text(path); },
                .stream =
                    [this](const std::string& path, const k8s::ByteSink& sink, std::stop_token) {
                        const auto found = text(path);
                        return found ? sink(*found) : Status(tl::unexpected(found.error()));
                    },
                .try_create = [this](const k8s::ResourceType&, const Json& object) -> Result<Json> {
                    TRY(api.judged(object));
                    return refused ? Result<Json>(tl::unexpected(*refused)) : object;
                },
                .stop = stop.get_token()};
    }
    // As a connection makes it: errors say what to do.
    Cluster advised_cluster() {
        Cluster known = cluster();
        return {.api = advised,
                .clock = known.clock,
                .name_space = known.name_space,
                .fetch = [this](const std::string& path) -> Result<std::string> {
                    auto found = text(path);
                    return found ? std::move(found)
                                 : tl::unexpected(advised_by_cluster(std::move(found).error()));
                },
                .stream = known.stream,
                .try_create = known.try_create,
                .stop = known.stop,
                .silence_max = silence_max};
    }
    // What `pedigree WORDS...` does; what is wrong with the words stands in err.
    Result<ExitCode> run(const std::vector<std::string>& words) {
        const Parsed parsed = parse_arguments("pedigree", words, all_commands());
        if (!parsed.invocation) {
            (parsed.code == ExitCode::Ok ? out : err) << parsed.text;
            return parsed.code;
        }
        const Cluster known = advised_cluster();
        return parsed.invocation->command.perform(
            {terminal, stop.get_token(), [&]() -> Result<const Cluster*> { return &known; }});
    }
    Result<std::string> text(const std::string& path) {
        asked.push_back(path);
        if (api.broken) {
            return tl::unexpected(*api.broken);
        }
        if (while_read) {
            while_read();
        }
        if (!away.empty() && path.starts_with(away)) {
            return failure(ErrorCode::Unavailable, "the server answered 503");
        }
        const auto found = texts.find(path);
        return found == texts.end() ? Result<std::string>(failure(ErrorCode::NotFound, path))
                                    : found->second;
    }
};

struct ExperimentState {
    std::string name = "mnist-1";
    std::string phase;
    std::string reason;
    std::string message;
    std::int64_t attempts = 0;
};

// An Experiment as the API server shows it; the phases that are ends have their conditions.
inline Json experiment_object(const ExperimentState& state) {
    Json status = {{"phase", state.phase},
                   {"reason", state.reason},
                   {"message", state.message},
                   {"attempts", state.attempts},
                   {"conditions", Json::array()}};
    const bool succeeded = state.phase == "Succeeded";
    if (succeeded || state.phase == "Failed" || state.phase == "Cancelled") {
        status["conditions"] = {
            {{"type", "Succeeded"}, {"status", succeeded ? "True" : "False"}},
            {{"type", "Finished"}, {"status", "True"}},
        };
    }
    return {{"apiVersion", records::api_version},
            {"kind", "Experiment"},
            {"metadata",
             {{"name", state.name},
              {"namespace", "vision"},
              {"uid", "uid-" + state.name},
              {"resourceVersion", "7"},
              {"creationTimestamp", "2026-01-31T11:55:00Z"}}},
            {"spec", {{"project", "mnist"}}},
            {"status", status}};
}

} // namespace pedigree::cli
