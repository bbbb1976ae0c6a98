#include "k8s/client.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/digest.h"
#include "base/json_text.h"
#include "k8s/credentials.h"
#include "k8s/exec_plugin.h"
#include "net/http_client.h"
#include "net/url.h"

namespace pedigree::k8s {
namespace {

constexpr JsonLimits answer_limits{list_bytes_max, 128};
constexpr std::size_t idle_connections_max = 8;

struct Call {
    std::string method = "GET";
    std::string path = {}; // with its query
    std::string body = {};
    std::string content_type = "application/json";
};

std::string with_query(std::string path, const net::QueryParameters& parameters) {
    return parameters.empty() ? path : path + "?" + net::query_text(parameters);
}

void add_if_given(net::QueryParameters& parameters, const char* name, const std::string& value) {
    if (!value.empty()) {
        parameters.emplace_back(name, value);
    }
}

net::HttpClientOptions http_options(const Config& config, const net::Url& server) {
    net::HttpClientOptions options;
    options.ca_pem = config.ca_pem;
    options.client_certificate_pem = config.client_certificate_pem;
    options.client_key_pem = config.client_key_pem;
    options.proxy_url = config.proxy_url;
    if (!config.server_name.empty()) { // the name to verify stands in the URL, the dialled one here
        options.connect_to = fmt::format(
            "{}:{}", net::Url{server.scheme, server.host, 443, "", ""}.authority(), server.port);
    }
    return options;
}

const char* content_type_of(PatchKind kind) {
    switch (kind) {
    case PatchKind::Json:
        return "application/json-patch+json";
    case PatchKind::Merge:
        return "application/merge-patch+json";
    case PatchKind::Apply:
        return "application/apply-patch+yaml"; // JSON is YAML
    }
    return "";
}

} // namespace

Words<Propagation> words_of(Propagation) {
    static constexpr Word<Propagation> table[] = {{Propagation::Background, "Background"},
                                                  {Propagation::Foreground, "Foreground"},
                                                  {Propagation::Orphan, "Orphan"}};
    return table;
}

struct Client::Session {
    Session(Config given, ClientOptions wanted, net::Url address,
            std::optional<ExecCredential> first)
        : config(std::move(given)), options(std::move(wanted)), server(std::move(address)),
          credentials(config, std::move(first)),
          http(http_options(config, server), idle_connections_max) {}

    net::Request request(const Call& call) const;
    Result<net::Response> send(net::Request request, const std::stop_token& stop);
    Result<std::string> call(const Call& call);
    Result<Json> json(const Call& call);

