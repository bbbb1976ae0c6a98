#include "operator/api/event_api.h"

#include <nlohmann/json.hpp>

#include "base/log.h"
#include "operator/api/answer.h"
#include "operator/storage/record_keys.h"
#include "records/pod/signature.h"

namespace pedigree::control {
namespace {

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

// As random as a key: whoever guesses it would be given the key of somebody else.
Result<std::string> claim_of(const Json& document) {
    TRY(std::string claim, string_field(document, "claim"));
    if (const auto digits = Digest::parse_hex(claim); !digits) {
        return failure(ErrorCode::InvalidInput, "claim: must be 64 lower-case hex digits");
    }
    return claim;
}

// News steer a search, so a token alone is not enough: who may make tokens could tell them, too.
Status check_signature(const std::map<std::string, experiment::RecordKey>& keys,
                       const std::string& pod_uid, const std::string& body,
                       const std::string& signature) {
    const auto known = keys.find(pod_uid);
    if (known == keys.end()) {
        return failure(ErrorCode::Forbidden, std::string("no key was given to this pod; ask ") +
                                                 records::pod::key_path + " first");
    }
    if (known->second.contested) {
        return failure(ErrorCode::Forbidden, "somebody else asked for the key of this pod, too");
    }
    if (!records::pod::is_signature_of(known->second.key, records::pod::SignedText::News, body,
                                       signature)) {
        return failure(ErrorCode::Forbidden, std::string(records::pod::signature_header) +
                                                 ": is not the signature of this body");
    }
    return {};
}

} // namespace

// What a pod says, and which pod it is.
struct EventApi::Call {
    std::string pod_uid, body;
    Json document;
};

void EventApi::handle(net::Exchange& exchange) const {
    const auto call = read(exchange);
    if (!call) {
        return send_error(exchange, call.error());
    }
    if (exchange.request().path == records::pod::key_path) {
        const auto key = give_key(*call);
        return key ? send_json(exchange, {{"key", key->reveal()}})
                   : send_error(exchange, key.error());
    }
    const Status taken = take_events(exchange.request(), *call);
    taken ? send_json(exchange, {{"accepted", true}}, 202) : send_error(exchange, taken.error());
}

Result<EventApi::Call> EventApi::read(net::Exchange& exchange) const {
    const net::ServerRequest& request = exchange.request();
    // Who is it? comes before everything else, so that no route answers a stranger.
    TRY(const Secret token, bearer_token(request));
    TRY(const k8s::UserInfo user, k8s::review_token(parts_.api, token, token_audience));
    if (user.pod_uid().empty()) {
        return failure(ErrorCode::Forbidden, "the token does not belong to a pod");
    }
    if (request.method != "POST" ||
        (request.path != records::pod::events_path && request.path != records::pod::key_path)) {
        return failure(ErrorCode::NotFound, std::string("there are only POST ") +
                                                records::pod::events_path + " and " +
                                                records::pod::key_path);
    }
    Call call;
    TRY(call.body, exchange.read_all(event_body_bytes_max));
    TRY(call.document, parse_json(call.body, {.bytes_max = event_body_bytes_max, .depth_max = 16}));
    TRY(call.pod_uid, string_field(call.document, "podUid"));
    if (call.pod_uid != user.pod_uid()) {
        return failure(ErrorCode::Forbidden, "the token belongs to another pod");
    }
    return call;
}

Result<Secret> EventApi::give_key(const Call& call) const {
    TRY(const std::string claim, claim_of(call.document));
    TRY(auto transaction, parts_.pool.begin());
    TRY(auto issued, issue_record_key(transaction, {call.pod_uid, claim}, parts_.clock.now()));
    TRY(transaction.commit());
    if (!issued.ours) {
        log_warning("somebody else has the key of an attempt, and it is asked for again",
                    {{"pod", call.pod_uid}});
        return failure(ErrorCode::AlreadyExists,
                       "the key of this attempt was given to another asker; what it signs is not "
                       "believed any more");
    }
    return std::move(issued.key);
}

Status EventApi::take_events(const net::ServerRequest& request, const Call& call) const {
    const Json& events = at_path(call.document, {"events"});
    if (!events.is_array()) {
        return failure(ErrorCode::InvalidInput, "events: must be a list");
    }
    TRY(auto transaction, parts_.pool.begin());
    TRY(const auto keys, select_record_keys(transaction, {call.pod_uid}));
    TRY(check_signature(keys, call.pod_uid, call.body,
                        request.headers.value_or(records::pod::signature_header, "")));
    // Only pods that are attempts are listened to.
    TRY(const std::int64_t written,
        transaction.execute(tell_progress,
                            {call.pod_uid, canonical_json(events), parts_.clock.now()}));
    TRY(transaction.commit());
    if (written == 0) {
        return failure(ErrorCode::NotFound, "no attempt runs in this pod yet; report again later");
    }
    return {};
}

} // namespace pedigree::control
