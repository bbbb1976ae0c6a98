#include "recorder/endpoint.h"

#include <limits>

#include <nlohmann/json.hpp>

#include "base/log.h"
#include "net/retry.h"

namespace pedigree::recorder {
namespace {

using namespace std::chrono_literals;

constexpr auto large_body_idle_max = 60s;

std::optional<std::uint64_t> content_length(const net::Response& head) {
    const std::string text = head.headers.value_or("Content-Length", "");
    if (text.empty() || text.find_first_not_of("0123456789") != std::string::npos) {
        return std::nullopt;
    }
    return std::strtoull(text.c_str(), nullptr, 10);
}

} // namespace

Status answer_error(net::Exchange& exchange, int status, const std::string& code,
                    const std::string& message) {
    net::Response response{status, {{"Content-Type", "application/json"}}, ""};
    response.body = Json{{"error_code", code}, {"message", "pedigree: " + message}}.dump();
    return exchange.send(response);
}

Status refuse(net::Exchange& exchange, const std::string& message) {
    return answer_error(exchange, 403, "PERMISSION_DENIED", message);
}

Endpoint::Endpoint(Parts parts) : parts_(std::move(parts)) {}

void Endpoint::handle(net::Exchange& exchange) {
    const net::ServerRequest& request = exchange.request();
    const Match match = match_route(request.method, request.path);
    const Status handled = dispatch(exchange, match);
    if (handled) {
        return;
    }
    if (handled.error().code == ErrorCode::Unavailable ||
        handled.error().code == ErrorCode::Timeout) {
        parts_.notebook.count("unanswered");
    }
    // An answer that had begun is cut off by returning; one that had not is made here.
    (void)answer_error(exchange, 503, "TEMPORARILY_UNAVAILABLE", redacted(handled.error().message));
}

Status Endpoint::dispatch(net::Exchange& exchange, const Match& match) {
    switch (match.route) {
    case Route::Refused:
        parts_.notebook.count("refused");
        log_warning("refused a call to MLflow",
                    {{"method", exchange.request().method}, {"call", match.call.substr(0, 100)}});
        return refuse(exchange, match.reason);
    case Route::Read:
        return read(exchange);
    case Route::CreateExperiment:
        return create_experiment(exchange);
    case Route::CreateRun:
        return create_run(exchange);
    case Route::Append:
        return append(exchange, match.call);
    case Route::CreateModel:
        return create_model(exchange);
    case Route::ChangeModel:
        return change_model(exchange, match.subject);
    case Route::Upload:
        return upload(exchange, match.subject);
    case Route::UploadInParts:
        return upload_in_parts(exchange, match);
    }
    return {};
}

Json parsed(const std::string& body) {
    auto document = parse_json(body);
    return document ? std::move(*document) : Json::object();
}

// Streams an answer of any size; only a call that has not begun to answer is sent again.
Status Endpoint::read(net::Exchange& exchange) {
    net::Request request = parts_.upstream.request(exchange.request());
    TRY(request.body, exchange.read_all(call_body_bytes_max));
    request.timeouts.total = 0ms;
    request.timeouts.idle = large_body_idle_max;
    request.sink_statuses = net::SinkStatuses::All;
    bool begun = false;
    request.head_sink = [&](const net::Response& head) -> Status {
        if (away_status(head.status)) {
            return failure(ErrorCode::Unavailable,
                           "MLflow answered " + std::to_string(head.status));
        }
        begun = true;
        return exchange.start(passed_on(head), content_length(head));
    };
    request.sink = [&](std::string_view bytes) { return exchange.write(bytes); };
    const net::RetryOptions patience{
        {.first = 200ms, .ceiling = 3000ms}, std::numeric_limits<int>::max(), give_up_after};
    const auto outcome =
        net::retry([&] { return parts_.upstream.send(request, exchange.stop()); },
                   [&](const Result<net::Response>& sent) { return !begun && away(sent); },
                   patience, exchange.stop());
    parts_.notebook.count(outcome ? "forwarded" : "unanswered");
    if (!outcome && !begun) {
        return answer_error(exchange, 503, "TEMPORARILY_UNAVAILABLE",
                            "MLflow did not answer for " + std::to_string(give_up_after.count()) +
                                " s");
    }
    if (!outcome) {
        exchange.abandon(); // half an artifact must not look like the whole
    }
    return {};
}

Result<std::optional<Json>> Endpoint::forward(net::Exchange& exchange, const std::string& body) {
    net::Request request = parts_.upstream.request(exchange.request());
    request.body = body;
    const auto outcome = parts_.upstream.send_patiently(request, exchange.stop());
    if (away(outcome) || !outcome) {
        parts_.notebook.count("unanswered");
        TRY(answer_error(exchange, 503, "TEMPORARILY_UNAVAILABLE",
                         "MLflow did not answer for " + std::to_string(give_up_after.count()) +
                             " s"));
        return std::optional<Json>();
    }
    parts_.notebook.count("forwarded");
    std::optional<Json> answer;
    if (outcome->ok()) {
        if (auto document = parse_json(outcome->body)) {
            answer = std::move(*document);
        }
    }
    TRY(exchange.send(passed_on(*outcome)));
    return answer;
}

} // namespace pedigree::recorder
