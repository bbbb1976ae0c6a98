#include "operator/stored_mark.h"

#include <nlohmann/json.hpp>

#include "base/log.h"
#include "base/text.h"
#include "operator/activity/credentials.h"

namespace pedigree::control {
namespace {

constexpr const char* store_note_name = "ledger-store";
constexpr const char* key_below_prefix = "operator/ledger.json";
constexpr std::int64_t mark_bytes_max = 1024;
constexpr std::int64_t mark_seconds_max = 20;
constexpr std::size_t answer_bytes_max = 300;

Result<Json> answer_of(Worker& worker, const records::work::WorkRequest& request, const Json& input,
                       std::stop_token stop) {
    TRY(auto answer, worker.run(request, input, [](const auto&) {}, std::move(stop)));
    if (const auto* failed = std::get_if<records::work::WorkFailure>(&answer)) {
        const bool absent = failed->reason == to_string(ErrorCode::NotFound);
        return failure(absent ? ErrorCode::NotFound : ErrorCode::Unavailable, failed->message);
    }
    return std::get<Json>(std::move(answer));
}

} // namespace

std::optional<LedgerMark> StoredMark::read(std::stop_token stop) {
    if (read_) {
        return found_;
    }
    auto fetched = fetch(std::move(stop));
    say("the ledger's mark in the artifact store cannot be read, and is not compared with the "
        "database until it can",
        fetched ? Status{} : tl::unexpected<Error>(fetched.error()));
    if (fetched) {
        read_ = true;
        found_ = *fetched;
    }
    return found_;
}

std::optional<LedgerMark> StoredMark::settle(const LedgerMark& now, std::stop_token stop) {
    if (!read_) {
        return read(std::move(stop));
    }
    if (written_ == now) {
        return std::nullopt;
    }
    const Status written = write(now, std::move(stop));
    say("the ledger's mark cannot be written to the artifact store", written);
    if (written) {
        written_ = now;
    }
    return std::nullopt;
}

Result<std::optional<LedgerMark>> StoredMark::fetch(std::stop_token stop) const {
    TRY(auto input, object_input(parts_.platform, parts_.credentials,
                                 parts_.platform.artifact_store.prefix + key_below_prefix));
    input.bytes_max = mark_bytes_max;
    const auto answer = answer_of(parts_.worker,
                                  request_for(records::work::WorkKind::FetchObject, "ledger/read",
                                              mark_seconds_max, parts_.platform),
                                  to_json(input), std::move(stop));
    if (!answer && answer.error().code == ErrorCode::NotFound) {
        return std::optional<LedgerMark>();
    }
    TRY(answer);
    TRY(const auto object, records::work::fetch_object_outcome_from(*answer));
    const auto mark = mark_from(object.bytes);
    if (!mark) {
        log_warning("the artifact store's mark of the ledger is none and is not compared",
                    {{"mark", clean_text(object.bytes, answer_bytes_max)}});
    }
    return mark;
}

Status StoredMark::write(const LedgerMark& mark, std::stop_token stop) const {
    records::work::PutObjectInput input;
    TRY(input.place, object_input(parts_.platform, parts_.credentials,
                                  parts_.platform.artifact_store.prefix + key_below_prefix));
    input.bytes = to_text(mark);
    TRY(answer_of(parts_.worker,
                  request_for(records::work::WorkKind::PutObject, "ledger/write", mark_seconds_max,
                              parts_.platform),
                  to_json(input), std::move(stop)));
    return {};
}

void StoredMark::say(const std::string& what, const Status& status) {
    std::string text =
        status ? "" : what + ": " + clean_text(status.error().message, answer_bytes_max);
    if (text == said_) {
        return;
    }
    if (!text.empty()) {
        log_warning(text);
    }
    parts_.readiness.note(store_note_name, text);
    said_ = std::move(text);
}

} // namespace pedigree::control
