#pragma once
// A list of the read API (models, runs ...), page after page, newest first, up to a bound.

#include <cstddef>
#include <string>
#include <string_view>

#include "base/json.h"
#include "cli/app/cluster.h"

namespace pedigree::cli {

constexpr int page_items = 500;
constexpr int pages_max = 20; // of one list that is read

// `list`: the resource with its query, without limit: "models/mnist". The answer holds the items of
// all pages; `truncated` says that there are more. An error says `what` was asked.
Result<Json> read_pages(const Cluster& cluster, std::string_view list, std::string_view what);

} // namespace pedigree::cli
