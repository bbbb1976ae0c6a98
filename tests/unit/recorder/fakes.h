#pragma once
// Stand-ins for the two sides of the recorder: the script's connection, and servers (MLflow, a
// store). They keep what they were asked and answer by a function, without a socket.

#include <algorithm>
#include <cstring>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "net/http_server.h"

namespace pedigree::recorder {

struct FakeExchange final : net::Exchange {
    FakeExchange(std::string method, std::string target, std::string text = "")
        : body(std::move(text)) {
        asked.method = std::move(method);
        asked.target = std::move(target);
        asked.path = asked.target.substr(0, asked.target.find('?'));
        asked.body_bytes = body.size();
    }

    const net::ServerRequest& request() const override { return asked; }
    Result<std::size_t> read(std::span<char> buffer) override {
        const auto count = std::min(buffer.size(), body.size() - at);
        std::memcpy(buffer.data(), body.data() + at, count);
        at += count;
        return count;
    }
    Status send(const net::Response& response) override {
        answer = response;
        return {};
    }
    Status start(const net::Response& head, std::optional<std::uint64_t>) override {
        answer = head;
        answer.body.clear();
        return {};
    }
    Status write(std::string_view bytes) override {
        answer.body += bytes;
        return {};
    }
    std::stop_token stop() const override { return {}; }

    net::ServerRequest asked;
    std::string body;
    std::size_t at = 0;
    net::Response answer;
};

struct FakeHttp final : net::Http {
    struct Asked {
        std::string method, url, body;
        net::Headers headers;
    };
    using Answer = std::function<Result<net::Response>(const Asked&)>;

    explicit FakeHttp(Answer answer_with) : answer(std::move(answer_with)) {}

    using Http::send;
    Result<net::Response> send(const net::Request& request, std::stop_token) override {
        Asked one{request.method, request.url, request.body, request.headers};
        std::string buffer(1000, '\0');
        while (request.body_source) {
            const auto count = request.body_source(buffer);
            if (!count || *count == 0) {
                break;
            }
            one.body += buffer.substr(0, *count);
        }
        Result<net::Response> response = answer(one);
        {
            const std::lock_guard<std::mutex> held(guard);
            asked.push_back(std::move(one));
        }
        if (!response) {
            return response;
        }
        if (request.head_sink) {
            if (auto taken = request.head_sink(*response); !taken) {
                return tl::unexpected<Error>(taken.error());
            }
        }
        if (request.sink && (response->ok() || request.sink_statuses == net::SinkStatuses::All)) {
            (void)request.sink(response->body);
            response->body.clear();
        }
        return response;
    }

    Answer answer; // called by several threads at once where several files go up together
    std::mutex guard;
    std::vector<Asked> asked;
};

} // namespace pedigree::recorder
