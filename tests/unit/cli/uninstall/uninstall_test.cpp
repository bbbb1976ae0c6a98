#include <gmock/gmock.h>

#include "base/file.h"
#include "cli/uninstall/removal.h"
#include "tests/checkout/checkout.h"
#include "tests/unit/cli/fake_cluster.h"

namespace pedigree::cli {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr const char* kind_of_experiments = "/apis/pedigree.dev/v1alpha1/namespaces/";

// An API server as far as deletions go: an object with a finalizer stays until it is taken off, a
// CRD until its objects have gone.
class DeletingApi final : public k8s::Api {
  public:
    std::map<std::string, Json> objects; // by path
    std::vector<std::string> removed;    // in order
    std::string refused;                 // a path that is forbidden
    int denials = 0; // so many changes of Jobs a policy still denies after its end
    std::function<void(const std::string& path)> before_patch, before_remove;

    void put(const k8s::ResourceType& type, const k8s::ObjectKey& key,
             const Json& finalizers = {}) {
        Json metadata{{"name", key.name}, {"resourceVersion", "1"}};
        if (!key.name_space.empty()) {
            metadata["namespace"] = key.name_space;
        }
        if (!finalizers.is_null()) {
            metadata["finalizers"] = finalizers;
        }
        objects[type.path(key.name_space, key.name)] = {{"metadata", metadata}};
    }
    Result<Json> get(const k8s::ResourceType& type, const k8s::ObjectKey& key) override {
        const std::string path = type.path(key.name_space, key.name);
        if (path == refused) {
            return failure(ErrorCode::Forbidden, path + " is forbidden");
        }
        const auto found = objects.find(path);
        return found == objects.end() ? Result<Json>(failure(ErrorCode::NotFound, path))
                                      : found->second;
    }
    Result<k8s::ObjectList> list(const k8s::ResourceType& type,
                                 const k8s::ListOptions& options) override {
        const std::string all = type.path("");
        const std::string root = all.substr(0, all.rfind('/'));
        k8s::ObjectList list;
        for (const auto& [path, object] : objects) {
            const bool of_kind = path.starts_with(root) &&
                                 path.find(fmt::format("/{}/", type.plural)) != std::string::npos;
            if (of_kind && (options.name_space.empty() ||
                            k8s::key_of(object).name_space == options.name_space)) {
                list.items.push_back(std::make_shared<const Json>(object));
            }
        }
        return list;
    }
    Status remove(const k8s::ResourceType& type, const k8s::ObjectKey& key,
                  const k8s::DeleteOptions&) override {
        const std::string path = type.path(key.name_space, key.name);
        if (before_remove) {
            before_remove(path);
        }
        const auto found = objects.find(path);
        if (found == objects.end()) {
            return failure(ErrorCode::NotFound, path);
        }
        found->second["metadata"]["deletionTimestamp"] = "2026-01-31T12:00:00Z";
        settle();
        return {};
    }
    Result<Json> patch(const k8s::ResourceType& type, const k8s::ObjectKey& key, k8s::PatchKind,
                       const Json& body, const k8s::PatchOptions&) override {
        const std::string path = type.path(key.name_space, key.name);
        if (before_patch) {
            before_patch(path);
        }
        if (type == k8s::jobs && denials > 0) {
            --denials;
            return failure(ErrorCode::Forbidden, "metadata.finalizers: denied");
        }
        TRY(Json object, get(type, key));
        if (k8s::resource_version_of(object) != k8s::resource_version_of(body)) {
            return failure(ErrorCode::Conflict, "changed in between");
        }
        object.merge_patch(body);
        objects[path] = object;
        settle();
        return object;
    }
    Result<Json> create(const k8s::ResourceType&, const Json&) override { return unused(); }
    Result<Json> replace(const k8s::ResourceType&, const Json&) override { return unused(); }
    Status watch(const k8s::ResourceType&, const k8s::WatchOptions&, const k8s::ByteSink&,
                 std::stop_token) override {
        return tl::unexpected(unused().error());
    }
    Status pod_log(const k8s::ObjectKey&, const k8s::LogOptions&, const k8s::ByteSink&,
                   std::stop_token) override {
        return tl::unexpected(unused().error());
    }

