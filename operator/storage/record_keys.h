#pragma once
// The keys with which recorders sign (docs/decisions/0013-the-recorder-signs.md). A key belongs to
// one attempt's pod and is given to one asker, who names itself by a random claim: the same claim
// gets the same key again, so that an answer that was lost costs nothing. Another claim gets none,
// and from then on the key proves nothing. All within the caller's transaction. Not fenced by the
// leader's epoch: every replica answers recorders.

#include <map>
#include <string>
#include <vector>

#include "experiment/history.h"
#include "store/transaction.h"

namespace pedigree::control {

struct KeyQuestion {
    std::string pod_uid;
    std::string claim;
};

// Not ours: another claim has the key. That this one asked stands written, so the transaction is
// committed all the same.
struct IssuedKey {
    Secret key;
    bool ours = false;
};
// NotFound: no attempt runs in that pod, yet or any more.
Result<IssuedKey> issue_record_key(store::Transaction& transaction, const KeyQuestion& question,
                                   Instant now);

// By pod uid; of pods that never asked nothing.
Result<std::map<std::string, experiment::RecordKey>>
select_record_keys(store::Transaction& transaction, const std::vector<std::string>& pod_uids);

// What is recorded needs no key any more.
Status forget_record_key(store::Transaction& transaction, const std::string& pod_uid);

} // namespace pedigree::control
