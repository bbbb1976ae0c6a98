#include "trackers/wandb/endpoint.h"

#include <algorithm>
#include <charconv>

#include <nlohmann/json.hpp>

#include "base/json_text.h"
#include "base/text.h"
#include "net/url.h"
#include "trackers/wandb/limits.h"

namespace pedigree::trackers::wandb {
namespace {

constexpr std::string_view stream_prefix = "/files/";
constexpr std::string_view stream_suffix = "/file_stream";
constexpr std::string_view artifact_prefix = "/artifact/";
constexpr std::string_view manifest_suffix = "/manifest";
constexpr std::size_t error_bytes = 500;

Json error_json(std::string_view message) {
    return {{"data", nullptr},
            {"errors", Json::array({{{"message", clean_text(message, error_bytes)}}})}};
}

// "/files/{entity}/{project}/{run}/file_stream"
struct StreamPath {
    std::string entity;
    std::string project;
    std::string run;
};

std::optional<StreamPath> read_stream_path(std::string_view path) {
    if (!path.starts_with(stream_prefix) || !path.ends_with(stream_suffix) ||
        path.size() < stream_prefix.size() + stream_suffix.size()) {
        return std::nullopt;
    }
    path.remove_prefix(stream_prefix.size());
    path.remove_suffix(stream_suffix.size());
    const std::size_t first = path.find('/');
    const std::size_t second = first == path.npos ? first : path.find('/', first + 1);
    if (second == path.npos) {
        return std::nullopt;
    }
    const auto part_text = [](std::string_view part) {
        return net::percent_decode(part).value_or(std::string());
    };
    StreamPath out{part_text(path.substr(0, first)),
                   part_text(path.substr(first + 1, second - first - 1)),
                   part_text(path.substr(second + 1))};
    return is_id(out.project) && is_id(out.run) ? std::optional(std::move(out)) : std::nullopt;
}

Reply not_found() {
    return {.status = 404, .body = json_text({{"error", "pedigree: not a path of W&B's SDKs"}})};
}

// As the SDK would read it back: what was announced, with W&B's own digests.
Json manifest_of(const Artifact& artifact) {
    Json contents = Json::object();
    for (const auto& [name, file] : artifact.files) {
        contents[name] = {{"digest", file.md5},
                          {"birthArtifactID", artifact.id},
                          {"size", file.bytes.value_or(0)}};
    }
    return {{"version", 1},
            {"storagePolicy", "wandb-storage-policy-v1"},
            {"storagePolicyConfig", {{"storageLayout", "V2"}}},
            {"contents", std::move(contents)}};
}

void fill(File& file, std::uint64_t bytes, const Digest& sha256) {
    file.bytes = bytes;
    file.sha256 = sha256;
}

} // namespace

Endpoint::Endpoint(Settings settings, RowSink on_row) : on_row_(std::move(on_row)) {
    book_.settings = std::move(settings);
}

Reply Endpoint::answer(const Call& call) {
    book_.now = to_kubernetes_time(call.now);
    if (call.method == "POST" && call.path == "/graphql") {
        return graphql(call);
    }
    if (call.method == "POST" && call.path.ends_with(stream_suffix)) {
        return file_stream(call);
    }
    if (call.method == "GET" && call.path.starts_with(artifact_prefix) &&
        call.path.ends_with(manifest_suffix)) {
        return manifest(call.path.substr(
            artifact_prefix.size(),
            call.path.size() -
                std::min(call.path.size(), artifact_prefix.size() + manifest_suffix.size())));
    }
    return not_found();
}

Reply Endpoint::graphql(const Call& call) {
    const auto operation =
        call.state == Body::Cut
            ? Result<Operation>(failure(ErrorCode::TooLarge, "pedigree: the call is too large"))
            : read_operation(call.body);
    if (!operation) {
        return {.body = json_text(error_json(operation.error().message)),
                .standing = Standing::Refused};
    }
    Reply reply{.operation = text_front(valid_utf8(operation->name), 80) == operation->name
                                 ? operation->name
                                 : std::string(),
                .standing = standing_of(*operation)};
    const auto data = answer_operation(book_, *operation);
    reply.body = json_text(data ? Json{{"data", *data}} : error_json(data.error().message));
    return reply;
}

Reply Endpoint::file_stream(const Call& call) {
    const auto path = read_stream_path(call.path);
    Run* run = path ? book_.runs.find_or_add(path->project, path->run) : nullptr;
    if (run == nullptr) { // not kept, and counted by the book
        return {.body = json_text(push_answer(Run{}))};
    }
    if (run->entity.empty()) {
        run->entity = is_id(path->entity) ? path->entity : book_.settings.entity;
    }
    if (call.state == Body::Cut) {
        ++run->calls_unreadable;
    } else {
        take_push(book_.runs, *run, call.body, on_row_);
    }
    return {.body = json_text(push_answer(*run))};
}

Reply Endpoint::manifest(std::string_view number_text) {
    std::size_t number = 0;
    (void)std::from_chars(number_text.data(), number_text.data() + number_text.size(), number);
    const auto* place = book_.artifact(number);
    return place == nullptr ? not_found() : Reply{.body = json_text(manifest_of(*place->artifact))};
}

std::optional<Upload> Endpoint::upload(std::string_view method, std::string_view path) const {
    return method == "PUT" ? read_upload(path) : std::nullopt;
}

void Endpoint::uploaded(const Upload& upload, std::uint64_t bytes, const Digest& sha256) {
    if (upload.of == Upload::Of::Run) {
        Run* run = book_.runs.find(upload.project, upload.run);
        File* file = run == nullptr ? nullptr : book_.runs.file(*run, run->files, upload.file);
        if (file != nullptr) {
            fill(*file, bytes, sha256);
        }
        return;
    }
    const auto* place = book_.artifact(upload.number);
    if (place == nullptr) {
        return;
    }
    if (upload.of == Upload::Of::Manifest) {
        fill(place->artifact->manifest, bytes, sha256);
    } else if (File* file = book_.runs.file(*place->run, place->artifact->files, upload.file)) {
        fill(*file, bytes, sha256);
    }
}

void Endpoint::stop_runs() {
    for (const auto& [key, run] : book_.runs.all()) {
        run->stop_wanted = true;
    }
}

} // namespace pedigree::trackers::wandb
