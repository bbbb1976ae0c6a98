#pragma once
// Which attempts made some bytes, as the record of one namespace says: what others' Experiments
// made is not found, though the bytes be the same. One statement.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "store/transaction.h"

namespace pedigree::lineage {

// The attempts' keys in the graph (the pods' uids), newest first. `digest` is a model's, a
// checkpoint's or an artifact's ("sha256:..."). Errors are the transaction's (store/transaction.h).
Result<std::vector<std::string>> attempts_that_made(store::Transaction& transaction,
                                                    std::string_view name_space,
                                                    std::string_view digest, std::size_t count_max);

} // namespace pedigree::lineage