    const Config config;
    const ClientOptions options;
    const net::Url server;
    Credentials credentials;
    net::PooledHttp http;
};

net::Request Client::Session::request(const Call& call) const {
    net::Request request;
    net::Url url = server;
    if (!config.server_name.empty()) {
        url.host = config.server_name;
        request.headers.add("Host", server.authority());
    }
    std::string prefix = server.path;
    while (prefix.ends_with('/')) {
        prefix.pop_back();
    }
    request.url = url.origin() + prefix + call.path;
    request.method = call.method;
    request.body = call.body;
    request.headers.add("User-Agent", options.user_agent);
    request.headers.add("Accept", "application/json");
    if (!call.body.empty()) {
        request.headers.add("Content-Type", call.content_type);
    }
    request.timeouts.total = options.call_timeout;
    request.body_bytes_max = list_bytes_max;
    return request;
}

// Adds who we are; a 401 is asked once more, as the token may have been rotated.
Result<net::Response> Client::Session::send(net::Request request, const std::stop_token& stop) {
    TRY(credentials.add_to(request.headers));
    const auto ask = [&] {
        auto response = http.send(request, stop);
        if (options.answered) {
            options.answered(request.method, response ? response->status : 0);
        }
        return response;
    };
    auto response = ask();
    if (response && response->status == 401 && credentials.renew()) {
        TRY(credentials.add_to(request.headers));
        response = ask();
    }
    return response;
}

Result<std::string> Client::Session::call(const Call& call) {
    const std::string what = call.method + " " + call.path.substr(0, call.path.find('?'));
    if (call.body.size() > request_bytes_max) {
        return failure(ErrorCode::TooLarge,
                       fmt::format("{}: the request of {} bytes is larger than the API server's "
                                   "limit of {}",
                                   what, call.body.size(), request_bytes_max));
    }
    TRY(auto response, send(request(call), options.stop));
    if (!response.ok()) {
        Error error = error_from_status(response.status, response.body, what);
        if (!error.retry_after) {
            error.retry_after = net::retry_after(response.headers);
        }
        return tl::unexpected<Error>(std::move(error));
    }
    return std::move(response.body);
}

Result<Json> Client::Session::json(const Call& asked) {
    TRY(const auto text, call(asked));
    auto parsed = parse_json(text, answer_limits);
    if (!parsed) {
        return failure(ErrorCode::Corrupt, fmt::format("{} {}: the answer is {}", asked.method,
                                                       asked.path, parsed.error().message));
    }
    return parsed;
}

Result<std::unique_ptr<Client>> Client::connect(Config config, ClientOptions options) {
    auto server = net::parse_url(config.server);
    if (!server) {
        return tl::unexpected<Error>(std::move(server).error().within("address of the API server"));
    }
    std::optional<ExecCredential> first;
    if (config.exec) {
        TRY(first, run_exec_plugin(*config.exec, options.stop));
        if (!first->client_certificate_pem.empty()) {
            config.client_certificate_pem = first->client_certificate_pem;
            config.client_key_pem = first->client_key_pem;
        }
        if (first->token.empty()) {
            config.exec.reset(); // the certificate is all it gives, and holds for this Client
        }
    }
    return std::unique_ptr<Client>(new Client(std::make_unique<Session>(
        std::move(config), std::move(options), *std::move(server), std::move(first))));
}

Client::Client(std::unique_ptr<Session> session) : session_(std::move(session)) {}

Client::~Client() = default;

const Config& Client::config() const {
    return session_->config;
}

Result<Json> Client::get(const ResourceType& type, const ObjectKey& key) {
    return session_->json({.path = type.path(key.name_space, key.name)});
}

Result<Json> Client::create(const ResourceType& type, const Json& object) {
    return session_->json(
        {.method = "POST",
         .path = with_query(type.path(key_of(object).name_space), {{"fieldValidation", "Strict"}}),
         .body = json_text(object)});
}

Result<Json> Client::replace(const ResourceType& type, const Json& object) {
    const auto key = key_of(object);
    return session_->json(
        {.method = "PUT",
         .path = with_query(type.path(key.name_space, key.name), {{"fieldValidation", "Strict"}}),
         .body = json_text(object)});
}

Result<Json> Client::patch(const ResourceType& type, const ObjectKey& key, PatchKind kind,
                           const Json& body, const PatchOptions& options) {
    net::QueryParameters parameters{{"fieldValidation", "Strict"}};
    add_if_given(parameters, "fieldManager", options.field_manager);
    add_if_given(parameters, "force", options.force ? "true" : "");
    return session_->json(
        {.method = "PATCH",
         .path = with_query(type.path(key.name_space, key.name, options.subresource), parameters),
         .body = json_text(body),
         .content_type = content_type_of(kind)});
}

Status Client::remove(const ResourceType& type, const ObjectKey& key,
                      const DeleteOptions& options) {
    Json body{{"apiVersion", "v1"},
              {"kind", "DeleteOptions"},
              {"propagationPolicy", to_string(options.propagation)}};
    if (!options.uid.empty()) {
        body["preconditions"]["uid"] = options.uid;
    }
    if (!options.resource_version.empty()) {
        body["preconditions"]["resourceVersion"] = options.resource_version;
    }
    TRY(session_->call({.method = "DELETE",
                        .path = type.path(key.name_space, key.name),
                        .body = json_text(body)}));
    return {};
}

Result<std::string> Client::raw(const std::string& path, const std::string& method,
                                const std::string& body) {
    return session_->call({.method = method, .path = path, .body = body});
}

namespace {

struct Page {
    std::vector<Object> items;
    std::string resource_version;
    std::string next;
};

// Items of a list carry neither kind nor apiVersion; cached objects do.
Result<Page> page_of(Json list, const ResourceType& type) {
    const Json& metadata = at_path(list, {"metadata"});
    Page page{{}, string_or(metadata, "resourceVersion"), string_or(metadata, "continue")};
    const auto items = list.find("items");
    if (items == list.end() || items->is_null()) {
        return page;
    }
    if (!items->is_array()) {
        return failure(ErrorCode::Corrupt, fmt::format("list of {} has no items", type.plural));
    }
    for (auto& item : *items) {
        auto object = std::make_shared<Json>(std::move(item));
        drop_unread_metadata(*object);
        object->emplace("apiVersion", type.api_version());
        object->emplace("kind", type.kind);
        page.items.push_back(std::move(object));
    }
    return page;
}

} // namespace

Result<ObjectList> Client::list(const ResourceType& type, const ListOptions& options) {
    net::QueryParameters fixed;
    add_if_given(fixed, "labelSelector", options.label_selector);
    add_if_given(fixed, "fieldSelector", options.field_selector);
    add_if_given(fixed, "resourceVersion", options.resource_version);
    const std::string path = type.path(options.name_space);
    // A page at a given version would bypass the server's cache, so only the newest is paged.
    bool paged = options.resource_version.empty();
    ObjectList out;
    std::string next;
    do {
        net::QueryParameters parameters = fixed;
        add_if_given(parameters, "limit", paged ? std::to_string(list_page_items) : "");
        add_if_given(parameters, "continue", next);
        auto answer = session_->json({.path = with_query(path, parameters)});
        if (!answer && answer.error().code == ErrorCode::Gone && !next.empty()) {
            paged = false; // the pages' version has expired: everything at once instead
            out.items.clear();
            next.clear();
            answer = session_->json({.path = with_query(path, fixed)});
        }
        if (!answer) {
            return tl::unexpected<Error>(std::move(answer).error());
        }
        TRY(auto page, page_of(*std::move(answer), type));
        std::move(page.items.begin(), page.items.end(), std::back_inserter(out.items));
        out.resource_version = page.resource_version;
        next = page.next;
    } while (!next.empty());
    return out;
}

Status Client::watch(const ResourceType& type, const WatchOptions& options, const ByteSink& sink,
                     std::stop_token stop) {
    net::QueryParameters parameters{{"watch", "true"}, {"allowWatchBookmarks", "true"}};
    add_if_given(parameters, "labelSelector", options.label_selector);
    add_if_given(parameters, "fieldSelector", options.field_selector);
    add_if_given(parameters, "resourceVersion", options.resource_version);
    if (options.send_initial_events) {
        parameters.emplace_back("sendInitialEvents", "true");
        parameters.emplace_back("resourceVersionMatch", "NotOlderThan");
    }
    if (options.timeout.count() > 0) {
        parameters.emplace_back("timeoutSeconds", std::to_string(options.timeout.count()));
    }
    net::Request request =
        session_->request({.path = with_query(type.path(options.name_space), parameters)});
    request.timeouts.total = {};
    request.timeouts.idle = options.idle;
    request.sink = sink;
    TRY(const auto response, session_->send(std::move(request), stop));
    if (!response.ok()) {
        Error error = error_from_status(response.status, response.body,
                                        fmt::format("watching {}", type.plural));
        if (!error.retry_after) {
            error.retry_after = net::retry_after(response.headers);
        }
        return tl::unexpected<Error>(std::move(error));
    }
    return {};
}

Status Client::stream(const std::string& path, const ByteSink& sink, std::stop_token stop) {
    net::Request request = session_->request({.path = path});
    request.timeouts.total = {};
    request.sink = sink;
    request.headers.set("Accept", "*/*");
    TRY(const auto response, session_->send(std::move(request), stop));
    if (!response.ok()) {
        return tl::unexpected<Error>(error_from_status(response.status, response.body,
                                                       "GET " + path.substr(0, path.find('?'))));
    }
    return {};
}

Status Client::pod_log(const ObjectKey& pod, const LogOptions& options, const ByteSink& sink,
                       std::stop_token stop) {
    net::QueryParameters parameters;
    add_if_given(parameters, "container", options.container);
    add_if_given(parameters, "follow", options.follow ? "true" : "");
    add_if_given(parameters, "previous", options.previous ? "true" : "");
    add_if_given(parameters, "timestamps", options.timestamps ? "true" : "");
    if (options.tail_lines) {
        parameters.emplace_back("tailLines", std::to_string(*options.tail_lines));
    }
    return stream(with_query(pods.path(pod.name_space, pod.name, "log"), parameters), sink,
                  std::move(stop));
}

} // namespace pedigree::k8s
