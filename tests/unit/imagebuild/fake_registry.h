#pragma once
// Stands in for whatever servers a registry client may be led to: answers by method and URL, in
// order when a call has several answers, and keeps what it was asked. The last answer stays.

#include <deque>
#include <map>
#include <string>
#include <vector>

#include "imagebuild/registry/registry.h"

namespace pedigree::imagebuild {

struct FakeRegistry final : net::Http {
    std::map<std::string, std::deque<net::Response>> answers; // "GET https://host/path"
    std::vector<net::Request> asked;

    void answer(const std::string& call, net::Response response) {
        answers[call].push_back(std::move(response));
    }

    Result<net::Response> send(const net::Request& request, std::stop_token) override {
        asked.push_back(request);
        const auto found = answers.find(request.method + " " + request.url);
        if (found == answers.end()) {
            return net::Response{404, {}, ""};
        }
        net::Response response = found->second.front();
        if (found->second.size() > 1) {
            found->second.pop_front();
        }
        if (!request.sink && response.body.size() > request.body_bytes_max) {
            return failure(ErrorCode::TooLarge, "the answer is too large");
        }
        if (request.sink && response.ok()) {
            const std::string_view body = response.body;
            TRY(request.sink(body.substr(0, body.size() / 2))); // bytes come as they come
            TRY(request.sink(body.substr(body.size() / 2)));
            response.body.clear();
        }
        return response;
    }

    std::vector<std::string> calls() const {
        std::vector<std::string> lines;
        for (const net::Request& request : asked) {
            lines.push_back(request.method + " " + request.url);
        }
        return lines;
    }
    // To whom the credential or a token was shown.
    std::vector<std::string> authorized() const {
        std::vector<std::string> urls;
        for (const net::Request& request : asked) {
            if (request.headers.contains("Authorization")) {
                urls.push_back(request.url);
            }
        }
        return urls;
    }
};

} // namespace pedigree::imagebuild