  private:
    static Result<Json> unused() { return failure(ErrorCode::Internal, "not used"); }
    bool has_experiments() const {
        return std::any_of(objects.begin(), objects.end(), [](const auto& entry) {
            return entry.first.starts_with(kind_of_experiments);
        });
    }
    bool is_free(const std::string& path, const Json& object) const {
        const Json& finalizers = at_path(object, {"metadata", "finalizers"});
        const bool waits = finalizers.is_array() && !finalizers.empty();
        const bool is_crd = path.find("customresourcedefinitions") != std::string::npos;
        return k8s::is_being_deleted(object) && !waits && !(is_crd && has_experiments());
    }
    void settle() { // what goes may free what waits for it
        for (auto entry = objects.begin(); entry != objects.end();) {
            if (is_free(entry->first, entry->second)) {
                removed.push_back(entry->first.substr(entry->first.rfind('/') + 1));
                objects.erase(entry);
                entry = objects.begin();
            } else {
                ++entry;
            }
        }
    }
};

struct UninstallTest : testing::Test {
    DeletingApi api;
    FixedClock clock;
    AdvisedApi advised{api};
    std::ostringstream out, err;
    Terminal terminal{out, err};
    int pauses = 0;
    const Json ours = Json::array({records::finalizer});

    UninstallTest() {
        for (const Remaining& object : objects_before_experiments()) {
            api.put(object.type, object.key);
        }
        for (const Remaining& object : objects_after_experiments("pedigree-system")) {
            api.put(object.type, object.key);
        }
        api.put(experiments, {"vision", "mnist-1"});
        api.put(experiments, {"speech", "asr-2"}, ours);
        api.put(k8s::jobs, {"speech", "exp-1"}, ours);
    }
    Cluster cluster() {
        return {.api = advised,
                .clock = clock,
                .name_space = "vision",
                .fetch = {},
                .stream = {},
                .try_create = {},
                .stop = {}};
    }
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
    Status remove() {
        const Cluster known = cluster();
        TRY(const Remains remains, find_remains(known, "pedigree-system"));
        return remove_remains(known, remains,
                              {"pedigree-system", [&](auto) { ++pauses; }, [](auto&&) {}});
    }
    std::size_t place_of(const std::string& name) const {
        return static_cast<std::size_t>(std::find(api.removed.begin(), api.removed.end(), name) -
                                        api.removed.begin());
    }
};

TEST_F(UninstallTest, TakesAllOfItInItsOrder) {
    ASSERT_EQ(*run({"uninstall", "--everything", "--yes"}), ExitCode::Ok);
    EXPECT_THAT(api.objects, IsEmpty());
    EXPECT_EQ(place_of("v1alpha1.lineage.pedigree.dev"), 0U);
    EXPECT_LT(place_of("objects.pedigree.dev"), place_of("asr-2"));
    EXPECT_LT(place_of("exp-1"), api.removed.size());
    EXPECT_LT(place_of("asr-2"), place_of("pedigree-operator"));
    EXPECT_EQ(api.removed.back(), "pedigree-system");
    EXPECT_THAT(err.str(), HasSubstr("2 Experiments of all namespaces, and their pods\n"
                                     "    records that stay incomplete: 1 (speech/asr-2)\n"));
    EXPECT_THAT(err.str(), HasSubstr("stays:\n  the database with the history"));
    EXPECT_THAT(out.str(), HasSubstr("Namespace pedigree-system removed\n"));
}

TEST_F(UninstallTest, DoneTwiceItHasNothingToDo) {
    ASSERT_TRUE(run({"uninstall", "--everything", "--yes"}));
    err.str("");
    ASSERT_EQ(*run({"uninstall", "--everything", "--yes"}), ExitCode::Ok);
    EXPECT_EQ(err.str(), "nothing of pedigree is there\n");
}

TEST_F(UninstallTest, ANamespaceThatIsBeingDeletedIsNotToldAsRemoved) {
    api.put(k8s::config_maps, {"pedigree-system", "of-somebody"});
    api.put(k8s::namespaces, {"", "pedigree-system"}, {"kubernetes"});
    ASSERT_TRUE(run({"uninstall", "--everything", "--yes"}));
    err.str("");
    out.str("");
    ASSERT_EQ(*run({"uninstall", "--everything", "--yes"}), ExitCode::Ok);
    EXPECT_EQ(err.str(), "nothing of pedigree is there, but for its namespace, which is being "
                         "deleted\n");
    EXPECT_EQ(out.str(), "");
}

TEST_F(UninstallTest, WithoutTheWordNothingIsDone) {
    const std::size_t before = api.objects.size();
    ASSERT_EQ(*run({"uninstall"}), ExitCode::Usage);
    EXPECT_THAT(err.str(), HasSubstr("helm uninstall"));
    const auto code = run({"uninstall", "--everything"}); // nobody can be asked
    ASSERT_FALSE(code);
    EXPECT_THAT(code.error().message, HasSubstr("--yes"));
    EXPECT_EQ(api.objects.size(), before);
}

TEST_F(UninstallTest, GoesOnWhereItWasInterrupted) {
    api.refused = "/apis/pedigree.dev/v1alpha1/namespaces/speech/experiments/asr-2";
    ASSERT_FALSE(remove()); // its finalizer cannot be read, however often
    EXPECT_THAT(api.removed, Not(Contains("pedigree-system")));
    api.refused.clear();
    EXPECT_TRUE(remove());
    EXPECT_THAT(api.objects, IsEmpty());
}

TEST_F(UninstallTest, WhatMayNotBeLookedAtIsSaidBeforeAnythingGoes) {
    const std::size_t before = api.objects.size();
    api.refused = "/apis/rbac.authorization.k8s.io/v1/clusterroles/pedigree-view";
    const auto code = run({"uninstall", "--everything", "--yes"});
    ASSERT_FALSE(code);
    EXPECT_EQ(exit_code_of(code.error()), ExitCode::NotAllowed);
    EXPECT_EQ(api.objects.size(), before);
}

// API servers notice the end of a policy a moment later.
TEST_F(UninstallTest, APolicyThatStillDeniesIsWaitedFor) {
    api.denials = 3;
    EXPECT_TRUE(remove());
    EXPECT_EQ(pauses, 3);
    EXPECT_THAT(api.objects, IsEmpty());
}

TEST_F(UninstallTest, WhatChangesInBetweenIsReadAgain) {
    api.before_patch = [&](const std::string& path) {
        if (path.ends_with("asr-2") && pauses == 0) {
            api.objects[path]["metadata"]["resourceVersion"] = "2";
        }
    };
    EXPECT_TRUE(remove());
    EXPECT_EQ(pauses, 1);
}

TEST_F(UninstallTest, AFinalizerOfSomebodyElseStaysAndIsNamed) {
    api.put(experiments, {"speech", "asr-2"}, {records::finalizer, "example.com/keep"});
    const Status removed = remove();
    ASSERT_FALSE(removed);
    EXPECT_EQ(removed.error().code, ErrorCode::Timeout);
    EXPECT_THAT(removed.error().message, HasSubstr("a finalizer of somebody else"));
    const Json& left =
        api.objects.at("/apis/pedigree.dev/v1alpha1/namespaces/speech/experiments/asr-2");
    EXPECT_EQ(left["metadata"]["finalizers"], Json::array({"example.com/keep"}));
    EXPECT_THAT(api.removed, Not(Contains("pedigree-system")));
}

// Somebody creates one while the list is being worked on.
TEST_F(UninstallTest, AnExperimentThatComesLateGoesToo) {
    bool created = false;
    api.before_patch = [&](const std::string& path) {
        if (path.ends_with("exp-1") && !created) {
            created = true;
            api.put(experiments, {"vision", "late-1"}, ours);
        }
    };
    EXPECT_TRUE(remove());
    EXPECT_THAT(api.objects, IsEmpty());
}

TEST_F(UninstallTest, ANamespaceWithThingsOfOthersStays) {
    api.put({"apps", "v1", "statefulsets", "StatefulSet"}, {"pedigree-system", "postgresql"});
    ASSERT_EQ(*run({"uninstall", "--everything", "--yes"}), ExitCode::Ok);
    EXPECT_EQ(api.objects.size(), 2U); // it, and its namespace
    EXPECT_THAT(err.str(), HasSubstr("the namespace pedigree-system, which has things of others: "
                                     "StatefulSet postgresql"));
}

// The operator works until it is gone; what it makes in between would stay for ever.
TEST_F(UninstallTest, AJobThatTheOperatorMadeMeanwhileGoesToo) {
    api.before_remove = [&](const std::string& path) {
        if (path.ends_with("deployments/pedigree-operator")) {
            api.put(k8s::jobs, {"vision", "exp-late"}, ours);
        }
    };
    EXPECT_TRUE(remove());
    EXPECT_THAT(api.objects, IsEmpty());
}

// What is installed, and what goes, is the same list.
TEST_F(UninstallTest, NamesWhateverTheManifestsMake) {
    std::vector<Remaining> known = objects_before_experiments();
    for (const Remaining& object : objects_after_experiments("pedigree-system")) {
        known.push_back(object);
    }
    std::set<std::string> names;
    for (const Remaining& object : known) {
        names.insert(std::string(object.type.kind) + " " + object.key.name);
    }
    int objects = 0;
    for (const char* file :
         {"crd/experiment", "policies/experiment", "policies/objects", "base/disruption",
          "base/namespace", "base/network", "base/operator", "base/rbac", "base/secrets"}) {
        std::istringstream lines(
            read_file(checkout_path(fmt::format("manifests/{}.yaml", file))).value());
        std::string kind;
        bool in_metadata = false;
        for (std::string line; std::getline(lines, line);) {
            if (line.starts_with("kind: ")) {
                kind = line.substr(6);
            }
            if (in_metadata && line.starts_with("  name: ")) {
                EXPECT_THAT(names, Contains(kind + " " + line.substr(8))) << file;
                ++objects;
            }
            in_metadata = line.starts_with("metadata:") || (in_metadata && line.starts_with(" "));
        }
    }
    EXPECT_GT(objects, 18);
}

} // namespace
} // namespace pedigree::cli
