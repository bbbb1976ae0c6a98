#pragma once
// Whether a run is ours to write to: we saw it created, or the server says that it carries our tag
// (a run that an earlier life of the pod's recorder made, the Experiment's parent run, a run of an
// earlier attempt: the last two are touched, not made, by this attempt). What is
// not ours is asked for again later, but not at every call. Any thread.

#include <chrono>
#include <map>
#include <stop_token>
#include <string>

#include "base/json.h"
#include "base/result.h"
#include "base/sync.h"
#include "recorder/notebook.h"
#include "recorder/upstream.h"

namespace pedigree::recorder {

// What the server says of a run, as the notebook keeps it.
SeenRun seen_run(const Json& run);
// "mlflow-artifacts:/1/abc/artifacts" or with an authority gives "1/abc/artifacts"; other schemes
// "".
std::string proxied_root(const std::string& artifact_uri);

class Ownership {
  public:
    struct Identity {
        std::string experiment_uid;
        std::string pod_uid; // the attempt's
    };
    Ownership(Upstream& upstream, Notebook& notebook, Identity identity);

    // Unavailable: the server could not be asked.
    Result<bool> owns_run(const std::string& run_id, std::stop_token stop);
    Result<bool> owns_model(const std::string& model_id, std::stop_token stop);
    // The run or model that an artifact path belongs to; "" if it is not ours.
    Result<std::string> owner_of_artifact(const std::string& path, std::stop_token stop);

  private:
    Result<bool> ask(const std::string& run_id, std::stop_token stop);

    Upstream& upstream_;
    Notebook& notebook_;
    const Identity identity_;
    Sync<std::map<std::string, std::chrono::steady_clock::time_point>> strangers_;
};

} // namespace pedigree::recorder
