#include "trackers/clearml/request.h"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/digest.h"
#include "base/json_text.h"
#include "base/text.h"
#include "trackers/call.h"

namespace pedigree::trackers::clearml {
namespace {

constexpr std::string_view api_prefix = "/api/";
constexpr std::size_t message_bytes = 500;
constexpr std::size_t word_bytes = 80;
// What the SDK asks for by it: hyperparameter sections, models in tasks, archives. 2.30 is that of
// the server 2.0, which the SDK was looked at with.
constexpr const char* api_version = "2.30";
constexpr const char* server_version = "2.0.0";
constexpr std::int64_t never = 4102444800; // the year 2100, seconds since 1970

bool is_word(std::string_view text) {
    return !text.empty() && text.size() <= word_bytes &&
           std::all_of(text.begin(), text.end(), [](char byte) {
               return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') || byte == '_';
           });
}

bool is_version(std::string_view text) {
    return text.size() >= 2 && text.size() <= 16 && text.front() == 'v' &&
           text.find_first_not_of("0123456789.", 1) == text.npos;
}

// What the SDK of ClearML can tell apart.
int subcode_of(const Request& request, ErrorCode code) {
    switch (code) {
    case ErrorCode::Forbidden:
        return 1; // not_supported
    case ErrorCode::Conflict:
        return 110; // invalid_task_status
    case ErrorCode::NotFound:
        return request.name.starts_with("models.")     ? 201  // invalid_model_id
               : request.name.starts_with("projects.") ? 401  // invalid_project_id
                                                       : 101; // invalid_task_id
    default:
        return 12; // validation_error
    }
}

Json meta_json(const Request& request, int code, int subcode, std::string_view message) {
    return {{"id", sha256(request.name).hex().substr(0, 32)},
            {"trx", ""},
            {"endpoint",
             {{"name", request.name},
              {"requested_version", request.version.empty() ? api_version : request.version},
              {"actual_version", "1.0"}}},
            {"result_code", code},
            {"result_subcode", subcode},
            {"result_msg", message},
            {"error_stack", ""},
            {"error_data", Json::object()}};
}

// RFC 7515: without the padding, with "-" and "_".
std::string base64url(std::string_view bytes) {
    std::string text = to_base64(bytes);
    std::replace(text.begin(), text.end(), '+', '-');
    std::replace(text.begin(), text.end(), '/', '_');
    text.erase(std::find(text.begin(), text.end(), '='), text.end());
    return text;
}

} // namespace

const Json& Request::value(std::string_view key) const {
    return at_path(*body, {key});
}

std::string Request::text(std::string_view key) const {
    return string_or(*body, key);
}

std::vector<std::string> Request::texts(std::string_view key) const {
    std::vector<std::string> out;
    const Json& list = value(key);
    if (list.is_array()) {
        for (const Json& one : list) {
            if (one.is_string()) {
                out.push_back(one.get<std::string>());
            }
        }
    }
    return out;
}

Result<Request> read_path(std::string_view path) {
    Request request{.body = std::make_shared<const Json>(Json::object())};
    if (path.starts_with(api_prefix)) {
        path.remove_prefix(api_prefix.size());
        const std::size_t slash = path.find('/');
        if (slash != path.npos && is_version(path.substr(0, slash))) {
            request.version = path.substr(1, slash - 1);
            path.remove_prefix(slash + 1);
        }
        const std::size_t dot = std::min(path.find('.'), path.size());
        if (is_word(path.substr(0, dot)) && dot < path.size() && is_word(path.substr(dot + 1))) {
            request.name = path;
            return request;
        }
    }
    return failure(ErrorCode::NotFound, "pedigree: not a path of ClearML's API");
}

Status read_body(Request& request, std::string_view body) {
    if (body.empty()) {
        return {};
    }
    auto parsed = parse_json(body, {.bytes_max = call_bytes_max});
    if (!parsed || !parsed->is_object()) {
        return failure(ErrorCode::InvalidInput,
                       fmt::format("pedigree: the body of {} is no JSON object: {}", request.name,
                                   parsed ? "another value" : parsed.error().message));
    }
    request.body = std::make_shared<const Json>(*std::move(parsed));
    return {};
}

std::string success_text(const Request& request, const Json& data) {
    return json_text(Json{{"meta", meta_json(request, 200, 0, "OK")}, {"data", data}});
}

std::string error_text(const Request& request, const Error& error) {
    return json_text(Json{{"meta", meta_json(request, 400, subcode_of(request, error.code),
                                             clean_text(error.message, message_bytes))},
                          {"data", Json::object()}});
}

std::string login_token(std::string_view user) {
    const Json head{{"alg", "HS256"}, {"typ", "JWT"}};
    const Json claims{{"auth_type", "Bearer"},
                      {"identity",
                       {{"user", user},
                        {"user_name", user},
                        {"company", user},
                        {"company_name", user},
                        {"role", "user"}}},
                      {"env", ""},
                      {"exp", never},
                      {"api_version", api_version},
                      {"server_version", server_version},
                      {"feature_set", "basic"}};
    return fmt::format("{}.{}.{}", base64url(json_text(head)), base64url(json_text(claims)),
                       base64url("no signature"));
}

} // namespace pedigree::trackers::clearml
