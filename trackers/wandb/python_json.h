#pragma once
// JSON as W&B's SDKs write it: with the words NaN, Infinity and -Infinity as values, which JSON
// does not have (Python's json module writes them, and wandb-core does as Python did). They become
// the strings of the same spelling, which MetricValue reads. All else is parse_json's. Pure.

#include <optional>
#include <string>
#include <string_view>

#include "base/json.h"

namespace pedigree::trackers::wandb {

// The text with those words as strings and all of it UTF-8; nothing if it is so already.
std::optional<std::string> strict_json_text(std::string_view text);

// Bytes that are no UTF-8 become U+FFFD instead of an error.
Result<Json> parse_python_json(std::string_view text, JsonLimits limits = {});

} // namespace pedigree::trackers::wandb
