#pragma once
// The Experiment that `pedigree init` writes: what was answered, as YAML with a word about what may
// be added. Pure.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "cli/init/repository.h"

namespace pedigree::cli {

struct Draft {
    std::string project;
    Repository repository;
    std::string base;                  // HOST/REPOSITORY@sha256:...
    std::string script;                // relative to the subdirectory
    bool locked = false;               // there is a requirements.txt, so there will be a lock
    std::string data_uri, data_digest; // empty: none
    std::int64_t gpus = 0;
    std::string mlflow; // "": none; "mlflow": the platform's; else its URL
};

// "s3://BUCKET/KEY@sha256:HEX" into the draft, "" or "none" as none. InvalidInput says the form.
Status take_data(Draft& draft, std::string_view text);
// "mlflow", the URL of an MLflow server, or what needs no word in an Experiment: "none", "",
// "tensorboard", "wandb", "clearml". InvalidInput names them.
Status take_tracker(Draft& draft, std::string_view text);
Status take_gpus(Draft& draft, std::string_view text);
// InvalidInput: it has no digest.
Status take_base(Draft& draft, std::string_view text);

std::string draft_text(const Draft& draft);

} // namespace pedigree::cli
