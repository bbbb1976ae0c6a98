#pragma once
// Row: one line of a run's history (or of its system metrics) as W&B's SDKs write it, in the stream
// and in the .wandb file:
//
//     {"loss":0.5,"layers":{"1":{"norm":2}},"nan":NaN,"table":{"_type":"table-file",..},
//      "_step":1,"_timestamp":1.7960311e+09,"_runtime":0.07}
//
// Numbers become metrics; what is nested gets W&B's own name, the keys joined by dots
// ("layers.1.norm"). Words for what is not finite become such numbers. A value with a `_type` is
// media (a table, a picture, a histogram): only what it is, counted. Texts, booleans, lists and
// null are no metrics. Pure.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json.h"

namespace pedigree::trackers::wandb {

struct Row {
    std::optional<std::int64_t> step; // `_step`
    double timestamp = 0;             // `_timestamp`, seconds since 1970
    double runtime = 0;               // `_runtime`, seconds
    std::vector<std::pair<std::string, double>> values;
    std::map<std::string, std::int64_t>
        media;                      // by `_type`: "table-file", "image-file", "histogram"
    std::int64_t keys_left_out = 0; // longer than wandb_key_bytes_max, or nested too deep
};

// An object; nothing for another value, or for a step that none can be (below 0, above 2^53).
std::optional<Row> row_of(const Json& object);
// One member of an object, its value as JSON text: as .wandb files have them. False: such a step.
bool add_item(Row& row, std::string_view key, std::string_view value_text);
// All members of an object, none of which is W&B's own.
void add_members(Row& row, const Json& object);
// The text of one; nothing too for what is no JSON, or larger than wandb_row_bytes_max.
std::optional<Row> read_row(std::string_view text);

} // namespace pedigree::trackers::wandb
