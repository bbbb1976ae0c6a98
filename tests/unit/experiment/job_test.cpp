// The Job of an attempt against a golden document: any change of what runs in users' pods shows in
// a review.

#include "experiment/job/job.h"

#include <algorithm>
#include <map>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/digest.h"
#include "pipeline/plan/command.h"
#include "pipeline/spec/parse.h"
#include "records/names.h"
#include "records/pod/config.h"
#include "tests/fakes/sample.h"
#include "tests/unit/experiment/golden.h"

namespace pedigree::experiment {
namespace {

using testing::HasSubstr;
using testing::Not;

struct Demanded {
    ExperimentRow experiment;
    std::vector<AttemptRow> attempts;
    std::map<std::string, std::string> tags{{"pedigree.attempt", records::pod::pod_uid_reference},
                                            {"pedigree.trial", "1"}};
    spec::ExperimentSpec spec = *spec::parse(sample::experiment()["spec"]);

    Demanded() {
        experiment.uid = sample::experiment_uid;
        experiment.name_space = sample::name_space;
        experiment.name = sample::name;
        experiment.project = "mnist";
        experiment.commit = sample::commit;
        experiment.image = sample::built().image;
        experiment.tracker_experiment_id = "7";
        experiment.parent_run_id = "parent-run";
        AttemptRow attempt;
        attempt.job_name = records::job_name(experiment.uid, 1, 1);
        attempt.memory = "2Gi";
        attempt.store_prefix = "records/namespaces/vision/";
        attempts = {attempt};
    }
    JobDemand demand() const {
        return {.experiment = experiment,
                .attempt = attempts.back(),
                .earlier_attempts = attempts,
                .spec = spec,
                .nonce = "the-nonce",
                .run_tags = tags,
                .platform = sample::configuration().effective(sample::name_space),
                .operator_url = "https://pedigree.pedigree-system.svc:9443",
                .operator_ca_pem = "PEM"};
    }
    Json job() const { return build_job(demand()); }
};

TEST(Job, IsTheGoldenOneForACompleteSpec) {
    expect_golden(Demanded().job(), "complete.json");
}

TEST(Job, IsTheGoldenOneForASmallSpec) {
    Demanded demanded;
    demanded.spec.inputs.clear();
    demanded.spec.mlflow.reset();
    demanded.spec.resources.gpu_count = 0;
    demanded.spec.outputs.clear();
    demanded.experiment.parent_run_id.clear();
    expect_golden(demanded.job(), "small.json");
}

// The operator pushes to one name of the registry; nodes may know it by another.
TEST(Job, PullsByTheNodesNameOfTheRegistry) {
    const Demanded demanded;
    JobDemand demand = demanded.demand();
    const std::string image = demand.experiment.image;
    const std::string host = image.substr(0, image.find('/'));
    demand.platform.registry.host = host;
    demand.platform.registry.pull_host = "nodes.example.com";
    const Json job = build_job(demand);
    EXPECT_EQ(job["spec"]["template"]["spec"]["containers"][0]["image"],
              "nodes.example.com" + image.substr(host.size()));
    EXPECT_THAT(demand.experiment.image,
                HasSubstr(host)); // the record has the name it was pushed by
}

// Whoever may write ConfigMaps could put another one into its place: the Job says which it means.
TEST(Job, NamesTheDigestOfWhatItsPodReads) {
    const Demanded demanded;
    const Json configuration = build_configuration(demanded.demand());
    expect_golden(configuration, "configuration.json");
    const std::string digest = sha256(configuration["data"]["pod.json"].get<std::string>()).text();
    const Json job = demanded.job();
    const Json& pod = job["spec"]["template"]["spec"];
    for (const Json& container : pod["initContainers"]) {
        EXPECT_THAT(container["command"].dump(),
                    HasSubstr("\"--configuration-digest\",\"" + digest + "\""));
    }
    EXPECT_EQ(configuration["metadata"]["name"], job["metadata"]["name"]);
    // The launcher looks at it, too; the script may read it, as whoever may read ConfigMaps can.
    EXPECT_THAT(pod["containers"][0]["command"].dump(),
                HasSubstr("\"--configuration-digest\",\"" + digest + "\""));
    for (const Json& mount : pod["containers"][0]["volumeMounts"]) {
        EXPECT_TRUE(mount["name"] != "configuration" || mount["readOnly"] == true);
    }
    EXPECT_THAT(configuration.dump(), Not(HasSubstr("CANARY")));
}

// 40 parameters of 4,000 characters were more than one environment variable may hold.
TEST(Job, StaysSmallWhateverTheParametersAre) {
    Demanded demanded;
    for (int i = 0; i < 40; ++i) {
        demanded.spec.parameters["p" + std::to_string(i)] = std::string(4000, 'x');
    }
    const Json job = demanded.job();
    const Json& pod = job["spec"]["template"]["spec"];
    constexpr std::size_t string_bytes_max = 128 * 1024; // Linux, MAX_ARG_STRLEN
    for (const char* kind : {"initContainers", "containers"}) {
        for (const Json& container : pod[kind]) {
            for (const Json& variable : container["env"]) {
                EXPECT_LT(string_or(variable, "value").size(), string_bytes_max);
            }
        }
    }
    EXPECT_GT(pod_config_json(demanded.demand()).size(), string_bytes_max);
}

TEST(Job, HidesCredentialsTokenAndJournalFromTheScript) {
    const Json job = Demanded().job();
    const Json& pod = job["spec"]["template"]["spec"];
    for (const Json& mount : pod["containers"][0]["volumeMounts"]) {
        const std::string volume = mount["name"];
        EXPECT_FALSE(volume.starts_with("secret-")) << volume;
        EXPECT_NE(volume, "token");
        EXPECT_NE(volume, "journal");
    }
    EXPECT_EQ(pod["automountServiceAccountToken"], false);
    EXPECT_THAT(job.dump(), Not(HasSubstr("CANARY")));
}

// k8s.io/apimachinery/pkg/util/validation: IsDNS1123Label.
bool is_volume_name(const std::string& name) {
    return !name.empty() && name.size() <= 63 &&
           name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == name.npos &&
           name.front() != '-' && name.back() != '-';
}

TEST(Job, NamesVolumesLegallyWhateverTheyMount) {
    Demanded demanded;
    const std::string longest(253, 's');
    demanded.spec.mlflow->secret_name = "team.mlflow.v2";
    demanded.spec.inputs.resize(1);
    demanded.spec.inputs[0].name = std::string(63, 'a');
    demanded.spec.inputs[0].uri = "volume://case-data/first";
    demanded.spec.inputs[0].secret_name = longest;
    demanded.spec.inputs.push_back(demanded.spec.inputs[0]);
    demanded.spec.inputs[1].name = "other";
    demanded.spec.inputs[1].mount_path = "/inputs/other";
    demanded.spec.inputs[1].uri = "volume://case-data/second";
    const Json job = demanded.job();
    const Json& pod = job["spec"]["template"]["spec"];
    std::set<std::string> volumes;
    for (const Json& volume : pod["volumes"]) {
        const std::string name = volume["name"];
        EXPECT_TRUE(is_volume_name(name)) << name;
        EXPECT_TRUE(volumes.insert(name).second) << name << " twice";
    }
    for (const char* kind : {"initContainers", "containers"}) {
        for (const Json& container : pod[kind]) {
            std::set<std::string> paths;
            for (const Json& mount : container["volumeMounts"]) {
                EXPECT_TRUE(paths.insert(mount["mountPath"]).second) << mount["mountPath"];
                EXPECT_TRUE(volumes.contains(mount["name"])) << mount["name"];
            }
        }
    }
    EXPECT_THAT(job.dump(), HasSubstr("/credentials/" + longest));
    EXPECT_THAT(job.dump(), HasSubstr("/credentials/team.mlflow.v2"));
}

std::string value_of(const Json& container, const std::string& name) {
    std::string found;
    for (const Json& variable : container["env"]) {
        if (variable["name"] == name) {
            EXPECT_EQ(found, "") << name << " twice";
            found = string_or(variable, "value");
        }
    }
    return found;
}

TEST(Job, HasWhatTrackersPutIntoItsEnvironmentAndTheSpecsOwnVariablesWin) {
    Demanded demanded;
    demanded.spec.parameters["mode"] = std::string("offline");
    demanded.spec.parameters_as.environment["mode"] = "WANDB_MODE";
    JobDemand demand = demanded.demand();
    demand.environment = {{"WANDB_BASE_URL", "http://127.0.0.1:5000/$(HOME)"},
                          {"WANDB_MODE", "online"}};
    const Json job = build_job(demand);
    const Json& pod = job["spec"]["template"]["spec"];
    EXPECT_EQ(value_of(pod["containers"][0], "WANDB_BASE_URL"), "http://127.0.0.1:5000/$$(HOME)");
    EXPECT_EQ(value_of(pod["containers"][0], "WANDB_MODE"), "offline");
    for (const Json& container : pod["initContainers"]) {
        EXPECT_EQ(value_of(container, "WANDB_BASE_URL"), "");
    }
}

// A quota on limits wants one of every container.
TEST(Job, LimitsEachContainer) {
    const Json job = Demanded().job();
    const Json& pod = job["spec"]["template"]["spec"];
    for (const char* kind : {"initContainers", "containers"}) {
        for (const Json& container : pod[kind]) {
            for (const char* bound : {"requests", "limits"}) {
                EXPECT_TRUE(container["resources"][bound].contains("cpu")) << container["name"];
                EXPECT_TRUE(container["resources"][bound].contains("memory")) << container["name"];
            }
        }
    }
}

// What the kubelet makes of a command's word or a variable's value: "$$" is a dollar, "$(NAME)" a
// variable's value where it is known and itself where not; a dollar before anything else is one.
std::string as_the_kubelet_reads(std::string_view text) {
    std::string read;
    while (!text.empty()) {
        const std::size_t closed = text.starts_with("$(") ? text.find(')') : text.npos;
        if (text.starts_with("$$")) {
            read += '$';
            text.remove_prefix(2);
        } else if (closed != text.npos) {
            const std::string_view name = text.substr(2, closed - 2);
            read += name == "PEDIGREE_POD_UID" ? "the-uid"
                    : name == "HOME"           ? "/home"
                                               : std::string(text.substr(0, closed + 1));
            text.remove_prefix(closed + 1);
        } else {
            read += text.front();
            text.remove_prefix(1);
        }
    }
    return read;
}

TEST(Job, RunsByteForByteWhatWasWritten) {
    const std::vector<std::string> texts{"",
                                         "$",
                                         "$$",
                                         "$$$",
                                         "$$$$",
                                         "a$",
                                         "$a",
                                         "$(HOME)",
                                         "$$(HOME)",
                                         "$$$(HOME)",
                                         "$(UNKNOWN)",
                                         "$(",
                                         "$(HOME",
                                         "$()",
                                         "$)",
                                         "${HOME}",
                                         "$HOME",
                                         "100$ or $$100",
                                         "$$($(HOME))",
                                         "echo $$; kill $!",
                                         "$(PEDIGREE_POD_UID)",
                                         "a=$(HOME)$(HOME)"};
    Demanded demanded;
    demanded.spec.command = texts;
    demanded.spec.command.front() = "sh"; // a program is never empty
    int number = 0;
    for (const std::string& text : texts) {
        const std::string name = "p" + std::to_string(number++);
        demanded.spec.parameters[name] = text;
        demanded.spec.parameters_as.environment[name] = "V_" + name;
        demanded.tags["tag-" + name] = text;
    }
    demanded.tags["literal"] = "before $(PEDIGREE_POD_UID)";
    const Json job = demanded.job();
    const Json& train = job["spec"]["template"]["spec"]["containers"][0];
    std::vector<std::string> command;
    for (const Json& word : train["command"]) {
        command.push_back(as_the_kubelet_reads(word.get<std::string>()));
    }
    const auto begin = std::find(command.begin(), command.end(), "--");
    ASSERT_NE(begin, command.end());
    EXPECT_EQ(std::vector<std::string>(begin + 1, command.end()),
              plan::command_line(demanded.spec));
    std::map<std::string, std::string> variables;
    for (const Json& variable : train["env"]) {
        variables[variable["name"]] = as_the_kubelet_reads(string_or(variable, "value"));
    }
    for (const auto& [name, value] : plan::parameter_environment(demanded.spec)) {
        EXPECT_EQ(variables[name], value) << name;
    }
    const Json tags = *parse_json(variables["MLFLOW_RUN_CONTEXT"]);
    EXPECT_EQ(tags["pedigree.attempt"], "the-uid");
    EXPECT_EQ(tags["literal"], "before $(PEDIGREE_POD_UID)");
}

TEST(Job, GoesToNodesThatCanRunIt) {
    for (const std::int64_t gpus : {0, 1}) {
        Demanded demanded;
        demanded.spec.resources.gpu_count = gpus;
        const Json job = demanded.job();
        const Json& pod = job["spec"]["template"]["spec"];
        EXPECT_EQ(pod["nodeSelector"]["kubernetes.io/arch"], "amd64");
        // Of one that has a GPU the device plugin sets it.
        EXPECT_EQ(pod["containers"][0]["env"].dump().find("NVIDIA_VISIBLE_DEVICES") ==
                      std::string::npos,
                  gpus > 0);
    }
}

TEST(Job, CountsTrainingTimeOverAttempts) {
    Demanded demanded;
    demanded.spec.deadlines.train_seconds = 100;
    demanded.attempts[0].started_at = Instant(std::chrono::seconds(1000));
    demanded.attempts[0].ended_at = Instant(std::chrono::seconds(1070));
    AttemptRow second = demanded.attempts[0];
    second.number = 2;
    second.started_at.reset();
    demanded.attempts.push_back(second);
    const spec::Platform platform;
    EXPECT_EQ(train_seconds_left({.experiment = demanded.experiment,
                                  .attempt = demanded.attempts[1],
                                  .earlier_attempts = demanded.attempts,
                                  .spec = demanded.spec,
                                  .platform = platform}),
              30);
}

} // namespace
} // namespace pedigree::experiment
