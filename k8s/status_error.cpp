#include "k8s/client.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace pedigree::k8s {
namespace {

constexpr std::size_t message_bytes_max = 500;

// metav1.StatusReason words (k8s.io/apimachinery/pkg/apis/meta/v1/types.go).
constexpr std::array<std::pair<std::string_view, ErrorCode>, 17> reasons{{
    {"NotFound", ErrorCode::NotFound},
    {"AlreadyExists", ErrorCode::AlreadyExists},
    {"Conflict", ErrorCode::Conflict},
    {"Invalid", ErrorCode::InvalidInput},
    {"BadRequest", ErrorCode::InvalidInput},
    {"MethodNotAllowed", ErrorCode::InvalidInput},
    {"NotAcceptable", ErrorCode::InvalidInput},
    {"UnsupportedMediaType", ErrorCode::InvalidInput},
    {"Unauthorized", ErrorCode::Unauthorized},
    {"Forbidden", ErrorCode::Forbidden},
    {"Gone", ErrorCode::Gone},
    {"Expired", ErrorCode::Gone},
    {"RequestEntityTooLarge", ErrorCode::TooLarge},
    {"TooManyRequests", ErrorCode::TooMany},
    {"Timeout", ErrorCode::Timeout},
    {"ServerTimeout", ErrorCode::Timeout},
    {"InternalError", ErrorCode::Unavailable},
}};

// For these reasons the server's message names the object, the verb and who asked ('experiments
// "a-1" is forbidden: User "ann" cannot get ...'): the path of the call would only hide it.
bool says_it_all(std::string_view reason, std::string_view message) {
    constexpr std::array<std::string_view, 5> told{"NotFound", "AlreadyExists", "Conflict",
                                                   "Invalid", "Forbidden"};
    return std::find(told.begin(), told.end(), reason) != told.end() && !message.empty() &&
           message != "the server could not find the requested resource";
}

// Forbidden for now, whoever asks: a quota is free again when something ends. The server has no
// code of its own for it (k8s.io/apiserver/pkg/admission/plugin/resourcequota: "exceeded quota").
bool is_used_up(const Error& error, std::string_view message) {
    return error.code == ErrorCode::Forbidden && message.find("exceeded quota") != message.npos;
}

bool has_cause(const Json& status, std::string_view word) {
    for (const Json& cause : at_path(status, {"details", "causes"})) {
        if (string_or(cause, "reason") == word) {
            return true;
        }
    }
    return false;
}

} // namespace

Error error_from_status(int http_status, std::string_view body, std::string_view what) {
    const auto parsed = parse_json(body);
    const bool is_status = parsed && string_or(*parsed, "kind") == "Status";
    const std::string reason = is_status ? string_or(*parsed, "reason") : "";
    Error error = net::status_error({http_status, {}, ""}, what);
    for (const auto& [word, code] : reasons) {
        if (word == reason) {
            error.code = code;
        }
    }
    if (is_status) {
        const std::string message = string_or(*parsed, "message");
        error.message = says_it_all(reason, message)
                            ? fmt::format("{:.{}}", message, message_bytes_max)
                            : fmt::format("{}: {}{}{:.{}}", what, reason,
                                          reason.empty() ? "" : ": ", message, message_bytes_max);
        if (is_used_up(error, message)) {
            error.code = ErrorCode::TooMany;
            error.reason = quota_reason;
        } else if (has_cause(*parsed, "NamespaceTerminating")) {
            error.code = ErrorCode::Gone;
        }
        const auto seconds = integer_or(at_path(*parsed, {"details"}), "retryAfterSeconds");
        if (seconds > 0) {
            error.retry_after = std::chrono::seconds(std::min<std::int64_t>(seconds, 3600));
        }
    }
    return error;
}

} // namespace pedigree::k8s
