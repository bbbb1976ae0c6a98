#include "trackers/wandb/answers.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/text.h"

namespace pedigree::trackers::wandb {
namespace {

// What the SDKs read of other runs, projects and artifacts (wandb.Api, use_artifact by name).
constexpr std::array<std::string_view, 27> reads = {"ArtifactByName",
                                                    "ArtifactCollection",
                                                    "ArtifactCollectionAliases",
                                                    "ArtifactCreatedBy",
                                                    "ArtifactFileURLs",
                                                    "ArtifactFileURLsByManifestEntries",
                                                    "ArtifactFiles",
                                                    "ArtifactManifest",
                                                    "ArtifactMembershipByName",
                                                    "ArtifactMembershipFiles",
                                                    "ArtifactOfType",
                                                    "ArtifactUsedBy",
                                                    "FetchArtifactManifest",
                                                    "GetProject",
                                                    "GetProjects",
                                                    "HistoryPage",
                                                    "Project",
                                                    "ProjectArtifacts",
                                                    "Projects",
                                                    "Run",
                                                    "RunFiles",
                                                    "RunFullHistory",
                                                    "RunHistoryKeys",
                                                    "RunSampledHistory",
                                                    "RunState",
                                                    "Runs",
                                                    "SampledHistoryPage"};

bool has_word(std::string_view name, std::string_view word) {
    return name.find(word) != name.npos;
}

} // namespace

Standing standing_of(const Operation& operation) {
    if (run_answer(operation.name) != nullptr || artifact_answer(operation.name) != nullptr) {
        return Standing::Answered;
    }
    if (!operation.changes &&
        std::find(reads.begin(), reads.end(), operation.name) != reads.end()) {
        return Standing::NeedsServer;
    }
    return Standing::Refused;
}

std::string refusal_of(const Operation& operation) {
    const std::string name = clean_text(operation.name.empty() ? "(no name)" : operation.name, 80);
    if (standing_of(operation) == Standing::NeedsServer) {
        return fmt::format(
            "pedigree: {} reads other runs, and no W&B server stands behind this pod; "
            "take data in through spec.inputs",
            name);
    }
    if (has_word(name, "Sweep") || has_word(name, "Agent") || name == "Heartbeat") {
        return fmt::format(
            "pedigree: {} is not answered: a search is asked for in spec.search, its "
            "values are in wandb.config already",
            name);
    }
    if (has_word(name, "Queue") || has_word(name, "Launch")) {
        return fmt::format("pedigree: {} is not answered: a run is started as an Experiment", name);
    }
    return fmt::format("pedigree: {} is not among the operations that are answered in a pod", name);
}

Result<Json> answer_operation(Book& book, const Operation& operation) {
    Answer answer = run_answer(operation.name);
    if (answer == nullptr) {
        answer = artifact_answer(operation.name);
    }
    if (answer == nullptr) {
        return failure(ErrorCode::Forbidden, refusal_of(operation));
    }
    TRY(Json data, answer(book, operation));
    if (has_word(operation.query, "result:") && data.is_object() && !data.empty()) {
        data["result"] = data.begin().value(); // an alias that some of the SDK's texts use
    }
    return data;
}

} // namespace pedigree::trackers::wandb
