#include "recorder/endpoint.h"

#include <limits>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/json_text.h"
#include "base/log.h"
#include "net/retry.h"
#include "recorder/call_body.h"
#include "recorder/taps.h"

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
    response.body = json_text({{"error_code", code}, {"message", "pedigree: " + message}});
    return exchange.send(response);
}

Status refuse(net::Exchange& exchange, const std::string& message) {
    return answer_error(exchange, 403, "PERMISSION_DENIED", message);
}

Endpoint::Endpoint(Parts parts) : parts_(std::move(parts)) {}

void Endpoint::handle(net::Exchange& exchange) {
    const net::ServerRequest& request = exchange.request();
    if (closed_) {
        parts_.notebook.count("afterTheEnd");
        (void)refuse(exchange, "the record of this attempt is closed: the launcher's report said "
                               "that the command had ended");
        return;
    }
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
    (void)answer_error(exchange, 503, "TEMPORARILY_UNAVAILABLE", handled.error().message);
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
        return create_experiment(exchange, match);
    case Route::TagExperiment:
        return tag_experiment(exchange, match);
    case Route::CreateRun:
        return create_run(exchange, match);
    case Route::Append:
        return append(exchange, match);
    case Route::CreateModel:
        return create_model(exchange, match);
    case Route::ChangeModel:
        return change_model(exchange, match);
    case Route::Upload:
        return upload(exchange, match);
    case Route::UploadInParts:
        return upload_in_parts(exchange, match);
    case Route::Register:
        return register_model(exchange, match);
    }
    return {};
}

Status Endpoint::refuse_and_count(net::Exchange& exchange, const std::string& message) {
    parts_.notebook.count("refused");
    return refuse(exchange, message);
}

Result<std::optional<Json>> Endpoint::body_of(net::Exchange& exchange, const Match& match) {
    TRY(const std::string text, exchange.read_all(call_body_bytes_max));
    std::vector<std::string> left_out;
    auto read = read_call(match.call, text, &left_out);
    if (!read) {
        parts_.notebook.count("malformed");
        TRY(answer_error(exchange, 400, "INVALID_PARAMETER_VALUE", read.error().message));
        return std::optional<Json>();
    }
    note_left_out(match, left_out);
    return std::optional<Json>(std::move(*read));
}

// Once each: a script makes the same call a thousand times.
void Endpoint::note_left_out(const Match& match, const std::vector<std::string>& fields) {
    const std::string call =
        match.subject.empty() ? match.call : std::string("artifacts or models");
    for (const std::string& field : fields) {
        const std::string named = fmt::format("{} {}", call, field);
        const bool news = parts_.notebook.look([&](const Observations& seen) {
            return seen.fields_left_out.size() < fields_left_out_max &&
                   !seen.fields_left_out.contains(named);
        });
        if (news) {
            parts_.notebook.note(left_out_note(call, field));
        }
    }
}

Result<std::string> Endpoint::objection(const std::string& call, const Json& body,
                                        std::stop_token stop) {
    if (touches_own_tags(body)) {
        return std::string("tags that begin with \"pedigree.\" are written by pedigree");
    }
    const std::string run = run_of(body);
    if (!run.empty() || call.starts_with("runs/")) {
        TRY(const bool ours, parts_.ownership.owns_run(run, stop));
        if (!ours) {
            return "run " + run + " does not belong to this Experiment";
        }
    }
    for (const std::string& model : models_written(call, body)) {
        TRY(const bool ours, parts_.ownership.owns_model(model, stop));
        if (!ours) {
            return "model " + model + " does not belong to this Experiment";
        }
    }
    return std::string();
}

net::Request Endpoint::outgoing(const net::Exchange& exchange, const Match& match,
                                const Json& body) const {
    net::Request request = parts_.upstream.request(exchange.request(), target_of(match));
    request.headers.set("Content-Type", "application/json");
    request.body = json_text(body);
    return request;
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

Result<std::optional<Json>> Endpoint::forward(net::Exchange& exchange, const Match& match,
                                              const Json& body) {
    const net::Request request = outgoing(exchange, match, body);
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
