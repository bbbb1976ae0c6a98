#include "lineage/sequencer.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "base/failpoint.h"
#include "base/log.h"
#include "base/pause.h"
#include "lineage/graph_writer.h"
#include "lineage/merkle.h"
#include "lineage/scopes.h"
#include "store/epoch.h"

namespace pedigree::lineage {
namespace {

// What one batch may weigh in memory; at least one event is always taken.
constexpr std::int64_t batch_bytes_max = 16 * 1024 * 1024;

struct Waiting {
    std::int64_t outbox_id = 0;
    std::string event_id;
    std::string body;
};

struct Outbox {
    std::vector<Waiting> events;
    std::vector<std::int64_t> all_ids; // repeats too
};

Result<Outbox> read_outbox(store::Transaction& transaction, std::int64_t events_max) {
    TRY(const auto rows,
        transaction.query(
            "SELECT o.id, o.event_id, o.body, EXISTS (SELECT FROM ledger l WHERE l.event_id = "
            "o.event_id) FROM (SELECT id, event_id, body, sum(octet_length(body)) OVER (ORDER BY id) "
            "- octet_length(body) AS before FROM outbox ORDER BY id LIMIT $1) o "
            "WHERE o.before < $2 ORDER BY o.id",
            {events_max, batch_bytes_max}));
    TRY(auto found, (rows.as<std::int64_t, std::string, store::Bytes, bool>()));
    Outbox outbox;
    for (auto& [id, event_id, body, repeated] : found) {
        outbox.all_ids.push_back(id);
        if (!repeated) {
            outbox.events.push_back({id, event_id, std::move(body.value)});
        }
    }
    return outbox;
}

Result<MerkleFrontier> read_frontier(store::Transaction& transaction) {
    TRY(const auto rows,
        transaction.query("SELECT size, subtrees FROM checkpoint ORDER BY size DESC LIMIT 1"));
    TRY(auto newest, (rows.at_most_one<std::int64_t, std::vector<Digest>>()));
    TRY(const auto end, transaction.query("SELECT coalesce(max(seq), 0) FROM ledger"));
    TRY(const auto size, end.value<std::int64_t>());
    const std::int64_t known = newest ? std::get<0>(*newest) : 0;
    if (known != size) {
        return failure(
            ErrorCode::Corrupt,
            fmt::format("the ledger has {} entries but its newest checkpoint says {}: "
                        "somebody wrote past the sequencer, so nothing is added; compare "
                        "the tables pedigree.ledger and pedigree.checkpoint with the last "
                        "backup and restore what differs",
                        size, known));
    }
    return newest ? MerkleFrontier::restore(known, std::get<1>(*std::move(newest)))
                  : MerkleFrontier();
}

// A body that this build cannot read is numbered like any other; what it can read of it goes to the
// graph.
Projection readable_projection(const Waiting& event) {
    auto projection = project(event.body);
    if (projection) {
        if (projection->unread_parts > 0) {
            log_error("a ledger event holds what cannot be read; the graph shows a gap",
                      {{"event", event.event_id},
                       {"parts", std::to_string(projection->unread_parts)},
                       {"error", projection->unread}});
        }
        return *std::move(projection);
    }
    log_error("a ledger event says nothing that can be read",
              {{"event", event.event_id}, {"error", projection.error().message}});
    return unreadable_projection(event.event_id);
}

Result<std::vector<NumberedProjection>>
numbered(store::Transaction& transaction, const std::vector<Waiting>& events, std::int64_t size) {
    std::vector<NumberedProjection> entries;
    std::set<Scope> scopes;
    for (const Waiting& event : events) {
        entries.push_back({++size, 0, readable_projection(event)});
        const Projection& said = entries.back().projection;
        scopes.insert({said.name_space, said.experiment_uid});
    }
    TRY(const auto numbers, number_scopes(transaction, scopes));
    for (NumberedProjection& entry : entries) {
        entry.scope = numbers.at({entry.projection.name_space, entry.projection.experiment_uid});
    }
    return entries;
}

// The words of the gaps that follow from bodies (projection.h), which no event brought.
Status write_unread_sentence(store::Transaction& transaction,
                             const std::vector<NumberedProjection>& entries) {
    const bool wanted = std::any_of(entries.begin(), entries.end(), [](const auto& entry) {
        return entry.projection.unread_parts > 0;
    });
    if (!wanted) {
        return {};
    }
    const UnreadSentence sentence = unread_sentence();
    TRY(transaction.execute("INSERT INTO erasable_text (commitment, salt, content) "
                            "VALUES ($1, $2, $3) ON CONFLICT (commitment) DO NOTHING",
                            {sentence.commitment, store::Bytes{std::string(sentence.salt)},
                             store::Bytes{std::string(sentence.text)}}));
    return {};
}

Status write_ledger(store::Transaction& transaction, const std::vector<Waiting>& events,
                    const std::vector<NumberedProjection>& entries, MerkleFrontier& frontier) {
    std::vector<std::int64_t> ids;
    std::vector<std::int64_t> seqs;
    std::vector<store::Bytes> leaves;
    std::vector<std::string> types;
    std::vector<std::int64_t> scopes;
    std::vector<std::string> times;
    for (std::size_t i = 0; i < events.size(); ++i) {
        const Digest leaf = leaf_hash(events[i].body);
        frontier.append(leaf);
        ids.push_back(events[i].outbox_id);
        seqs.push_back(entries[i].seq);
        leaves.push_back({std::string(view_of(leaf))});
        types.push_back(entries[i].projection.type);
        scopes.push_back(entries[i].scope);
        times.push_back(to_text(entries[i].projection.time));
    }
    TRY(transaction.execute(
        "INSERT INTO ledger (seq, event_id, leaf_hash, body, type, scope, event_time, epoch) "
        "SELECT u.seq, o.event_id, u.leaf, o.body, u.type, u.scope, u.time, o.epoch "
        "FROM unnest($1::bigint[], $2::bigint[], $3::bytea[], $4::text[], $5::bigint[], "
        "$6::timestamptz[]) u(id, seq, leaf, type, scope, time) JOIN outbox o ON o.id = u.id",
        {ids, seqs, leaves, types, scopes, times}));
    TRY(transaction.execute("INSERT INTO erasable_text (commitment, salt, content) "
                            "SELECT t.commitment, t.salt, t.content FROM outbox o, "
                            "unnest(o.commitments, o.salts, o.texts) t(commitment, salt, content) "
                            "WHERE o.id = ANY($1::bigint[]) ON CONFLICT (commitment) DO NOTHING",
                            {ids}));
    TRY(write_unread_sentence(transaction, entries));
    std::vector<store::Bytes> subtrees;
    for (const Digest& subtree : frontier.subtrees()) {
        subtrees.push_back({std::string(view_of(subtree))});
    }
    TRY(transaction.execute("INSERT INTO checkpoint (size, root, subtrees) VALUES ($1, $2, $3)",
                            {frontier.size(), frontier.root(), subtrees}));
    return {};
}

} // namespace

Sequencer::Sequencer(store::Pool& pool, SequencerOptions options)
    : pool_(pool), options_(std::move(options)) {}

Result<SequencerStep> Sequencer::step() {
    TRY(auto transaction, pool_.begin({.epoch = options_.epoch}));
    SequencerStep step;
    TRY(const bool alone, transaction.try_lock(store::AdvisoryLock::named("pedigree/sequencer")));
    if (!alone) {
        step.busy = true;
        return step;
    }
    TRY(MerkleFrontier frontier, read_frontier(transaction));
    TRY(const Outbox outbox, read_outbox(transaction, options_.batch_events_max));
    step.size = frontier.size();
    if (outbox.all_ids.empty()) {
        return step;
    }
    if (!outbox.events.empty()) {
        TRY(const auto entries, numbered(transaction, outbox.events, frontier.size()));
        TRY(write_ledger(transaction, outbox.events, entries, frontier));
        TRY(write_graph(transaction, entries));
    }
    TRY(transaction.execute("DELETE FROM outbox WHERE id = ANY($1::bigint[])", {outbox.all_ids}));
    failpoint("ledger.before_commit");
    TRY(transaction.commit());
    failpoint("ledger.after_commit");
    step.numbered = static_cast<std::int64_t>(outbox.events.size());
    step.repeats = static_cast<std::int64_t>(outbox.all_ids.size()) - step.numbered;
    step.size = frontier.size();
    if (options_.numbered && step.numbered > 0) {
        options_.numbered({frontier.size(), frontier.root()});
    }
    return step;
}

Status Sequencer::drain(std::stop_token stop) {
    while (!stop.stop_requested()) {
        TRY(const SequencerStep done, step());
        if (done.busy || done.numbered + done.repeats == 0) {
            break;
        }
    }
    return {};
}

Status Sequencer::run(store::Listener& listener, std::stop_token stop) {
    while (!stop.stop_requested()) {
        if (auto drained = drain(stop); !drained) {
            if (drained.error().reason == store::stale_epoch_reason) {
                return drained;
            }
            log_warning("the ledger does not move on", {{"error", drained.error().message}});
            pause_for(options_.error_wait, stop);
            continue;
        }
        if (auto wake = listener.wait(options_.idle_wait, stop); !wake) {
            log_warning("the outbox cannot be listened to", {{"error", wake.error().message}});
            pause_for(options_.error_wait, stop);
        }
    }
    return {};
}

} // namespace pedigree::lineage
