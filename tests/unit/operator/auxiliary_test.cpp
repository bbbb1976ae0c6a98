// Auxiliary Jobs: what runs in them, how their ends are read, and the gate that imports.

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/digest.h"
#include "base/process.h"
#include "operator/auxiliary/imports.h"
#include "operator/auxiliary/look.h"
#include "operator/auxiliary/wheel_build.h"
#include "records/names.h"
#include "tests/fakes/sample.h"
#include "tests/fakes/scratch.h"
#include "tests/unit/experiment/golden.h"

namespace pedigree::control {
namespace {

using testing::HasSubstr;
using testing::Not;

AuxiliaryDemand demand() {
    return {.name = "exp-00000000-imports-1",
            .name_space = sample::name_space,
            .experiment_uid = sample::experiment_uid,
            .experiment_name = sample::name,
            .nonce = "the-nonce",
            .image = sample::built().image,
            .pull_secrets = {"registry-pull"},
            .command = {"python3", "-c", "print('$(HOME)')"},
            .memory = "2Gi",
            .failed_reason = "ImportFailed"};
}

Json job_with(const std::string& condition, const std::string& reason) {
    Json job = build_auxiliary_job(demand());
    job["status"]["conditions"] =
        Json::array({{{"type", condition}, {"status", "True"}, {"reason", reason}}});
    return job;
}

Json pod_that_ended(std::int64_t exit_code, const std::string& reason, const std::string& said) {
    return {{"metadata", {{"name", "pod"}}},
            {"status",
             {{"phase", "Failed"},
              {"containerStatuses",
               Json::array(
                   {{{"state",
                      {{"terminated",
                        {{"exitCode", exit_code}, {"reason", reason}, {"message", said}}}}}}})}}}};
}

records::work::WorkFailure failure_of(const Json& job, const Json& pod) {
    const AuxiliaryLook look = judge_auxiliary(demand(), job, pod);
    const auto* failed = std::get_if<records::work::WorkFailure>(&look);
    return failed == nullptr ? records::work::WorkFailure{FailureClass::None, "", ""} : *failed;
}

TEST(AuxiliaryJob, IsAsItWasReviewed) {
    experiment::expect_golden(build_auxiliary_job(demand()), "auxiliary.json");
}

// It runs what strangers wrote: no Secret and no token is in its reach.
TEST(AuxiliaryJob, HasNoCredential) {
    const std::string pod =
        at_path(build_auxiliary_job(demand()), {"spec", "template", "spec", "volumes"}).dump() +
        at_path(build_auxiliary_job(demand()), {"spec", "template", "spec", "containers"}).dump();
    EXPECT_THAT(pod, Not(HasSubstr("secret")));
    EXPECT_THAT(pod, Not(HasSubstr("serviceAccountToken")));
}

TEST(AuxiliaryJob, EndsWell) {
    const auto look = judge_auxiliary(demand(), job_with("Complete", "CompletionsReached"), Json());
    EXPECT_TRUE(std::holds_alternative<AuxiliarySucceeded>(look));
}

TEST(AuxiliaryJob, TellsTheLastLinesOfAFailure) {
    const std::string traceback = std::string(900, 'x') + "\nImportError: libfoo.so.1\n";
    const auto failed = failure_of(job_with("Failed", "BackoffLimitExceeded"),
                                   pod_that_ended(1, "Error", traceback));
    EXPECT_EQ(failed.failure_class, FailureClass::Configuration);
    EXPECT_EQ(failed.reason, "ImportFailed");
    EXPECT_EQ(failed.message, "ImportError: libfoo.so.1");
}

TEST(AuxiliaryJob, SaysThatMemoryWasShort) {
    EXPECT_THAT(
        failure_of(job_with("Failed", "BackoffLimitExceeded"), pod_that_ended(137, "OOMKilled", ""))
            .message,
        HasSubstr("more memory than 2Gi"));
}

// The same exit code, but the cluster took the pod: that says nothing about the imports.
TEST(AuxiliaryJob, BlamesTheClusterForALostNode) {
    Json pod = pod_that_ended(137, "Error", "");
    pod["status"]["conditions"] = Json::array({{{"type", "DisruptionTarget"}, {"status", "True"}}});
    const Json job = job_with("Failed", "BackoffLimitExceeded");
    EXPECT_EQ(failure_of(job, pod).failure_class, FailureClass::Infrastructure);
    Json evicted = pod_that_ended(137, "Error", "");
    evicted["status"]["reason"] = "Evicted";
    EXPECT_EQ(failure_of(job, evicted).failure_class, FailureClass::Infrastructure);
    Json deleted = pod_that_ended(137, "Error", "");
    deleted["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z";
    EXPECT_EQ(failure_of(job, deleted).failure_class, FailureClass::Infrastructure);
    EXPECT_EQ(failure_of(job, Json()).failure_class, FailureClass::Infrastructure);
    EXPECT_EQ(failure_of(job_with("Failed", "DeadlineExceeded"), Json()).reason,
              "AuxiliaryDeadline");
}

TEST(AuxiliaryJob, IsNotTakenFromAnother) {
    Json job = job_with("Complete", "CompletionsReached");
    for (const char* nonce : {"", "guessed"}) { // whatever else it says
        job["metadata"]["annotations"][records::intent_annotation] = nonce;
        EXPECT_EQ(failure_of(job, Json()).reason, "JobNameTaken");
        EXPECT_EQ(failure_of(job, Json()).failure_class, FailureClass::Infrastructure);
    }
}

// Whoever may change a pod's image could have a wheel of his own put into everybody's image.
TEST(AuxiliaryJob, IsNotBelievedWhenItRanAnotherImage) {
    const std::string asked = sample::built().image_digest;
    const std::string config = sample::built().config_digest;
    AuxiliaryDemand known = demand(), base = demand();
    known.image_digests = {config};
    known.all_digests_known = true;
    const auto reason = [](const AuxiliaryDemand& wanted, const std::string& image_id,
                           const char* end) {
        Json pod = pod_that_ended(1, "Error", "no module");
        pod["status"]["containerStatuses"][0]["imageID"] = image_id;
        const auto look = judge_auxiliary(wanted, job_with(end, "x"), pod);
        const auto* failed = std::get_if<records::work::WorkFailure>(&look);
        return failed == nullptr ? std::string() : failed->reason;
    };
    for (const AuxiliaryDemand& wanted : {known, base}) {
        for (const char* end : {"Complete", "Failed"}) {
            const std::string well = std::string(end) == "Complete" ? "" : "ImportFailed";
            EXPECT_EQ(reason(wanted, "elsewhere.example.com/x@" + asked, end), well);
            EXPECT_EQ(reason(wanted, "", end), well);
            EXPECT_EQ(reason(wanted, "registry.example.com/x@" + sample::digest_of("evil"), end),
                      "ImageDiffers");
        }
        EXPECT_EQ(reason(wanted, config, "Complete"), "");
    }
    EXPECT_EQ(reason(known, sample::digest_of("evil"), "Complete"), "ImageDiffers");
    EXPECT_EQ(reason(base, sample::digest_of("evil"), "Complete"), ""); // its configuration, maybe
}

// It ended well, and what it ran the node did not say, or said in words that nobody can compare.
TEST(AuxiliaryJob, SaysThatItIsNotKnownWhatItRan) {
    AuxiliaryDemand known = demand(), base = demand();
    known.image_digests = {sample::built().config_digest};
    known.all_digests_known = true;
    const auto unread = [](const AuxiliaryDemand& wanted, const Json& pod) {
        const auto look = judge_auxiliary(wanted, job_with("Complete", "x"), pod);
        const auto* well = std::get_if<AuxiliarySucceeded>(&look);
        EXPECT_NE(well, nullptr);
        return well != nullptr && well->image_unread;
    };
    const auto pod = [](const std::string& image_id) {
        Json ended = pod_that_ended(0, "Completed", "");
        ended["status"]["containerStatuses"][0]["imageID"] = image_id;
        return ended;
    };
    EXPECT_FALSE(unread(known, pod("x.example.com/x@" + sample::built().image_digest)));
    EXPECT_FALSE(unread(known, pod(sample::built().config_digest)));
    for (const Json& silent : {pod(""), pod("docker://latest"), Json()}) {
        EXPECT_TRUE(unread(known, silent)) << silent;
    }
    EXPECT_TRUE(unread(base, pod(sample::digest_of("its configuration, maybe"))));
}

TEST(AuxiliaryJob, TellsWhatItWaitsFor) {
    const Json pod{
        {"status",
         {{"containerStatuses",
           Json::array(
               {{{"state", {{"waiting", {{"reason", "ErrImagePull"}, {"message", "no"}}}}}}})}}}};
    const auto look = judge_auxiliary(demand(), build_auxiliary_job(demand()), pod);
    ASSERT_TRUE(std::holds_alternative<AuxiliaryRuns>(look));
    EXPECT_EQ(std::get<AuxiliaryRuns>(look).waiting, "ErrImagePull: no");
}

TEST(ImportsKey, KnowsBaseAndWheelsButNotTheCode) {
    const auto built = sample::built();
    auto other = built;
    other.image_digest = sample::digest_of("other code");
    EXPECT_EQ(imports_key(other), imports_key(built));
    other.base_digest = sample::digest_of("other base");
    EXPECT_NE(imports_key(other), imports_key(built));
    other = built;
    other.wheels.push_back({"six", "1.16.0", "six.whl", sample::digest_of("six")});
    EXPECT_NE(imports_key(other), imports_key(built));
    const std::string key = imports_key(other);
    std::swap(other.wheels[0], other.wheels[1]); // their order says nothing
    EXPECT_EQ(imports_key(other), key);
}

// The script as the pod runs it, with a distribution of the given files beside it.
ProcessResult import_with(const std::map<std::string, std::string>& files) {
    const Scratch site;
    site.write("thing-1.0.dist-info/METADATA",
               "Metadata-Version: 2.1\nName: thing\nVersion: 1.0\n");
    for (const auto& [name, bytes] : files) {
        site.write(name, bytes);
    }
    records::work::BuildImageOutcome built;
    built.wheels = {{"thing", "1.0", "thing.whl", ""}};
    built.base_inventory = R"({"scheme":{"interpreter":"/usr/bin/python3"}})";
    const auto result = run_process(
        {.argv = imports_command(built),
         .environment = {{"PYTHONPATH", site.path().string()}, {"PYTHONDONTWRITEBYTECODE", "1"}}});
    EXPECT_TRUE(result) << result.error().message;
    return result ? *result : ProcessResult{.exit_code = -1};
}

const std::string record = "thing-1.0.dist-info/RECORD";

TEST(ImportsScript, ImportsWhatADistributionBrings) {
    const auto done = import_with({{record, "thing/__init__.py,,\n_private/__init__.py,,\n"
                                            "tests/__init__.py,,\nother.py,,\n../../bin/x,,\n"},
                                   {"thing/__init__.py", ""},
                                   {"_private/__init__.py", "raise RuntimeError()"},
                                   {"tests/__init__.py", "raise RuntimeError()"},
                                   {"other.py", ""}});
    EXPECT_TRUE(done.succeeded()) << done.error_output;
    EXPECT_THAT(done.output, HasSubstr("imported 2 modules"));
}

TEST(ImportsScript, EndsWithTheTraceback) {
    const auto done = import_with({{"thing-1.0.dist-info/top_level.txt", "thing\n"},
                                   {record, ""},
                                   {"thing/__init__.py", "import not_there"}});
    EXPECT_FALSE(done.succeeded());
    EXPECT_THAT(done.error_output, HasSubstr("No module named 'not_there'"));
    EXPECT_THAT(done.error_output, HasSubstr("import thing, of thing, failed"));
}

TEST(ImportsScript, JudgesNeitherDriversNorLogins) {
    for (const std::string body :
         {"raise ImportError('libcuda.so.1: cannot open shared object file')",
          "raise SystemExit(3)", "open('/login/that/is/not/there')"}) {
        EXPECT_TRUE(import_with({{record, "thing.py,,\n"}, {"thing.py", body}}).succeeded())
            << body;
    }
}

// A source distribution beside a build backend of ours, as the pod meets them.
struct WheelBuild {
    Scratch place;
    records::work::SourceDistribution source{"thing", "1.0", "thing-1.0.tar.gz", {}, ""};

    explicit WheelBuild(const std::string& backend) {
        place.write("site/backend.py", backend);
        place.write("thing-1.0/pyproject.toml", "[build-system]\nbuild-backend = 'backend'\n");
        const auto packed =
            run_process({.argv = {"/usr/bin/tar", "czf", "thing-1.0.tar.gz", "thing-1.0"},
                         .environment = {{"PATH", "/usr/bin:/bin"}},
                         .working_directory = place.path()});
        EXPECT_TRUE(packed && packed->succeeded());
        std::filesystem::create_directory(place.path() / "work");
        source.digest = sha256(place.read("thing-1.0.tar.gz"));
        source.url = "file://" + (place.path() / "thing-1.0.tar.gz").string();
    }
    // The limits are the last two arguments.
    ProcessResult run(const std::string& source_max = "", const std::string& wheel_max = "") const {
        auto argv = wheel_command(source, R"({"scheme":{"interpreter":"/usr/bin/python3"}})", "");
        argv.rbegin()[1] = source_max.empty() ? argv.rbegin()[1] : source_max;
        argv.back() = wheel_max.empty() ? argv.back() : wheel_max;
        const auto result =
            run_process({.argv = argv,
                         .environment = {{"PYTHONPATH", (place.path() / "site").string()}},
                         .working_directory = place.path() / "work"});
        EXPECT_TRUE(result) << result.error().message;
        return result ? *result : ProcessResult{.exit_code = -1};
    }
};

constexpr const char* good_backend = R"(
def build_wheel(folder):
    print("building")
    open(folder + "/thing-1.0-py3-none-any.whl", "wb").write(b"PK" * 1000)
    return "thing-1.0-py3-none-any.whl"
)";

TEST(WheelScript, BringsTheWheelBackInTheLog) {
    const auto done = WheelBuild(good_backend).run();
    ASSERT_TRUE(done.succeeded()) << done.error_output;
    const auto wheel = wheel_in_log(done.output);
    ASSERT_TRUE(wheel) << wheel.error().message;
    EXPECT_EQ(wheel->file_name, "thing-1.0-py3-none-any.whl");
    const auto bytes = from_base64(wheel->content);
    ASSERT_TRUE(bytes);
    EXPECT_EQ(bytes->size(), 2000U);
}

TEST(WheelScript, RunsNothingOfAnotherFileThanTheLockedOne) {
    WheelBuild build("raise SystemExit('it ran')");
    build.source.digest = sha256("another");
    const auto done = build.run();
    EXPECT_FALSE(done.succeeded());
    EXPECT_THAT(done.error_output, HasSubstr("another file than the one locked"));
}

TEST(WheelScript, TakesAndGivesNoMoreThanItMay) {
    EXPECT_THAT(WheelBuild(good_backend).run("10").error_output,
                HasSubstr("the source distribution is larger than 10 bytes"));
    const auto done = WheelBuild(good_backend).run("", "1999");
    EXPECT_THAT(done.error_output, HasSubstr("whl is larger than 1999 bytes"));
    EXPECT_THAT(done.output, Not(HasSubstr("BEGIN WHEEL")));
    EXPECT_TRUE(WheelBuild(good_backend).run("", "2000").succeeded());
}

TEST(WheelScript, ShowsWhyItCannotBeBuilt) {
    const auto done = WheelBuild("import imp_that_is_gone").run();
    EXPECT_FALSE(done.succeeded());
    EXPECT_THAT(done.error_output, HasSubstr("imp_that_is_gone"));
}

TEST(WheelInLog, IsWholeOrNot) {
    EXPECT_FALSE(wheel_in_log("no wheel"));
    EXPECT_FALSE(wheel_in_log("-----BEGIN WHEEL x.whl-----\nQUJD\n"));
    EXPECT_FALSE(wheel_in_log("-----BEGIN WHEEL -----END WHEEL-----\nQUJD\n"));
    const std::string long_name(300, 'x');
    EXPECT_FALSE(
        wheel_in_log("-----BEGIN WHEEL " + long_name + "-----\nQUJD\n-----END WHEEL-----"));
    // Lines that the setup code printed do not matter: the last is ours.
    const auto wheel =
        wheel_in_log("-----BEGIN WHEEL y.whl-----\n-----BEGIN WHEEL x.whl-----\nQU\nJD\n"
                     "-----END WHEEL-----\n");
    ASSERT_TRUE(wheel);
    EXPECT_EQ(wheel->file_name, "x.whl");
    EXPECT_EQ(wheel->content, "QUJD");
}

AuxiliaryDemand wheel_demand() {
    AuxiliaryDemand wheel = demand();
    wheel.name = "exp-00000000-wheel-7c35c542-1";
    wheel.reads_url = "http://10.88.0.1:8081/files/pathtools-0.1.2.tar.gz";
    return wheel;
}

// Enforced where the cluster's network does so; the development bridge does not.
TEST(NetworkPolicy, OpensTheIndexAndNamesAlone) {
    experiment::expect_golden(build_network_policy(wheel_demand()), "auxiliary-network.json");
    AuxiliaryDemand named = wheel_demand();
    named.reads_url = "https://index.example.com/files/x.tar.gz";
    const Json rule = at_path(build_network_policy(named), {"spec", "egress"})[0];
    EXPECT_EQ(rule, (Json{{"ports", Json::array({{{"protocol", "TCP"}, {"port", 443}}})}}));
}

// Imports need no network: both ways are named as types and neither is opened.
TEST(NetworkPolicy, ClosesTheGate) {
    experiment::expect_golden(build_network_policy(demand()), "imports-network.json");
}

} // namespace
} // namespace pedigree::control
