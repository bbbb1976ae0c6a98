// A recorder's ClearML part on loopback, for tests with the real SDKs:
//
//     clearml_pod_server PORT [FOLDER]   serves until its input ends; files are kept in FOLDER
//
// Beside what a pod may call below /clearml it answers GET /tasks with all that was seen, POST
// /stop by asking the scripts to stop, and POST /prepare (a PreparedTask as JSON) by making a task.
#include <fstream>
#include <iostream>
#include <memory>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/digest.h"
#include "base/file.h"
#include "base/json_text.h"
#include "base/sync.h"
#include "net/http_server.h"
#include "trackers/call.h"
#include "trackers/clearml/endpoint.h"
#include "trackers/clearml/multipart.h"
#include "trackers/clearml/observed.h"

namespace {

using namespace pedigree;
namespace clearml = pedigree::trackers::clearml;
using trackers::send_json;

constexpr std::string_view base = "/clearml";
constexpr std::size_t piece_bytes = 64 * 1024;
constexpr std::size_t file_bytes_max = std::size_t{1} << 30;

struct Pod {
    Sync<std::unique_ptr<clearml::Endpoint>> endpoint;
    Sync<std::map<std::string, std::int64_t>> calls; // answered and refused, by name
    std::filesystem::path folder;
};

// One file after the other, as they come in an upload.
struct Arriving {
    Pod& pod;
    std::string path;
    std::ofstream file;
    Sha256 hash;
    std::uint64_t bytes = 0;

    Status begin(const std::string& name) {
        const auto good = clearml::uploaded_path(name);
        if (!good) {
            return failure(ErrorCode::InvalidInput, "pedigree: no path of a file");
        }
        path = *good;
        bytes = 0;
        if (!pod.folder.empty()) {
            std::filesystem::create_directories((pod.folder / path).parent_path());
            file = std::ofstream(pod.folder / path, std::ios::binary);
        }
        return {};
    }
    Status data(std::string_view piece) {
        hash.update(piece);
        bytes += piece.size();
        file.write(piece.data(), static_cast<std::streamsize>(piece.size()));
        return {};
    }
    Status end() {
        file.close();
        const Digest digest = hash.finish();
        (*pod.endpoint.lock())->uploaded(path, bytes, digest);
        return {};
    }
};

void take_upload(Pod& pod, net::Exchange& exchange) {
    auto multipart =
        clearml::Multipart::of(exchange.request().headers.value_or("Content-Type", ""));
    Arriving arriving{.pod = pod};
    const clearml::PartSink sink{
        .begin = [&](const std::string& name) { return arriving.begin(name); },
        .data = [&](std::string_view piece) { return arriving.data(piece); },
        .end = [&] { return arriving.end(); }};
    Status taken = multipart ? Status() : Status(tl::unexpected(multipart.error()));
    std::string buffer(piece_bytes, '\0');
    for (auto read = exchange.read(buffer); read && *read > 0 && taken;
         read = exchange.read(buffer)) {
        taken = multipart->feed(std::string_view(buffer).substr(0, *read), sink);
    }
    if (taken && !multipart->is_whole()) {
        taken = failure(ErrorCode::InvalidInput, "pedigree: the upload was cut off");
    }
    send_json(exchange, taken ? 200 : 400,
              taken ? clearml::upload_text(arriving.path)
                    : clearml::upload_error_text(taken.error()));
}

void send_file(Pod& pod, net::Exchange& exchange, const std::string& path) {
    const auto stored = (*pod.endpoint.lock())->stored(path);
    const auto bytes = stored ? read_file(pod.folder / *stored, file_bytes_max)
                              : Result<std::string>(failure(ErrorCode::NotFound, "no such file"));
    if (bytes) {
        (void)exchange.send({200, {{"Content-Type", "application/octet-stream"}}, *bytes});
    } else {
        send_json(exchange, 404, clearml::upload_error_text(bytes.error()));
    }
}

Json tasks_json(Pod& pod) {
    Json out{{"tasks", Json::array()}, {"calls", *pod.calls.lock()}, {"gaps", Json::array()}};
    const auto endpoint = pod.endpoint.lock();
    const clearml::Book& book = (*endpoint)->book();
    for (const auto& [id, task] : book.tasks) {
        out["tasks"].push_back(clearml::task_json(book, *task));
    }
    for (const auto& gap : clearml::observed_gaps(book)) {
        out["gaps"].push_back(gap.sentence);
    }
    return out;
}

Status prepare(Pod& pod, const std::string& body) {
    TRY(const Json document, parse_json(body));
    clearml::PreparedTask prepared{.id = string_or(document, "id"),
                                   .project = string_or(document, "project"),
                                   .name = string_or(document, "name")};
    for (const auto& [name, value] : document["parameters"].items()) {
        prepared.parameters.emplace_back(name, value.get<std::string>());
    }
    return (*pod.endpoint.lock())->prepare(prepared);
}

void answer_control(Pod& pod, net::Exchange& exchange, const std::string& path) {
    if (path == "/tasks") {
        send_json(exchange, 200, json_text(tasks_json(pod)));
    } else if (path == "/stop") {
        (*pod.endpoint.lock())->stop_tasks();
        send_json(exchange, 200, "{}");
    } else if (path == "/prepare") {
        const auto body = exchange.read_all(trackers::call_bytes_max);
        send_json(exchange, body && prepare(pod, *body) ? 200 : 400, "{}");
    } else {
        send_json(exchange, 404, "{}");
    }
}

void answer_call(Pod& pod, net::Exchange& exchange, const std::string& path) {
    const auto body = trackers::read_call(exchange);
    if (!body) {
        return;
    }
    const clearml::Reply reply = (*pod.endpoint.lock())
                                     ->answer({exchange.request().method, path, body->text,
                                               SystemClock().now(), body->state});
    ++(*pod.calls.lock())[reply.name + (reply.status == 200 ? "" : " refused")];
    send_json(exchange, reply.status, reply.body);
}

void serve_call(Pod& pod, net::Exchange& exchange) {
    const net::ServerRequest& request = exchange.request();
    if (!request.path.starts_with(std::string(base) + "/")) {
        answer_control(pod, exchange, request.path);
        return;
    }
    const std::string path = request.path.substr(base.size());
    switch (clearml::Endpoint::kind(request.method, path)) {
    case clearml::Kind::Call:
        return answer_call(pod, exchange, path);
    case clearml::Kind::Upload:
        return take_upload(pod, exchange);
    case clearml::Kind::Download:
        return send_file(pod, exchange, path);
    case clearml::Kind::None:
        return send_json(exchange, 404, "{}");
    }
}

int serve(std::uint16_t port, const std::filesystem::path& folder) {
    Pod pod;
    pod.folder = folder;
    *pod.endpoint.lock() = std::make_unique<clearml::Endpoint>(clearml::Settings{
        .base_url = fmt::format("http://127.0.0.1:{}{}", port, base), .seed = "a pod"});
    auto server =
        net::HttpServer::start({.port = port, .body_bytes_max = std::uint64_t{1} << 40},
                               [&](net::Exchange& exchange) { serve_call(pod, exchange); });
    if (!server) {
        std::cerr << server.error().message << '\n';
        return 1;
    }
    std::cout << "ready" << std::endl;
    for (std::string line; std::getline(std::cin, line);) {
    }
    (*server)->stop();
    return 0;
}

} // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> words(argv + 1, argv + argc);
    if (words.empty()) {
        std::cerr << "PORT [FOLDER]\n";
        return 64;
    }
    return serve(static_cast<std::uint16_t>(std::stoi(words[0])), words.size() > 1 ? words[1] : "");
}
