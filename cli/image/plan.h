#pragma once
// pedigree plan --image: what building the image of an Experiment would make, before anything is
// built: assembled here from the same inputs, held against the last image, pushed nowhere.

#include <filesystem>
#include <stop_token>
#include <string>
#include <vector>

#include "cli/app/cluster.h"
#include "cli/app/format.h"
#include "cli/app/terminal.h"
#include "cli/image/registry_access.h"
#include "imagebuild/image_plan.h"
#include "pipeline/spec/experiment.h"

namespace pedigree::cli {

struct PlanOptions {
    bool image = false;  // what is planned; nothing else is yet
    std::string file;    // "-": standard input
    std::string commit;  // 40 hex; instead of the source's ref
    std::string against; // an image, or "base"; empty: the last image of the project
    std::string source;  // a checkout; empty: the URL of the document
    std::string index;   // a package index, asked for wheels when the packages change
    std::string ca_file; // empty: the system's
    std::vector<std::string> plain_http_hosts;
    Format format = Format::Table;
};

// What a plan needs of the world outside, so that a test hands in its own.
struct PlanPlaces {
    RegistryAccess registries;
    std::string ca_pem;            // for git; empty: the system's
    std::filesystem::path scratch; // exists, is empty, and is removed by the caller
    std::filesystem::path cache;   // of inventories and wheels; empty: nothing is kept
};

struct PlannedImage {
    std::string project;
    std::string before; // pull reference of the image it is held against; empty: none is known
    std::string commit;
    imagebuild::ImagePlan plan;
    std::vector<std::string> warnings;
};

// `before` is a pull reference, or empty.
Result<PlannedImage> plan_experiment_image(const spec::ExperimentSpec& spec,
                                           const PlanOptions& options, const std::string& before,
                                           const PlanPlaces& places, Terminal& terminal);

// For a person: a table and sentences; for scripts: the document of docs/cli/plan.md.
std::string plan_table(const PlannedImage& planned, bool in_colour);
Json plan_json(const PlannedImage& planned);

} // namespace pedigree::cli
