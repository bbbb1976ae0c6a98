#pragma once
// ClusterDouble stands for an API server on which pedigree is installed and well: objects by their
// paths, texts by theirs, and what is refused. A test takes away or breaks what it is about. It
// records what was asked, so that a test can say what was not. Plain values; one thread.

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
#include "cli/doctor/checks.h"
#include "cli/doctor/look.h"

namespace pedigree::cli {

class PathApi final : public k8s::Api {
  public:
    std::map<std::string, Json> objects; // by path
    std::set<std::string> refused;       // what begins so is forbidden: "/api/v1/nodes"
    std::vector<std::string> asked;
    std::set<std::string> denied; // "create experiments": what a review of access says no to
    bool reviews_of_others = true;
    std::string server_time = "2026-01-31T12:00:00Z";
    std::function<void(const std::string& path)> after_get; // what happens then

    Status permitted(const std::string& verb, const std::string& path) {
        asked.push_back(verb + " " + path);
        for (const std::string& prefix : refused) {
            if (path.starts_with(prefix)) {
                return failure(ErrorCode::Forbidden, path + " is forbidden to you");
            }
        }
        return {};
    }
    Result<Json> get(const k8s::ResourceType& type, const k8s::ObjectKey& key) override {
        const std::string path = type.path(key.name_space, key.name);
        TRY(permitted("get", path));
        const auto found = objects.find(path);
        Result<Json> answer = found == objects.end()
                                  ? Result<Json>(failure(ErrorCode::NotFound, path + " not found"))
                                  : found->second;
        if (after_get) {
            after_get(path);
        }
        return answer;
    }
    Result<k8s::ObjectList> list(const k8s::ResourceType& type,
                                 const k8s::ListOptions& options) override {
        const std::string path = type.path(options.name_space);
        TRY(permitted("list", path));
        k8s::ObjectList list;
        for (const auto& [where, object] : objects) {
            if (where.starts_with(path + "/")) {
                list.items.push_back(std::make_shared<const Json>(object));
            }
        }
        return list;
    }
    Result<Json> create(const k8s::ResourceType& type, const Json& object) override {
        TRY(permitted("create", type.path(k8s::key_of(object).name_space)));
        if (type.kind == "SelfSubjectReview") {
            return Json{{"metadata", {{"creationTimestamp", server_time}}},
                        {"status", {{"userInfo", {{"username", "ann@example.com"}}}}}};
        }
        const bool others = type.kind == "SubjectAccessReview";
        if (others && !reviews_of_others) {
            return failure(ErrorCode::Forbidden, "you may not create subjectaccessreviews");
        }
        const Json& question = at_path(object, {"spec", "resourceAttributes"});
        const std::string text =
            fmt::format("{}{} {}", others ? "operator: " : "", string_or(question, "verb"),
                        string_or(question, "resource"));
        return Json{{"status", {{"allowed", !denied.contains(text)}}}};
    }
    Result<Json> replace(const k8s::ResourceType&, const Json&) override { return changes(); }
    Result<Json> patch(const k8s::ResourceType&, const k8s::ObjectKey&, k8s::PatchKind, const Json&,
                       const k8s::PatchOptions&) override {
        return changes();
    }
    Status remove(const k8s::ResourceType&, const k8s::ObjectKey&,
                  const k8s::DeleteOptions&) override {
        return tl::unexpected(changes().error());
    }
    Status watch(const k8s::ResourceType&, const k8s::WatchOptions&, const k8s::ByteSink&,
                 std::stop_token) override {
        return tl::unexpected(changes().error());
    }
    Status pod_log(const k8s::ObjectKey&, const k8s::LogOptions&, const k8s::ByteSink&,
                   std::stop_token) override {
        return tl::unexpected(changes().error());
    }

  private:
    static Result<Json> changes() {
        return failure(ErrorCode::Internal, "doctor looks, and changes nothing");
    }
};

struct DoubleClock final : Clock {
    Instant time = *parse_instant("2026-01-31T12:00:00.4Z");
    Instant now() const override { return time; }
};

struct ClusterDouble {
    PathApi api;
    DoubleClock clock;
    std::map<std::string, std::string> texts; // by path
    std::optional<Error> away;                // what every call of the server is answered with
    std::set<std::string> secrets;            // "pedigree-system/pedigree-database": they are there
    std::vector<std::chrono::milliseconds> pauses;
    AdvisedApi advised{api};
    std::ostringstream out, err;
    Terminal terminal{out, err};

