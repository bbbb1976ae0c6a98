#include "operator/storage/record_keys.h"

#include "base/ids.h"
#include "records/pod/signature.h"

namespace pedigree::control {

using experiment::AttemptStage;
using experiment::RecordKey;

Result<IssuedKey> issue_record_key(store::Transaction& transaction, const KeyQuestion& question,
                                   Instant now) {
    TRY(const auto rows,
        transaction.query(
            "INSERT INTO record_key AS known (pod_uid, claim, key, contested, issued_at) "
            "SELECT pod_uid, $2, $3, false, $4 FROM attempt WHERE pod_uid = $1 AND stage = $5 "
            "ON CONFLICT (pod_uid) DO UPDATE "
            "SET contested = known.contested OR known.claim <> excluded.claim "
            "RETURNING claim, key",
            {question.pod_uid, question.claim, to_hex(random_bytes(records::pod::record_key_bytes)),
             now, AttemptStage::Started}));
    TRY(const auto known, (rows.at_most_one<std::string, std::string>()));
    if (!known) {
        return failure(ErrorCode::NotFound,
                       "no attempt runs in this pod, yet or any more; ask again later");
    }
    const bool ours = std::get<0>(*known) == question.claim;
    return IssuedKey{ours ? Secret(std::get<1>(*known)) : Secret(), ours};
}

Result<std::map<std::string, RecordKey>>
select_record_keys(store::Transaction& transaction, const std::vector<std::string>& pod_uids) {
    std::map<std::string, RecordKey> keys;
    if (pod_uids.empty()) {
        return keys;
    }
    TRY(const auto rows,
        transaction.query("SELECT pod_uid, key, contested FROM record_key WHERE pod_uid = ANY($1)",
                          {pod_uids}));
    TRY(const auto known, (rows.as<std::string, std::string, bool>()));
    for (const auto& [pod_uid, key, contested] : known) {
        keys.emplace(pod_uid, RecordKey{Secret(key), contested});
    }
    return keys;
}

Status forget_record_key(store::Transaction& transaction, const std::string& pod_uid) {
    TRY(transaction.execute("DELETE FROM record_key WHERE pod_uid = $1", {pod_uid}));
    return {};
}

} // namespace pedigree::control
