#pragma once
// Stands for MLflow's server: answers by call, keeps what it was asked. The integration test tries
// the same functions on the real one.

#include <functional>
#include <map>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/json.h"
#include "net/http.h"
#include "net/retry.h"

namespace pedigree::trackers::mlflow {

struct FakeMlflow final : net::Http {
    using Http::send;
    Result<net::Response> send(const net::Request& request, std::stop_token) override {
        asked.push_back(request);
        for (const auto& [part, answer] : answers) {
            if (request.url.find(part) != std::string::npos) {
                return answer(parse_json(request.body).value_or(Json::object()));
            }
        }
        return net::Response{200, {}, "{}"};
    }

    std::size_t count(const std::string& part) const {
        std::size_t times = 0;
        for (const auto& request : asked) {
            times += request.url.find(part) != std::string::npos;
        }
        return times;
    }
    Json body(const std::string& part) const {
        for (const auto& request : asked) {
            if (request.url.find(part) != std::string::npos) {
                return parse_json(request.body).value_or(Json());
            }
        }
        return Json();
    }

    std::map<std::string, std::function<net::Response(const Json&)>> answers; // by part of the URL
    std::vector<net::Request> asked;
};

inline std::function<net::Response(const Json&)> answering(const Json& document, int status = 200) {
    return [document, status](const Json&) { return net::Response{status, {}, document.dump()}; };
}

inline net::RetryOptions once() {
    return {.tries_max = 1};
}

} // namespace pedigree::trackers::mlflow
