// What ClearML's SDK sends, by its first line: an upload's content type, or the name of a call. The
// rest is the body. A script's bytes, so anything may stand there.
#include <algorithm>

#include <nlohmann/json.hpp>

#include "trackers/clearml/endpoint.h"
#include "trackers/clearml/limits.h"
#include "trackers/clearml/multipart.h"
#include "trackers/clearml/observed.h"

#include "tests/fuzz/targets.h"

namespace pedigree::fuzz {
namespace {

namespace sdk = pedigree::trackers::clearml;

void take_upload(std::string_view content_type, std::string_view body) {
    auto multipart = sdk::Multipart::of(content_type);
    if (!multipart) {
        return;
    }
    std::size_t bytes = 0;
    const sdk::PartSink sink{.begin =
                                 [](const std::string& name) {
                                     const auto path = sdk::uploaded_path(name);
                                     require(!path || (!path->starts_with('/') &&
                                                       !path->starts_with("../") &&
                                                       path->find("/../") == path->npos));
                                     return Status();
                                 },
                             .data =
                                 [&](std::string_view piece) {
                                     bytes += piece.size();
                                     return Status();
                                 },
                             .end = [] { return Status(); }};
    for (std::string_view rest = body; !rest.empty();
         rest.remove_prefix(std::min<std::size_t>(rest.size(), 100))) {
        if (!multipart->feed(rest.substr(0, 100), sink)) {
            break;
        }
    }
    require(bytes <= body.size());
}

void check_tasks(const sdk::Endpoint& endpoint) {
    for (const auto& [id, task] : endpoint.book().tasks) {
        require(task->metrics.size() <= sdk::clearml_keys_per_task_max);
        for (const auto& artifact : sdk::observed_artifacts(endpoint.book(), *task)) {
            require(artifact.location.find(endpoint.book().settings.base_url) ==
                    artifact.location.npos);
            require(artifact.files.empty() || artifact.location.starts_with("files/"));
        }
        (void)sdk::task_json(endpoint.book(), *task);
    }
    (void)sdk::observed_strays(endpoint.book());
    (void)sdk::observed_gaps(endpoint.book());
}

} // namespace

void clearml(std::string_view input) {
    const std::size_t end = std::min(input.find('\n'), input.size());
    const std::string_view first = input.substr(0, end);
    const std::string_view body = input.substr(std::min(end + 1, input.size()));
    if (first.starts_with('m') && !first.starts_with("models.")) {
        take_upload(first, body);
        return;
    }
    sdk::Endpoint endpoint(sdk::Settings{});
    const std::string id(32, 'a');
    require(endpoint.prepare({.id = id, .project = "p", .name = "n"}).has_value());
    (void)endpoint.answer({"POST", "/api/v2.23/models.create", R"({"name":"m"})", {}});
    endpoint.uploaded("a/b", 1, {});
    const std::string path = "/api/v2.23/" + std::string(first);
    for (int i = 0; i < 2; ++i) { // what a call has left is read by the next one
        const sdk::Reply reply = endpoint.answer({"POST", path, body, {}});
        require(reply.status == 200 || reply.status == 400 || reply.status == 404);
        (void)endpoint.answer(
            {"POST", "/api/v2.23/tasks.get_by_id", R"({"task":")" + id + "\"}", {}});
        (void)endpoint.answer({"POST", "/api/v2.23/tasks.get_all", body, {}});
        (void)endpoint.answer({"POST", "/api/v2.23/models.get_all", body, {}});
    }
    (void)endpoint.stored(input);
    check_tasks(endpoint);
}

} // namespace pedigree::fuzz
