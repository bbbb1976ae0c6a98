#pragma once
// What a script may ask of MLflow through the recorder: an allow-list of method and path of
// MLflow's REST API (2.0; the SDK of 3.5.1 was looked at call by call). All else is refused:
// deletes, renames, restores, permissions, users, webhooks, traces, scorers. The model registry's
// calls at the end of `log_model(registered_model_name=...)` are answered and not forwarded: a
// model is registered when its record is sealed, and a finished training must not fail for it.
// Sitting next to the recorder is no way to a team's whole server. Pure.

#include <string>
#include <string_view>

#include "base/result.h"

namespace pedigree::recorder {

enum class Route {
    Refused,
    Read,             // forwarded as it is
    CreateExperiment, // forwarded; changes nothing that exists
    TagExperiment,    // of an experiment that this pod created
    CreateRun,        // gets our tags, becomes ours
    Append,           // to a run of ours; may be kept and delivered later
    CreateModel,      // a logged model, becomes ours
    ChangeModel,      // a logged model of ours
    Upload,           // artifact bytes of a run or model of ours
    UploadInParts,    // presigned parts: the bytes pass the recorder by
    Register,         // answered here
};

struct Match {
    Route route = Route::Refused;
    std::string call;    // "runs/log-batch"
    std::string subject; // the model's id, or the decoded artifact path
    std::string reason;  // of a refusal, for the script's author
};

// `path` as sent, without the query.
Match match_route(std::string_view method, std::string_view path);

// What a matched call that changes something is sent to: made anew from what was matched, without a
// query.
std::string target_of(const Match& match);

} // namespace pedigree::recorder
