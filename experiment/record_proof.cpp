#include "experiment/record_proof.h"

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "experiment/activity.h"
#include "records/pod/signature.h"
#include "records/work/work.h"

namespace pedigree::experiment {
namespace {

constexpr std::size_t uid_bytes_shown_max = 64;

} // namespace

Result<FetchedRecord> fetched_record(const History& history, const AttemptRow& attempt) {
    const ActivityRow* row = history.activity(collect_activity(attempt.trial, attempt.number));
    if (row == nullptr) {
        return failure(ErrorCode::Internal, "no bundle was fetched");
    }
    TRY(const Json outcome_document, parse_json(row->outcome_json));
    TRY(const auto outcome, records::work::fetch_object_outcome_from(outcome_document));
    TRY(const Json document, parse_json(outcome.bytes));
    TRY(auto bundle, records::pod::bundle_from(document));
    return FetchedRecord{outcome.bytes, std::move(bundle)};
}

Result<RecordProof> prove(const History& history, const AttemptRow& attempt,
                          const FetchedRecord& record) {
    if (record.bundle.pod_uid != attempt.pod_uid) {
        return failure(ErrorCode::Corrupt,
                       "what lies in its place in the artifact store tells of another pod, " +
                           clean_text(record.bundle.pod_uid, uid_bytes_shown_max));
    }
    const auto known = history.record_keys.find(attempt.pod_uid);
    if (known == history.record_keys.end()) {
        return RecordProof::NoKey;
    }
    TRY(const Json document, parse_json(record.text));
    if (records::pod::is_signed_bundle(document, known->second.key)) {
        return known->second.contested ? RecordProof::Contested : RecordProof::Signed;
    }
    if (attempt.bundle_digest.empty()) {
        return failure(ErrorCode::Corrupt,
                       "what lies in its place in the artifact store is not signed by the "
                       "recorder, which has a key: somebody else put it there");
    }
    return RecordProof::Unsigned;
}

records::Asserted asserted_by(RecordProof proof) {
    return proof == RecordProof::Signed ? records::Asserted::Recorder : records::Asserted::UserCode;
}

std::string unproved_sentence(RecordProof proof) {
    switch (proof) {
    case RecordProof::None:
    case RecordProof::Signed:
        return "";
    case RecordProof::NoKey:
        return "The recorder had no key to sign with, since the operator could not be asked until "
               "its end: nothing proves that it wrote this account.";
    case RecordProof::Contested:
        return "Somebody else asked for the key of this attempt, too: its signature does not "
               "prove that the recorder wrote this account.";
    case RecordProof::Unsigned:
        return "This account is not signed, although the operator gave out a key: nothing proves "
               "that the recorder wrote it.";
    }
    return "";
}

} // namespace pedigree::experiment
