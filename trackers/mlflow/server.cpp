#include "trackers/mlflow/server.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/digest.h"
#include "base/json_text.h"
#include "base/redaction.h"
#include "base/text.h"

namespace pedigree::trackers::mlflow {
namespace {

constexpr std::string_view api = "/api/2.0/mlflow/";
constexpr std::size_t quoted_bytes_max = 200;
constexpr std::size_t word_bytes_max = 64;
constexpr int pages_max = 1000;
constexpr std::string_view proxied_scheme = "mlflow-artifacts:";

Error with_reason(ErrorCode code, std::string reason, std::string message) {
    Error error(code, std::move(message));
    error.reason = std::move(reason);
    return error;
}

ErrorCode code_of(const std::string& word, int status) {
    if (word == "RESOURCE_DOES_NOT_EXIST") {
        return ErrorCode::NotFound;
    }
    if (word == "RESOURCE_ALREADY_EXISTS") {
        return ErrorCode::AlreadyExists;
    }
    if (status == 429) {
        return ErrorCode::TooMany;
    }
    return status >= 500 ? ErrorCode::Unavailable : ErrorCode::InvalidInput;
}

// One of MLflow's words ("RESOURCE_DOES_NOT_EXIST"), not a text.
std::string word_of(const Json& answer) {
    const std::string word = string_or(answer, "error_code");
    const bool a_word = word.size() <= word_bytes_max &&
                        word.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ_") == word.npos;
    return a_word ? word : "";
}

std::vector<Secret> secrets_of(const records::work::TrackerTarget& target) {
    if (!target.basic) {
        return {target.token};
    }
    return {target.basic->password,
            Secret(target.basic->username + ":" + target.basic->password.reveal())};
}

// What a call said, as its server read it.
std::vector<std::string> texts_of(const net::Request& request) {
    std::vector<std::string> texts{request.url, net::percent_decode(request.url).value_or(""),
                                   request.body};
    if (const auto body = parse_json(request.body); body && body->is_structured()) {
        const Json flat = body->flatten();
        for (const auto& [path, value] : flat.items()) {
            texts.push_back(path);
            texts.push_back(value.is_string() ? value.get<std::string>() : "");
        }
    }
    return texts;
}

} // namespace

void add_credentials(net::Headers& headers, const records::work::TrackerTarget& target) {
    if (target.basic) {
        const Secret pair(target.basic->username + ":" + target.basic->password.reveal());
        headers.set("Authorization", "Basic " + to_base64(pair.reveal()));
    } else if (!target.token.empty()) {
        headers.set("Authorization", "Bearer " + target.token.reveal());
    }
}

Error explain(const net::Request& request, const net::Response& response,
              const records::work::TrackerTarget& target, const std::string& what) {
    const std::string& url = target.url;
    const auto host = net::parse_url(url).map([](const net::Url& u) { return u.authority(); });
    if (response.status == 401) {
        return with_reason(
            ErrorCode::Unauthorized, "MlflowUnauthorized",
            fmt::format("{}: {} wants other credentials (401); check username and "
                        "password, or token, in the Secret of trackers.mlflow.secretName",
                        what, url));
    }
    if (response.status == 403 && response.body.find("Invalid Host header") != std::string::npos) {
        return with_reason(
            ErrorCode::Forbidden, "MlflowHostRefused",
            fmt::format(
                "{}: {} refuses the host name \"{}\" (protection against DNS rebinding); start "
                "the server with MLFLOW_SERVER_ALLOWED_HOSTS={} (or --allowed-hosts)",
                what, url, host.value_or(url), host.value_or(url)));
    }
    const auto document = parse_json(response.body);
    const std::string word = document ? word_of(*document) : "";
    // Taken out before it is cut: half a password is one, too.
    const std::string text = document ? clean_text(redacted(string_or(*document, "message"),
                                                            secrets_of(target), texts_of(request)),
                                                   quoted_bytes_max)
                                      : "";
    Error error =
        with_reason(code_of(word, response.status),
                    response.status >= 500 ? "MlflowUnreachable" : "MlflowRefused",
                    fmt::format("{}: {} answered {}{}{}{}{}", what, url, response.status,
                                word.empty() ? "" : " ", word, text.empty() ? "" : ": ", text));
    error.retry_after = net::retry_after(response.headers);
    return error;
}

Server::Server(net::Http& http, records::work::TrackerTarget target, net::RetryOptions retry)
    : http_(http), target_(std::move(target)), retry_(retry) {
    while (target_.url.ends_with('/')) {
        target_.url.pop_back();
    }
}

Result<std::string> Server::send(net::Request request, const std::string& what,
                                 std::stop_token stop) {
    add_credentials(request.headers, target_);
    auto response = net::send_with_retry(http_, request, retry_, stop);
    if (!response) {
        Error error = std::move(response.error()).within(what + ": " + target_.url);
        error.reason = "MlflowUnreachable";
        return tl::unexpected<Error>(std::move(error));
    }
    if (!response->ok()) {
        return tl::unexpected<Error>(explain(request, *response, target_, what));
    }
    return std::move(response->body);
}

Result<Json> Server::get(const std::string& path, const net::QueryParameters& query,
                         std::stop_token stop) {
    net::Request request;
    request.url = target_.url + std::string(api) + path + "?" + net::query_text(query);
    TRY(const std::string body, send(request, "MLflow " + path, stop));
    return parse_json(body);
}

Result<Json> Server::post(const std::string& path, const Json& body, std::stop_token stop) {
    net::Request request;
    request.method = "POST";
    request.url = target_.url + std::string(api) + path;
    request.headers.set("Content-Type", "application/json");
    // Never throws: a text that is no UTF-8 gets U+FFFD.
    request.body = json_text(body);
    TRY(const std::string answer, send(request, "MLflow " + path, stop));
    return parse_json(answer);
}

Status Server::put_artifact(const std::string& artifact_uri, const std::string& path,
                            const std::string& bytes, std::stop_token stop) {
    if (!artifact_uri.starts_with(proxied_scheme)) {
        return failure(ErrorCode::InvalidInput,
                       "the server does not proxy artifacts (" + artifact_uri + ")");
    }
    std::string root = artifact_uri.substr(proxied_scheme.size());
    root.erase(0, root.find_first_not_of('/'));
    net::Request request;
    request.method = "PUT";
    request.url = target_.url + "/api/2.0/mlflow-artifacts/artifacts/" +
                  net::percent_encode(root + "/" + path, "/");
    request.body = bytes;
    TRY(send(request, "MLflow artifact " + path, stop));
    return {};
}

Result<std::string> Server::version(std::stop_token stop) {
    net::Request request;
    request.url = target_.url + "/version";
    request.body_bytes_max = 4096;
    TRY(std::string text, send(request, "MLflow /version", stop));
    return text.substr(0, 40);
}

Status Server::post_pages(const std::string& path, Json body, const std::string& list_name,
                          const std::function<Status(const Json&)>& each, std::stop_token stop) {
    for (int page = 0; page < pages_max; ++page) {
        TRY(const Json answer, post(path, body, stop));
        for (const Json& element : at_path(answer, {list_name})) {
            TRY(each(element));
        }
        const std::string next = string_or(answer, "next_page_token");
        if (next.empty()) {
            return {};
        }
        body["page_token"] = next;
    }
    return failure(ErrorCode::TooLarge, "MLflow " + path + " has too many pages");
}

} // namespace pedigree::trackers::mlflow
