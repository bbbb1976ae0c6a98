// The Job of an attempt against a golden document: any change of what runs in users' pods shows in
// a review.

#include "experiment/job/job.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "pipeline/spec/parse.h"
#include "records/names.h"
#include "tests/fakes/sample.h"
#include "tests/unit/experiment/golden.h"

namespace pedigree::experiment {
namespace {

using testing::HasSubstr;
using testing::Not;

struct Demanded {
    ExperimentRow experiment;
    std::vector<AttemptRow> attempts;
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
        attempts = {attempt};
    }
    Json job() const {
        return build_job(
            {.experiment = experiment,
             .attempt = attempts.back(),
             .earlier_attempts = attempts,
             .spec = spec,
             .nonce = "the-nonce",
             .run_tags = {{"pedigree.attempt", "$(PEDIGREE_POD_UID)"}, {"pedigree.trial", "1"}},
             .platform = sample::configuration().effective(sample::name_space),
             .operator_url = "https://pedigree.pedigree-system.svc:9443",
             .operator_ca_pem = "PEM"});
    }
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

TEST(Job, DoublesWhatTheKubeletWouldReplace) {
    const Json job = Demanded().job();
    EXPECT_THAT(job["spec"]["template"]["spec"]["containers"][0]["command"].dump(),
                HasSubstr("\"$$(HOME)\""));
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
