#include "trackers/wandb/observed.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/json_text.h"
#include "base/text.h"
#include "trackers/wandb/uploads.h"

namespace pedigree::trackers::wandb {
namespace {

constexpr int parameter_nesting = 8;
constexpr std::size_t name_bytes_max = 512;

void add_parameter(std::map<std::string, std::string>& parameters, const std::string& name,
                   const Json& value, int depth) {
    if (!value.is_object() || value.empty() || depth >= parameter_nesting) {
        parameters[name] = value.is_string() ? value.get<std::string>() : json_text(value);
        return;
    }
    for (const auto& [key, member] : value.items()) {
        add_parameter(parameters, name + "." + key, member, depth + 1);
    }
}

std::string name_of(std::string_view name) {
    return clean_text(name, name_bytes_max);
}

std::vector<records::pod::ObservedFile> files_of(const Files& files) {
    std::vector<records::pod::ObservedFile> out;
    for (const auto& [name, file] : files) {
        if (file.bytes) {
            out.push_back({name, file.sha256.text(), static_cast<std::int64_t>(*file.bytes)});
        }
    }
    return out;
}

const char* kind_of(const Artifact& artifact) {
    return artifact.type == "model"                                 ? "Model"
           : artifact.type.find("checkpoint") != artifact.type.npos ? "Checkpoint"
                                                                    : "Artifact";
}

// The folder of what an upload of this name would be.
std::string folder_of(const Upload& upload) {
    const std::string place = upload.place();
    return place.substr(0, place.size() - upload.file.size());
}

} // namespace

std::string record_id(const Run& run) {
    return run.project + "/" + run.id;
}

records::pod::ObservedRun observed_run(const Run& run, Points points) {
    records::pod::ObservedRun out;
    out.tracker = "W&B";
    out.run_id = record_id(run);
    out.in_files = true;
    out.experiment_id = run.project;
    out.name = name_of(run.name);
    out.status = run.state == State::Running    ? ""
                 : run.state == State::Finished ? "finished"
                                                : "failed";
    const Json config = config_of(run);
    for (const auto& [key, value] : config.items()) {
        add_parameter(out.parameters, name_of(key), value, 1);
    }
    for (const auto& [key, series] : run.metrics) {
        out.metrics[name_of(key)] =
            points == Points::Take ? series.values.whole() : series.values.summary();
    }
    out.parameter_count = static_cast<std::int64_t>(out.parameters.size());
    out.metric_count = static_cast<std::int64_t>(out.metrics.size());
    out.logged = run.media;
    return out;
}

std::vector<records::pod::ObservedArtifact> observed_uploads(const Book& book) {
    std::vector<records::pod::ObservedArtifact> all;
    const auto add = [&](const Run& run, std::string name, const Upload& place,
                         const Files& files) {
        records::pod::ObservedArtifact artifact;
        artifact.name = std::move(name);
        artifact.kind = "Artifact";
        artifact.source = "W&B";
        artifact.run_id = record_id(run);
        artifact.location = folder_of(place);
        artifact.files = files_of(files);
        all.push_back(std::move(artifact));
    };
    for (const auto& [key, run] : book.runs.all()) {
        add(*run, record_id(*run) + "/files", run_upload(run->project, run->id, "x"), run->files);
    }
    for (std::size_t number = 1; const auto* place = book.artifact(number); ++number) {
        const Artifact& artifact = *place->artifact;
        add(*place->run, fmt::format("{}:v{}", name_of(artifact.name), artifact.version),
            artifact_upload(number, "x"), artifact.files);
        all.back().kind = kind_of(artifact);
    }
    std::erase_if(all, [](const auto& artifact) { return artifact.files.empty(); });
    return all;
}

std::vector<std::string> missing_of(const Run& run) {
    std::vector<std::string> out;
    const std::pair<std::int64_t, const char*> counts[] = {
        {run.rows_unreadable, "rows of the history are no rows"},
        {run.keys_left_out, "values of further metrics are more than a record holds"},
        {run.texts_left_out, "texts of the configuration or summary are more than a record holds"},
        {run.files_left_out, "files have names that no record holds, or are too many"},
        {run.artifacts_left_out, "artifacts are more than a record holds"},
        {run.calls_unreadable, "calls of the SDK could not be read"}};
    for (const auto& [count, what] : counts) {
        if (count > 0) {
            out.push_back(fmt::format("W&B run {}: {} {}", name_of(record_id(run)), count, what));
        }
    }
    return out;
}

} // namespace pedigree::trackers::wandb
