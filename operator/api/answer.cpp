#include "operator/api/answer.h"

#include <nlohmann/json.hpp>

#include "base/json_text.h"
#include "base/log.h"

namespace pedigree::control {
namespace {

int http_status(ErrorCode code) {
    switch (code) {
    case ErrorCode::InvalidInput:
        return 400;
    case ErrorCode::Unauthorized:
        return 401;
    case ErrorCode::Forbidden:
        return 403;
    case ErrorCode::NotFound:
        return 404;
    case ErrorCode::AlreadyExists:
    case ErrorCode::Conflict:
        return 409;
    case ErrorCode::Gone:
        return 410;
    case ErrorCode::TooLarge:
        return 413;
    case ErrorCode::TooMany:
        return 429;
    case ErrorCode::Timeout:
        return 504;
    case ErrorCode::Unavailable:
    case ErrorCode::Cancelled:
        return 503;
    case ErrorCode::Corrupt:
    case ErrorCode::Internal:
        return 500;
    }
    return 500;
}

} // namespace

void send_json(net::Exchange& exchange, const Json& document, int status) {
    net::Response response;
    response.status = status;
    response.headers.add("Content-Type", "application/json");
    if (status == 429) {
        response.headers.add("Retry-After", "1"); // clients of Kubernetes wait and ask again
    }
    response.body = json_text(document) + "\n";
    if (const Status sent = exchange.send(response); !sent) {
        log_debug("an answer was not taken", {{"error", sent.error().message}});
    }
}

void send_error(net::Exchange& exchange, const Error& error) {
    const int status = http_status(error.code);
    send_json(
        exchange,
        {{"kind", "Status"},
         {"apiVersion", "v1"},
         {"status", "Failure"},
         {"reason", error.code == ErrorCode::InvalidInput ? "BadRequest" : to_string(error.code)},
         {"message", error.message},
         {"code", status}},
        status);
}

} // namespace pedigree::control
