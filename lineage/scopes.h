#pragma once
// Scopes: namespace and Experiment on whose behalf something was recorded, as one narrow number in
// every row of ledger and graph. Called by whoever holds the sequencer's lock.

#include <compare>
#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "base/result.h"
#include "store/transaction.h"

namespace pedigree::lineage {

struct Scope {
    std::string name_space;
    std::string experiment_uid; // may be empty

    auto operator<=>(const Scope&) const = default;
};

// The numbers of those that are known.
Result<std::map<Scope, std::int64_t>> find_scopes(store::Transaction& transaction,
                                                  const std::set<Scope>& scopes);

// The numbers of all; those not known yet get one.
Result<std::map<Scope, std::int64_t>> number_scopes(store::Transaction& transaction,
                                                    const std::set<Scope>& scopes);

} // namespace pedigree::lineage