    ClusterDouble();

    Cluster cluster() {
        return {.api = advised,
                .clock = clock,
                .name_space = "vision",
                .fetch = [this](const std::string& path) { return text(path); },
                .stream =
                    [this](const std::string& path, const k8s::ByteSink& sink, std::stop_token) {
                        const auto found = text(path);
                        return found ? sink(*found) : Status(tl::unexpected(found.error()));
                    },
                .try_create = [this](const k8s::ResourceType& type,
                                     const Json& object) -> Result<Json> {
                    const k8s::ObjectKey key = k8s::key_of(object);
                    TRY(api.permitted("judge", type.path(key.name_space, key.name)));
                    return secrets.contains(key.text())
                               ? Result<Json>(failure(ErrorCode::AlreadyExists, "already exists"))
                               : object;
                },
                .stop = {}};
    }
    Result<std::string> text(const std::string& path) {
        if (away) {
            return tl::unexpected(advised_by_cluster(*away));
        }
        TRY(api.permitted("get", path));
        const auto found = texts.find(path);
        return found == texts.end()
                   ? Result<std::string>(failure(ErrorCode::NotFound, path + " not found"))
                   : found->second;
    }
    std::vector<Check> checks(bool before_install = false) {
        const auto pause = [this](std::chrono::milliseconds time) { pauses.push_back(time); };
        return examined(look(cluster(), {"pedigree-system", before_install, pause}));
    }
    // The verdict and the sentence of a check, "finding: it is not there"; of several those with a
    // finding first. Empty: nobody made it.
    std::string said(const std::string& name, const std::string& about = "") {
        std::string words;
        for (const Check& check : checks()) {
            if (check.name == name && (about.empty() || check.about == about) &&
                (words.empty() || check.verdict == Verdict::Finding)) {
                words = fmt::format("{}: {}", to_string(check.verdict), check.message);
            }
        }
        return words;
    }
    std::string fix_of(const std::string& name) {
        for (const Check& check : checks()) {
            if (check.name == name) {
                return check.fix;
            }
        }
        return "";
    }
    // What `pedigree WORDS...` does.
    Result<ExitCode> run(const std::vector<std::string>& words) {
        const Parsed parsed = parse_arguments("pedigree", words, all_commands());
        if (!parsed.invocation) {
            err << parsed.text;
            return parsed.code;
        }
        const Cluster known = cluster();
        return parsed.invocation->command.perform(
            {terminal, {}, [&]() -> Result<const Cluster*> { return &known; }});
    }
    Json& object(const std::string& path) { return api.objects.at(path); }
    void take(const std::string& path) { api.objects.erase(path); }
};

namespace paths {
constexpr const char* crd =
    "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/experiments.pedigree.dev";
constexpr const char* api_service =
    "/apis/apiregistration.k8s.io/v1/apiservices/v1alpha1.lineage.pedigree.dev";
constexpr const char* policies =
    "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies/";
constexpr const char* bindings =
    "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings/";
constexpr const char* deployment =
    "/apis/apps/v1/namespaces/pedigree-system/deployments/pedigree-operator";
constexpr const char* pod = "/api/v1/namespaces/pedigree-system/pods/pedigree-operator-a";
constexpr const char* lease =
    "/apis/coordination.k8s.io/v1/namespaces/pedigree-system/leases/pedigree-operator";
constexpr const char* configuration =
    "/api/v1/namespaces/pedigree-system/configmaps/pedigree-config";
constexpr const char* name_space = "/api/v1/namespaces/vision";
constexpr const char* quota = "/api/v1/namespaces/vision/resourcequotas/team";
constexpr const char* limit_range = "/api/v1/namespaces/vision/limitranges/team";
constexpr const char* node = "/api/v1/nodes/n1";
constexpr const char* lineage = "/apis/lineage.pedigree.dev/v1alpha1";
constexpr const char* experiments = "/apis/pedigree.dev/v1alpha1";
} // namespace paths

} // namespace pedigree::cli
