#pragma once
// events.add_batch: how a running script's SDK tells what it logs, one JSON object a line
// (events.add has one alone):
//
//     {"timestamp": ms, "type": "training_stats_scalar", "task": id, "iter": 3,
//      "metric": "loss", "variant": "train", "value": 0.5, ..}
//
// Types: training_stats_scalar, training_stats_vector, training_debug_image, plot, log (its lines
// in "msg"). A scalar becomes the metric "title/series". A single value (report_single_value) has
// an iteration of -2^31 and stands at step 0. Titles that begin with ":monitor:" are the machine's.
// Lines may be torn or anything else: what is none is counted. An answer 500 would lose the whole
// batch (the SDK does not repeat it), so there is none. Pure.

#include <cstdint>
#include <functional>
#include <string_view>

#include "trackers/clearml/book.h"
#include "trackers/clearml/request.h"

namespace pedigree::trackers::clearml {

// Sees each scalar of a script in its order.
using ScalarSink =
    std::function<void(const Task&, std::string_view key, std::int64_t step, double value)>;

// {"added", "errors", "errors_info"}
Json take_events(Book& book, std::string_view lines, const ScalarSink& on_scalar);

} // namespace pedigree::trackers::clearml
