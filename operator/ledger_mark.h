#pragma once
// LedgerMark: how far the ledger is, as it is known outside of the database: in an annotation of
// the operator's Lease, written with each renewal, so at most 2 s behind, and in an object of the
// artifact store (stored_mark.h). A database that was put
// back to an earlier state, or lost, does not know what is missing from it; the mark does. At the
// start of each leader they are compared, and what does not fit is said until a person takes the
// notice off the Lease.
//
//     {"epoch":7,"root":"sha256:...","size":150}
//
// Pure but for take_over() and compare().

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "base/result.h"
#include "store/pool.h"

namespace pedigree::control {

// On the operator's Lease.
constexpr const char* mark_annotation = "pedigree.dev/ledger";
// What was found at a leader's start and nobody has acknowledged yet: a sentence.
constexpr const char* behind_annotation = "pedigree.dev/ledger-behind";

struct LedgerMark {
    std::int64_t epoch = 0; // of the leader that numbered the last entry
    std::int64_t size = 0;
    Digest root; // over the entries 1..size

    bool operator==(const LedgerMark&) const = default;
};

std::string to_text(const LedgerMark& mark);
// Nothing for a text that is no mark: whoever wrote it must not keep a leader from starting.
std::optional<LedgerMark> mark_from(std::string_view text);

// What the database says where the mark stands.
struct LedgerAtMark {
    std::int64_t size = 0;           // of the ledger now
    std::optional<Digest> root = {}; // of the checkpoint of the mark's size, if there is one
};
// Why the database cannot be the one that the mark was written of, or a later state of it; empty if
// it can.
std::string contradiction(const LedgerMark& mark, const LedgerAtMark& database);

struct Behind {
    std::string why;          // the contradictions; empty: there are none
    std::int64_t missing = 0; // entries that were known outside and are not there
};
// Of a mark that is found while this process leads already.
Result<Behind> compare(store::Pool& pool, const LedgerMark& mark);

struct TakenOver {
    store::Epoch epoch;
    LedgerMark mark; // as the database is now, under the new epoch
    Behind behind;
};
// Compares, and claims an epoch beyond all that were ever known.
Result<TakenOver> take_over(store::Pool& pool, const std::vector<LedgerMark>& outside,
                            std::string_view holder);

} // namespace pedigree::control
