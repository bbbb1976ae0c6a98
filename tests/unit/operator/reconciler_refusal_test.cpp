// What the Reconciler makes of a refusal: of a Job, a pod, a commit, a row that cannot be read.

#include "tests/unit/operator/reconciler_fixture.h"

namespace pedigree::control {
namespace {

// The server's words stand in the status at once, and the refused Job is an end.
TEST_F(ReconcilerTest, EndsWithTheServersWordsOnAJobThatItRefuses) {
    api_.fault = [](FaultPoint point, const std::string& call) {
        return point == FaultPoint::Before && call == "create jobs"
                   ? failure(ErrorCode::Forbidden, "jobs is forbidden: policy \"p\" says no")
                   : Status();
    };
    run();
    const Json status = at_path(*api_.seen(experiments, key_), {"status"});
    EXPECT_EQ(string_or(status, "phase"), "Failed");
    EXPECT_EQ(string_or(status, "reason"), "JobRefused");
    EXPECT_NE(string_or(status, "message").find("policy \"p\" says no"), std::string::npos);
    EXPECT_EQ(history().experiment->failure_class, FailureClass::Configuration);
    EXPECT_TRUE(history().intents.empty());
    EXPECT_TRUE(api_.all(k8s::config_maps).empty()); // which no Job reads
}

// Ten times in a row is for one reason: a webhook that is away, then a timeout, begin anew.
TEST(JobRefusals, CountsThoseInARowAlone) {
    JobRefusals refusals;
    experiment::History history;
    history.attempts.push_back({.job_name = "job"});
    const auto tries = [&](ErrorCode code) {
        refusals.note("uid", "job", Error(code, "words"), FakeClock().now());
        return refusals.of("uid", history).at("job").tries;
    };
    EXPECT_EQ(tries(ErrorCode::Unavailable), 1);
    EXPECT_EQ(tries(ErrorCode::Unavailable), 2);
    EXPECT_EQ(tries(ErrorCode::Internal), 1);
    EXPECT_EQ(tries(ErrorCode::Internal), 2);
    history.attempts.front().stage = experiment::AttemptStage::Created;
    EXPECT_TRUE(refusals.of("uid", history).empty()); // and forgotten
    history.attempts.front().stage = experiment::AttemptStage::Planned;
    EXPECT_EQ(tries(ErrorCode::Internal), 1);
}

TEST_F(ReconcilerTest, WaitsForAQuotaAndGoesOn) {
    int asked = 0;
    api_.fault = [&](FaultPoint point, const std::string& call) {
        if (point != FaultPoint::Before || call != "create jobs") {
            return Status();
        }
        return ++asked < 3 ? Status(failure(ErrorCode::TooMany, k8s::quota_reason,
                                            "exceeded quota: jobs, used: 5"))
                           : Status();
    };
    for (const int times : {1, 2}) {
        run();
        EXPECT_EQ(asked, times);
        const Json status = at_path(*api_.seen(experiments, key_), {"status"});
        EXPECT_EQ(string_or(status, "reason"), "QuotaExceeded");
        EXPECT_NE(string_or(status, "message").find("exceeded quota: jobs"), std::string::npos);
        clock_.advance(std::chrono::seconds(60));
    }
    run();
    EXPECT_EQ(api_.all(k8s::jobs).size(), 1U);
    EXPECT_EQ(api_.all(k8s::config_maps).size(), 1U);
}

// The Job controller's words stand in events alone.
TEST_F(ReconcilerTest, QuotesWhyAJobHasNoPod) {
    run();
    const Json job = *api_.all(k8s::jobs).front();
    const auto say = [&](const char* name, const char* at, const std::string& words) {
        api_.put(k8s::events, {{"metadata", {{"name", name}, {"namespace", sample::name_space}}},
                               {"involvedObject", {{"uid", k8s::uid_of(job)}}},
                               {"reason", "FailedCreate"},
                               {"firstTimestamp", at},
                               {"lastTimestamp", at},
                               {"message", words}});
    };
    say("b", "2026-01-01T00:00:09Z", "Error creating: pods is forbidden: violates PodSecurity");
    say("a", "2026-01-01T00:00:01Z", "Error creating: an older word");
    clock_.advance(std::chrono::seconds(5));
    run();
    Json status = at_path(*api_.seen(experiments, key_), {"status"});
    EXPECT_EQ(string_or(status, "reason"), "WaitingForPod");
    EXPECT_NE(string_or(status, "message").find("violates PodSecurity"), std::string::npos);
    clock_.advance(std::chrono::seconds(120));
    run();
    status = at_path(*api_.seen(experiments, key_), {"status"});
    EXPECT_EQ(string_or(status, "reason"), "PodRefused");
    EXPECT_TRUE(api_.all(k8s::config_maps).empty());
}

// Its namespace would hang at our finalizer for ever.
TEST_F(ReconcilerTest, ReleasesAJobOfWhichNobodyKnowsAnyMore) {
    api_.put(k8s::jobs, {{"metadata",
                          {{"name", "exp-forgotten-1-1"},
                           {"namespace", sample::name_space},
                           {"labels",
                            {{records::experiment_label, "one that PostgreSQL has forgotten"},
                             {records::experiment_name_label, sample::name}}},
                           {"finalizers", Json::array({records::finalizer, "of.another/one"})}}}});
    const auto finalizers = [&] {
        return at_path(*api_.seen(k8s::jobs, {sample::name_space, "exp-forgotten-1-1"}),
                       {"metadata", "finalizers"});
    };
    ASSERT_TRUE(reconciler_.reconcile(key_)); // the Experiment of this name is there
    EXPECT_EQ(finalizers().size(), 2U);
    api_.edit(experiments, key_, [](Json& gone) { gone["metadata"].erase("finalizers"); });
    api_.erase(experiments, key_);
    run();
    EXPECT_EQ(finalizers(), Json::array({"of.another/one"}));
}

// It is said, and nothing begins that would miss them; with the right back it goes on.
TEST_F(ReconcilerTest, SaysThatItMayNotReadSecrets) {
    api_.fault = [](FaultPoint point, const std::string& call) {
        return point == FaultPoint::Before && call == "get secrets"
                   ? Status(failure(ErrorCode::Forbidden, "secrets \"git\" is forbidden"))
                   : Status();
    };
    for (int i = 0; i < 5; ++i) {
        static_cast<void>(reconciler_.reconcile(key_));
    }
    const Json& status = at_path(*api_.seen(experiments, key_), {"status"});
    EXPECT_EQ(string_or(status, "reason"), "ApiServerRefused");
    EXPECT_NE(string_or(status, "message").find("secrets \"git\" is forbidden"), std::string::npos);
    EXPECT_TRUE(begun_.empty());
    api_.fault = nullptr;
    run();
    EXPECT_EQ(history().attempts.back().stage, experiment::AttemptStage::Created);
}

// A person who is sent to the operator's rights for a fault of somebody else's looks in vain.
TEST_F(ReconcilerTest, SaysWhoRefuses) {
    run();
    const auto reason = [&] {
        EXPECT_FALSE(reconciler_.reconcile(key_));
        return string_or(at_path(*api_.seen(experiments, key_), {"status"}), "reason");
    };
    state_.fault = [](FaultPoint, const std::string& call) -> Status {
        return call == "load" ? failure(ErrorCode::Forbidden, store::refused_reason,
                                        "PostgreSQL: permission denied for table attempt")
                              : Status();
    };
    EXPECT_EQ(reason(), "DatabaseRefused");
    state_.fault = [](FaultPoint, const std::string& call) -> Status {
        return call == "load" ? failure(ErrorCode::Internal, "no event of Attempt") : Status();
    };
    EXPECT_EQ(reason(), "OperatorFailed");
    state_.fault = nullptr;
    api_.fault = [](FaultPoint point, const std::string& call) {
        return point == FaultPoint::Before && (call == "get jobs" || call == "list pods")
                   ? Status(failure(ErrorCode::Forbidden, "jobs is forbidden"))
                   : Status();
    };
    cluster_.hide_jobs = true;
    EXPECT_EQ(reason(), "ApiServerRefused");
}

TEST_F(ReconcilerTest, SaysThatPostgresqlIsAwayAndTakesItBack) {
    const auto recorded = [this] {
        for (const Json& condition :
             at_path(*api_.all(experiments).front(), {"status", "conditions"})) {
            if (string_or(condition, "type") == "LineageRecorded") {
                return string_or(condition, "reason");
            }
        }
        return std::string();
    };
    run();
    state_.fault = [](FaultPoint, const std::string&) -> Status {
        Error away(ErrorCode::Unavailable, "PostgreSQL: connection refused");
        away.reason = store::away_reason;
        return tl::unexpected(away);
    };
    EXPECT_FALSE(reconciler_.reconcile(key_));
    EXPECT_EQ(recorded(), "DatabaseUnavailable");
    const auto writes = api_.writes();
    EXPECT_FALSE(reconciler_.reconcile(key_));
    EXPECT_EQ(api_.writes(), writes) << "said twice";

    state_.fault = nullptr;
    run();
    EXPECT_EQ(recorded(), "NotYet");
}

// What refuses a change that holds `kind`, each time, as PostgreSQL refuses a text with a NUL.
std::function<Status(const experiment::Change&)> refusing(experiment::RecordKind kind) {
    return [kind](const experiment::Change& change) -> Status {
        const auto& records = change.records;
        if (std::find(records.begin(), records.end(), kind) == records.end()) {
            return {};
        }
        return failure(ErrorCode::InvalidInput, "invalid byte sequence for encoding \"UTF8\"");
    };
}

TEST_F(ReconcilerTest, EndsWhatCannotBeRecorded) {
    state_.refuse = refusing(experiment::RecordKind::SourceResolved);
    run();
    const experiment::ExperimentRow& row = *history().experiment;
    EXPECT_EQ(row.outcome, experiment::Outcome::Failed);
    EXPECT_EQ(row.failure_class, FailureClass::Infrastructure);
    EXPECT_EQ(row.reason, "RecordRefused");
    EXPECT_NE(row.message.find("invalid byte sequence"), std::string::npos) << row.message;
    EXPECT_TRUE(row.released);
}

TEST_F(ReconcilerTest, SaysItInTheStatusWhenNotEvenTheEndCanBeWritten) {
    state_.refuse = [](const experiment::Change& change) -> Status {
        const bool accepts =
            change.records == std::vector{experiment::RecordKind::ExperimentAccepted};
        return change.records.empty() || accepts ? Status()
                                                 : failure(ErrorCode::TooLarge, "more than 8 MiB");
    };
    run();
    const auto status = at_path(*api_.seen(experiments, key_), {"status"});
    EXPECT_EQ(string_or(status, "phase"), "Sealing");
    EXPECT_EQ(string_or(status, "reason"), "RecordRefused");
    const auto writes = api_.writes();
    run();
    EXPECT_EQ(api_.writes(), writes) << "said twice";
}

TEST_F(ReconcilerTest, SaysThatItsRowsCannotBeReadAndLetsItBeGivenUp) {
    run();
    state_.fault = [](FaultPoint, const std::string& call) -> Status {
        return call == "load" ? failure(ErrorCode::Corrupt, "holds the unknown word \"Paused\"")
                              : Status();
    };
    EXPECT_FALSE(reconciler_.reconcile(key_));
    const std::string said = at_path(*api_.seen(experiments, key_), {"status"}).dump();
    EXPECT_NE(said.find("RecordUnreadable"), std::string::npos) << said;
    EXPECT_NE(said.find("Paused"), std::string::npos) << said;
    const auto writes = api_.writes();
    EXPECT_FALSE(reconciler_.reconcile(key_));
    EXPECT_EQ(api_.writes(), writes) << "said twice";

    api_.edit(experiments, key_, [](Json& object) {
        object["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z";
        object["metadata"]["annotations"]["pedigree.dev/abandon-record"] = "true";
    });
    EXPECT_TRUE(reconciler_.reconcile(key_));
    EXPECT_FALSE(api_.seen(experiments, key_)) << "the finalizer is off";
}

TEST_F(ReconcilerTest, DoesNotBeginWhatCannotBeAccepted) {
    state_.refuse = refusing(experiment::RecordKind::ExperimentAccepted);
    run();
    const auto status = at_path(*api_.seen(experiments, key_), {"status"});
    EXPECT_EQ(string_or(status, "phase"), "Failed");
    EXPECT_EQ(string_or(status, "reason"), "RecordRefused");
    EXPECT_TRUE(begun_.empty());
}

} // namespace
} // namespace pedigree::control
