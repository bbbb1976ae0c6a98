// A recorder's W&B part on loopback, for tests with the real SDKs:
//
//     wandb_pod_server serve PORT [FOLDER]   serves until its input ends; files are kept in FOLDER
//     wandb_pod_server read FILE             what a .wandb file says
//
// Beside what a pod may call below /wandb it answers GET /runs with all that was seen, POST /stop
// by asking the scripts to stop, and POST /file (the body is a .wandb file) by merging it.
#include <cstdio>
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
#include "trackers/wandb/endpoint.h"
#include "trackers/wandb/run_file.h"

namespace {

using namespace pedigree;
namespace wandb = pedigree::trackers::wandb;
using trackers::send_json;

constexpr std::string_view base = "/wandb";
constexpr std::size_t piece_bytes = 64 * 1024;

struct Pod {
    Sync<std::unique_ptr<wandb::Endpoint>> endpoint;
    Sync<std::map<std::string, std::int64_t>> operations; // answered and refused, by name
    std::filesystem::path folder;
};

void take_upload(Pod& pod, net::Exchange& exchange, const wandb::Upload& upload) {
    std::ofstream file;
    if (!pod.folder.empty() && !upload.place().empty()) {
        std::filesystem::create_directories((pod.folder / upload.place()).parent_path());
        file.open(pod.folder / upload.place(), std::ios::binary);
    }
    Sha256 hash;
    std::uint64_t bytes = 0;
    std::string buffer(piece_bytes, '\0');
    while (true) {
        const auto read = exchange.read(buffer);
        if (!read) {
            return; // cut off: nothing arrived
        }
        if (*read == 0) {
            break;
        }
        hash.update(std::string_view(buffer).substr(0, *read));
        file.write(buffer.data(), static_cast<std::streamsize>(*read));
        bytes += *read;
    }
    const Digest digest = hash.finish();
    (*pod.endpoint.lock())->uploaded(upload, bytes, digest);
    send_json(exchange, 200, "{}");
}

Json runs_json(Pod& pod) {
    Json out{{"runs", Json::array()}, {"operations", *pod.operations.lock()}};
    const auto endpoint = pod.endpoint.lock();
    for (const auto& [key, run] : (**endpoint).runs().all()) {
        out["runs"].push_back(wandb::run_json(*run));
    }
    return out;
}

void answer_control(Pod& pod, net::Exchange& exchange, const std::string& path) {
    if (path == "/runs") {
        send_json(exchange, 200, json_text(runs_json(pod)));
    } else if (path == "/stop") {
        (*pod.endpoint.lock())->stop_runs();
        send_json(exchange, 200, "{}");
    } else if (path == "/file") {
        const auto body = exchange.read_all(trackers::call_bytes_max);
        auto endpoint = pod.endpoint.lock();
        wandb::RunFile file((**endpoint).runs(), "pedigree");
        file.feed(body.value_or(std::string()));
        const bool known = file.finish() != nullptr;
        send_json(exchange, known ? 200 : 400, "{}");
    } else {
        send_json(exchange, 404, "{}");
    }
}

void serve_call(Pod& pod, net::Exchange& exchange) {
    const net::ServerRequest& request = exchange.request();
    if (!request.path.starts_with(std::string(base) + "/")) {
        answer_control(pod, exchange, request.path);
        return;
    }
    const std::string path = request.path.substr(base.size());
    if (const auto upload = (*pod.endpoint.lock())->upload(request.method, path)) {
        take_upload(pod, exchange, *upload);
        return;
    }
    const auto body = trackers::read_call(exchange);
    if (!body) {
        return;
    }
    const wandb::Reply reply =
        (*pod.endpoint.lock())
            ->answer({request.method, path, body->text, SystemClock().now(), body->state});
    if (!reply.operation.empty() || path == "/graphql") {
        ++(*pod.operations.lock())[fmt::format(
            "{}{}", reply.operation,
            reply.body.find("\"errors\"") == std::string::npos ? "" : " refused")];
    }
    send_json(exchange, reply.status, reply.body);
}

int serve(std::uint16_t port, const std::filesystem::path& folder) {
    Pod pod;
    pod.folder = folder;
    *pod.endpoint.lock() = std::make_unique<wandb::Endpoint>(
        wandb::Settings{.base_url = fmt::format("http://127.0.0.1:{}{}", port, base)});
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

int read(const std::filesystem::path& path) {
    const auto bytes = read_file(path, std::size_t{1} << 30);
    if (!bytes) {
        std::cerr << bytes.error().message << '\n';
        return 1;
    }
    wandb::Runs runs;
    wandb::RunFile file(runs, "pedigree");
    for (std::string_view rest = *bytes; !rest.empty();
         rest.remove_prefix(std::min(piece_bytes, rest.size()))) {
        file.feed(rest.substr(0, piece_bytes));
    }
    const wandb::Run* run = file.finish();
    std::cout << json_text(run == nullptr ? Json(nullptr) : wandb::run_json(*run),
                           JsonForm::Indented)
              << '\n';
    return run == nullptr ? 2 : 0;
}

} // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> words(argv + 1, argv + argc);
    if (words.size() >= 2 && words[0] == "serve") {
        return serve(static_cast<std::uint16_t>(std::stoi(words[1])),
                     words.size() > 2 ? words[2] : "");
    }
    if (words.size() == 2 && words[0] == "read") {
        return read(words[1]);
    }
    std::cerr << "serve PORT [FOLDER] | read FILE\n";
    return 64;
}
