#include "operator/api/event_api.h"

#include <nlohmann/json.hpp>

#include "operator/api/answer.h"

namespace pedigree::control {
namespace {

constexpr std::string_view events_path = "/v1/attempts/events";
constexpr std::string_view bearer = "Bearer ";

// The newest news of each kind and run stays, so that who asks rarely misses none; by their times,
// since a recorder that was restarted counts from one again.
constexpr const char* tell_progress = R"(
INSERT INTO progress (pod_uid, document, updated_at)
SELECT $1, $2, $3 WHERE EXISTS (SELECT FROM attempt WHERE pod_uid = $1)
ON CONFLICT (pod_uid) DO UPDATE SET updated_at = excluded.updated_at, document = (
    SELECT coalesce(json_agg(event ORDER BY event->>'time'), '[]')::text FROM (
        SELECT DISTINCT ON (event->>'kind', event->>'runId') event FROM (
            SELECT json_array_elements(progress.document::json) AS event
            UNION ALL SELECT json_array_elements(excluded.document::json)) AS told
        ORDER BY event->>'kind', event->>'runId', event->>'time' DESC
        LIMIT 100) AS newest))";

Result<Secret> bearer_token(const net::ServerRequest& request) {
    const std::string header = request.headers.value_or("Authorization", "");
    if (!header.starts_with(bearer) || header.size() == bearer.size()) {
        return failure(ErrorCode::Unauthorized, "a bearer token is required");
    }
    return Secret(header.substr(bearer.size()));
}

} // namespace

void EventApi::handle(net::Exchange& exchange) const {
    if (const Status status = accept(exchange); !status) {
        send_error(exchange, status.error());
        return;
    }
    send_json(exchange, {{"accepted", true}}, 202);
}

Status EventApi::accept(net::Exchange& exchange) const {
    const net::ServerRequest& request = exchange.request();
    // Who is it? comes before everything else, so that no route answers a stranger.
    TRY(const Secret token, bearer_token(request));
    TRY(const k8s::UserInfo user, k8s::review_token(parts_.api, token, token_audience));
    if (user.pod_uid().empty()) {
        return failure(ErrorCode::Forbidden, "the token does not belong to a pod");
    }
    if (request.method != "POST" || request.path != events_path) {
        return failure(ErrorCode::NotFound, "there is only POST " + std::string(events_path));
    }
    TRY(const std::string body, exchange.read_all(event_body_bytes_max));
    TRY(const Json document,
        parse_json(body, {.bytes_max = event_body_bytes_max, .depth_max = 16}));
    TRY(const std::string pod_uid, string_field(document, "podUid"));
    if (pod_uid != user.pod_uid()) {
        return failure(ErrorCode::Forbidden, "the token belongs to another pod");
    }
    const Json& events = at_path(document, {"events"});
    if (!events.is_array()) {
        return failure(ErrorCode::InvalidInput, "events: must be a list");
    }
    TRY(auto transaction, parts_.pool.begin());
    // Only pods that are attempts are listened to.
    TRY(const std::int64_t written,
        transaction.execute(tell_progress, {pod_uid, canonical_json(events), parts_.clock.now()}));
    TRY(transaction.commit());
    if (written == 0) {
        return failure(ErrorCode::NotFound, "no attempt runs in this pod yet; report again later");
    }
    return {};
}

} // namespace pedigree::control
