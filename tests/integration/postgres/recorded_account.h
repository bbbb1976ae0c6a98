#pragma once
// The account of an attempt of the Experiment uid-1 as the operator keeps it, once it was fetched
// and judged: for tests of what reads it.

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "experiment/activity.h"
#include "experiment/record_proof.h"
#include "records/pod/bundle.h"
#include "records/work/work.h"
#include "store/pool.h"

namespace pedigree::test {

struct AccountOf {
    std::string pod_uid;
    std::int64_t trial = 1, number = 1; // of the attempt
};

inline void record_account(store::Pool& pool, const AccountOf& attempt,
                           const records::pod::Bundle& bundle, experiment::RecordProof proof) {
    const std::string outcome = canonical_json(records::work::to_json(
        records::work::FetchObjectOutcome{.bytes = canonical_json(records::pod::to_json(bundle))}));
    auto transaction = *pool.begin();
    EXPECT_TRUE(transaction.execute(
        "INSERT INTO activity (experiment_uid, key, state, outcome, failure_class, reason, "
        "message, tries, wanted_at, nonce) "
        "VALUES ('uid-1', $1, 'Succeeded', $2, '', '', '', 1, now(), '')",
        {experiment::collect_activity(attempt.trial, attempt.number).text(), outcome}));
    EXPECT_TRUE(transaction.execute("UPDATE attempt SET record_proof = $1 WHERE pod_uid = $2",
                                    {to_string(proof), attempt.pod_uid}));
    EXPECT_TRUE(transaction.commit());
}

} // namespace pedigree::test
