// Who wrote the account of an attempt: by its signature alone, never by the place where it lies.

#include "experiment/record_proof.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "experiment/events/event_of.h"
#include "records/pod/signature.h"
#include "tests/fakes/sample.h"
#include "tests/unit/experiment/life.h"

namespace pedigree::experiment {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

enum class Pod { EndedWell, TakenAway };

// Until the record is committed, with what `arrange` changes while the pod runs.
Life life_with(Pod pod, const std::function<void(Life&)>& arrange) {
    Life life;
    life.run();
    life.start_pod();
    life.run();
    arrange(life);
    if (pod == Pod::EndedWell) {
        life.end_pod(0, "Completed");
    } else { // by force: no status that names the account
        life.observation.pods.clear();
        life.observation.jobs.front().finished = true;
    }
    life.observation.spec->retries.infrastructure = 0;
    life.run();
    return life;
}

// The ledger's event of the account.
Json observed_event(const Life& life) {
    Change change;
    change.records = {RecordKind::AttemptObserved};
    change.record_trial = change.record_attempt = 1;
    const auto events =
        events_of(change, life.observation.history, {.now = life.observation.now, .build = "test"});
    EXPECT_TRUE(events) << events.error().message;
    return *parse_json(events->front().body());
}

std::vector<std::string> words_of(const Json& list, const char* field) {
    std::vector<std::string> words;
    for (const Json& one : list) {
        words.push_back(one[field].get<std::string>());
    }
    return words;
}

void forget_key(Life& life) {
    life.observation.history.record_keys.clear();
}

void store_unsigned(Life& life) {
    life.stored = [](Json& document) { document.erase("signature"); };
}

// Who reads the bucket knows everything but the key.
void store_forged(Life& life) {
    life.stored = [](Json& document) {
        document["artifacts"][0]["digest"] = sample::digest_of("forged");
    };
}

TEST(RecordProof, WhatTheRecorderSignedIsItsWordEvenWithoutItsPodsStatus) {
    for (const Pod pod : {Pod::EndedWell, Pod::TakenAway}) {
        const Life life = life_with(pod, [](Life&) {});
        const AttemptRow& attempt = life.observation.history.attempts.front();
        EXPECT_EQ(attempt.record_proof, RecordProof::Signed);
        const Json event = observed_event(life);
        EXPECT_THAT(words_of(event["edges"], "asserted"), Contains("Recorder"));
        EXPECT_THAT(words_of(event["edges"], "asserted"), Not(Contains("UserCode")));
        EXPECT_THAT(words_of(event["gaps"], "kind"), Not(Contains("NotSignedByRecorder")));
    }
}

TEST(RecordProof, WhatIsNotSignedIsRecordedWithAGapAndNeverAsTheRecordersWord) {
    const auto contest = [](Life& life) {
        life.observation.history.record_keys.begin()->second.contested = true;
    };
    const auto forged_without_key = [](Life& life) {
        forget_key(life);
        store_forged(life);
    };
    struct Case {
        Pod pod;
        std::function<void(Life&)> arrange;
        RecordProof proof;
    };
    for (const Case& one : {Case{Pod::EndedWell, forget_key, RecordProof::NoKey},
                            Case{Pod::TakenAway, forget_key, RecordProof::NoKey},
                            Case{Pod::TakenAway, forged_without_key, RecordProof::NoKey},
                            Case{Pod::EndedWell, contest, RecordProof::Contested},
                            Case{Pod::TakenAway, contest, RecordProof::Contested},
                            Case{Pod::EndedWell, store_unsigned, RecordProof::Unsigned},
                            Case{Pod::EndedWell, store_forged, RecordProof::Unsigned}}) {
        SCOPED_TRACE(to_string(one.proof));
        const Life life = life_with(one.pod, one.arrange);
        const AttemptRow& attempt = life.observation.history.attempts.front();
        EXPECT_EQ(attempt.record_proof, one.proof);
        const Life proved = life_with(one.pod, [](Life&) {});
        EXPECT_EQ(attempt.gaps, proved.observation.history.attempts.front().gaps + 1);
        EXPECT_THAT(life.records, Contains(RecordKind::AttemptObserved));
        const Json event = observed_event(life);
        EXPECT_THAT(words_of(event["edges"], "asserted"), Not(Contains("Recorder")));
        EXPECT_THAT(words_of(event["gaps"], "kind"), Contains("NotSignedByRecorder"));
        EXPECT_THAT(unproved_sentence(one.proof), Not(IsEmpty()));
    }
}

// The recorder has a key, so it would have signed; and no status of the pod names this document.
TEST(RecordProof, WhatSomebodyElsePutInItsPlaceIsNotRecordedAtAll) {
    for (const auto& arrange : {store_unsigned, store_forged}) {
        const Life life = life_with(Pod::TakenAway, arrange);
        EXPECT_THAT(life.records, Contains(RecordKind::EvidenceLost));
        EXPECT_THAT(life.records, Not(Contains(RecordKind::AttemptObserved)));
        const AttemptRow& attempt = life.observation.history.attempts.front();
        EXPECT_EQ(attempt.models, 0);
        EXPECT_THAT(attempt.message, HasSubstr("somebody else put it there"));
    }
}

TEST(RecordProof, AnAccountOfAnotherPodIsNotRecordedAtAll) {
    for (const auto& arrange : {forget_key, +[](Life&) {}}) {
        const Life life = life_with(Pod::EndedWell, [&](Life& lives) {
            arrange(lives);
            lives.observed = [](records::pod::Bundle& bundle) { bundle.pod_uid = "other"; };
        });
        const AttemptRow& attempt = life.observation.history.attempts.front();
        EXPECT_THAT(life.records, Contains(RecordKind::EvidenceLost));
        EXPECT_EQ(attempt.reason, "RecordLost");
        EXPECT_THAT(attempt.message, HasSubstr("another pod, other"));
    }
}

// What a forged account lists as seen must not hide what the tracker says.
TEST(RecordProof, TheTrackersWordStandsBesideAnAccountWithoutProof) {
    for (const auto& arrange : {forget_key, +[](Life&) {}}) {
        const Life life = life_with(Pod::EndedWell, arrange);
        Change change;
        change.records = {RecordKind::RunsTold};
        change.record_trial = change.record_attempt = 1;
        const auto events = events_of(change, life.observation.history,
                                      {.now = life.observation.now, .build = "test"});
        ASSERT_TRUE(events) << events.error().message;
        const Json edges = (*parse_json(events->front().body()))["edges"];
        const bool proved =
            life.observation.history.attempts.front().record_proof == RecordProof::Signed;
        EXPECT_EQ(edges.empty(), proved);
    }
}

} // namespace
} // namespace pedigree::experiment
