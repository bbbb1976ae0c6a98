#include "recorder/record_key.h"

#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/ids.h"
#include "base/json_text.h"
#include "base/log.h"
#include "base/pause.h"
#include "recorder/operator_call.h"
#include "records/pod/signature.h"

namespace pedigree::recorder {
namespace {

using namespace std::chrono_literals;

constexpr auto ask_every = 1000ms;
constexpr std::size_t key_file_bytes_max = 1024;
constexpr unsigned key_file_mode = 0600;

std::filesystem::path key_file(const Settings& settings) {
    return settings.places.journal() / "key";
}

Result<Secret> key_from(const std::string& answer) {
    TRY(const Json document, parse_json(answer));
    TRY(std::string key, string_field(document, "key"));
    if (!Digest::parse_hex(key)) {
        return failure(ErrorCode::Corrupt, "what the operator gave is no key: 64 hex digits");
    }
    return Secret(std::move(key));
}

} // namespace

Status RecordKey::open() {
    const auto text = read_file(key_file(settings_), key_file_bytes_max);
    const auto kept = text ? parse_json(*text) : tl::unexpected<Error>(text.error());
    if (kept && Digest::parse_hex(string_or(*kept, "claim"))) {
        claim_ = Secret(string_or(*kept, "claim"));
        if (const std::string key = string_or(*kept, "key"); Digest::parse_hex(key)) {
            key_ = Secret(key);
            redact_in_logs(*key_);
        }
        return {};
    }
    claim_ = Secret(to_hex(random_bytes(records::pod::record_key_bytes)));
    return keep();
}

Status RecordKey::keep() const {
    return write_file(key_file(settings_),
                      json_text({{"claim", claim_.reveal()}, {"key", key_ ? key_->reveal() : ""}}),
                      key_file_mode);
}

Status RecordKey::ask(std::stop_token stop) {
    if (key_) {
        return {};
    }
    const OperatorCall call{
        .path = records::pod::key_path,
        .body = json_text({{"podUid", settings_.pod_uid}, {"claim", claim_.reveal()}}),
        .headers = {},
        .what = "asking the operator for the key of this attempt"};
    const auto answer = call_operator(http_, settings_, call, std::move(stop));
    if (!answer) {
        const bool taken = answer.error().code == ErrorCode::Conflict;
        if (taken && !refused_) {
            log_warning("the key of this attempt was given to somebody else: the record will not "
                        "be signed",
                        {});
        }
        refused_ = taken || settings_.config.operator_url.empty();
        return tl::unexpected<Error>(answer.error());
    }
    TRY(key_, key_from(answer->body));
    redact_in_logs(*key_);
    return keep();
}

void RecordKey::wait(std::stop_token stop) {
    while (!ask(stop) && !refused_ && pause_for(ask_every, stop)) {
    }
    if (!key_) {
        log_warning("the record is not signed: the operator gave no key until its end", {});
    }
}

} // namespace pedigree::recorder
