#include "lineage/ledger.h"

#include <fmt/format.h>

#include "lineage/merkle.h"
#include "lineage/projection.h"

namespace pedigree::lineage {
namespace {

Status check_limits(const records::Event& event, const std::string& body) {
    const auto refuse = [&](std::string_view what, std::size_t is, std::size_t most) {
        return failure(ErrorCode::TooLarge,
                       fmt::format("event {} {}: {} {}, at most {}", event.header().type,
                                   event.header().id, is, what, most));
    };
    if (body.size() > event_bytes_max) {
        return refuse("bytes", body.size(), event_bytes_max);
    }
    if (event.texts().size() > event_texts_max) {
        return refuse("texts", event.texts().size(), event_texts_max);
    }
    for (const records::ErasableText& text : event.texts()) {
        if (text.text.size() > text_bytes_max) {
            return refuse("bytes in one text", text.text.size(), text_bytes_max);
        }
    }
    return {};
}

} // namespace

Status append(store::Transaction& transaction, const records::Event& event) {
    const std::string body = event.body();
    TRY(check_limits(event, body));
    std::vector<store::Bytes> commitments;
    std::vector<store::Bytes> salts;
    std::vector<store::Bytes> texts;
    for (const records::ErasableText& text : event.texts()) {
        commitments.push_back({std::string(view_of(text.commitment))});
        salts.push_back({text.salt});
        texts.push_back({text.text});
    }
    TRY(transaction.execute(
        "INSERT INTO outbox (event_id, body, commitments, salts, texts) SELECT $1, $2, $3, $4, $5 "
        "WHERE NOT EXISTS (SELECT FROM ledger WHERE event_id = $1) ON CONFLICT (event_id) DO NOTHING",
        {event.header().id, store::Bytes{body}, commitments, salts, texts}));
    return {};
}

Result<LedgerHead> ledger_head(store::Transaction& transaction) {
    TRY(const auto rows,
        transaction.query("SELECT size, root FROM checkpoint ORDER BY size DESC LIMIT 1"));
    TRY(const auto newest, (rows.at_most_one<std::int64_t, Digest>()));
    return newest ? LedgerHead{std::get<0>(*newest), std::get<1>(*newest)}
                  : LedgerHead{0, sha256("")};
}

Result<std::optional<Digest>> root_at(store::Transaction& transaction, std::int64_t size) {
    TRY(const auto rows, transaction.query("SELECT root FROM checkpoint WHERE size = $1", {size}));
    TRY(const auto found, rows.at_most_one<Digest>());
    return found ? std::optional(std::get<0>(*found)) : std::nullopt;
}

Result<std::optional<std::int64_t>> entry_of(store::Transaction& transaction,
                                             std::string_view event_id) {
    TRY(const auto rows,
        transaction.query("SELECT seq FROM ledger WHERE event_id = $1", {event_id}));
    TRY(const auto found, rows.at_most_one<std::int64_t>());
    return found ? std::optional(std::get<0>(*found)) : std::nullopt;
}

Result<std::int64_t> unread_entries(store::Transaction& transaction,
                                    const records::NodeRef& about) {
    TRY(const auto rows,
        transaction.query("SELECT count(*) FROM node n JOIN node_kind k ON k.id = n.kind "
                          "JOIN gap g ON g.subject = n.id "
                          "WHERE n.key = $1 AND k.word = $2 AND g.kind = $3 AND g.sentence = $4",
                          {about.key, std::string(to_string(about.kind)),
                           std::string(to_string(records::GapKind::NotReadable)),
                           unread_sentence().commitment}));
    return rows.value<std::int64_t>();
}

} // namespace pedigree::lineage
