#pragma once
// POST {base}/files/{entity}/{project}/{run}/file_stream: how a running script's SDK tells its
// rows, and its end (wandb/sdk/internal/file_stream.py; core/internal/filestream):
//
//     {"files": {"wandb-history.jsonl": {"offset": 3, "content": ["{..}", ..]},
//                "wandb-summary.json": {"offset": 0, "content": ["{..}"]},
//                "wandb-events.jsonl": .., "output.log": ..},
//      "complete": true, "exitcode": 0, "preempting": true, "dropped": 0, "uploaded": [..]}
//
// Each member may be absent. Offsets count lines of the file. A push is repeated until it is
// answered, so the same lines may come again; after 4xx wandb-core sends nothing more for the whole
// run and still ends with code 0, so there is no push that is answered with one: what cannot be
// read is counted. Pure.

#include <functional>
#include <string_view>

#include "base/json.h"
#include "trackers/wandb/run.h"

namespace pedigree::trackers::wandb {

// Sees each new row of a history in its order, with its run as it is after the row.
using RowSink = std::function<void(const Run&, const Row&)>;

// Takes a push into its run.
void take_push(Runs& runs, Run& run, std::string_view body, const RowSink& on_row);
// {"exitcode":null,"limits":{}}, with "stopped":true if the script shall end: wandb-core then
// interrupts it, as it does for the "stop" of W&B's page.
Json push_answer(const Run& run);

} // namespace pedigree::trackers::wandb
