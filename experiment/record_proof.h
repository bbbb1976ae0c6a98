#pragma once
// Who wrote the account of an attempt. It lies in the artifact store under a key that everybody can
// compute, and whoever holds the namespace's store Secret can put a document there. So a document
// is the recorder's by its signature alone (records/pod/signature.h). What is not signed is
// recorded as what it is, the word of somebody in the pod, with a gap; unless it certainly is
// somebody else's: then nothing of it is believed. Pure.

#include <string>

#include "experiment/history.h"
#include "records/event.h"
#include "records/pod/bundle.h"

namespace pedigree::experiment {

// The account as it was fetched, and read.
struct FetchedRecord {
    std::string text; // JSON
    records::pod::Bundle bundle;
};
// Internal: nothing was fetched; InvalidInput: it cannot be read.
Result<FetchedRecord> fetched_record(const History& history, const AttemptRow& attempt);

// Corrupt: it is not this attempt's account. It tells of another pod; or the recorder has a key and
// this is not signed with it, nor named by the recorder's termination message.
Result<RecordProof> prove(const History& history, const AttemptRow& attempt,
                          const FetchedRecord& record);

// On whose word the edges of such an account rest.
records::Asserted asserted_by(RecordProof proof);
// What is not known about it, as a sentence; "" if it is the recorder's.
std::string unproved_sentence(RecordProof proof);

} // namespace pedigree::experiment
