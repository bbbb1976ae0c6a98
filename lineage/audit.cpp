#include "lineage/audit.h"

#include <map>

#include <fmt/format.h>

#include "lineage/ledger.h"
#include "lineage/ledger_page.h"
#include "lineage/merkle.h"

namespace pedigree::lineage {
namespace {

using Roots = std::map<std::int64_t, Digest>; // checkpoint size, root

Result<Roots> read_roots(store::Transaction& transaction, std::int64_t after, std::int64_t until) {
    TRY(const auto rows,
        transaction.query("SELECT size, root FROM checkpoint WHERE size > $1 AND size <= $2",
                          {after, until}));
    TRY(const auto found, (rows.as<std::int64_t, Digest>()));
    Roots roots;
    for (const auto& [size, root] : found) {
        roots[size] = root;
    }
    return roots;
}

class LedgerCheck {
  public:
    explicit LedgerCheck(store::Transaction& transaction) : transaction_(transaction) {}

    Result<AuditReport> run() {
        bool whole = true;
        while (whole) {
            TRY(const auto entries, ledger_page(transaction_, frontier_.size()));
            if (entries.empty()) {
                break;
            }
            TRY(const Roots roots, read_roots(transaction_, frontier_.size(), entries.back().seq));
            whole = check_page(entries, roots);
        }
        report_.size = frontier_.size();
        report_.root = frontier_.root();
        if (whole) {
            TRY(check_end());
        }
        TRY(check_texts());
        return report_;
    }

  private:
    void add(FindingKind kind, std::int64_t entry, std::string sentence) {
        if (report_.findings.size() < findings_max) {
            report_.findings.push_back({kind, entry, std::move(sentence)});
        }
    }

    // False when an entry is missing: nothing after it can be proved.
    bool check_page(const std::vector<LedgerEntry>& entries, const Roots& roots) {
        for (const LedgerEntry& entry : entries) {
            const std::int64_t expected = frontier_.size() + 1;
            if (entry.seq != expected) {
                add(FindingKind::EntryMissing, expected,
                    fmt::format("entry {} is missing; the next one is {}", expected, entry.seq));
                return false;
            }
            check_entry(entry);
            frontier_.append(leaf_hash(entry.body));
            const auto root = roots.find(entry.seq);
            if (root != roots.end() && root->second != frontier_.root()) {
                add(FindingKind::RootChanged, entry.seq,
                    fmt::format("the checkpoint of size {} has another root than its entries",
                                entry.seq));
            }
        }
        return true;
    }

    void check_entry(const LedgerEntry& entry) {
        if (leaf_hash(entry.body) != entry.leaf) {
            add(FindingKind::LeafChanged, entry.seq,
                fmt::format("the bytes of entry {} do not have its leaf hash", entry.seq));
        }
        const Projection said = projection_of(entry);
        const Scope scope{said.name_space, said.experiment_uid};
        if (said.event_id != entry.event_id || said.type != entry.type || said.time != entry.time ||
            scope != entry.scope) {
            add(FindingKind::ColumnChanged, entry.seq,
                fmt::format("a column of entry {} does not say what its bytes say", entry.seq));
        }
    }

    Status check_end() {
        TRY(const LedgerHead head, ledger_head(transaction_));
        if (head.size > frontier_.size()) {
            add(FindingKind::EntryMissing, frontier_.size() + 1,
                fmt::format("entries {} to {} are missing: a checkpoint names them",
                            frontier_.size() + 1, head.size));
        } else if (head.size < frontier_.size()) {
            add(FindingKind::RootChanged, head.size + 1,
                fmt::format("no checkpoint covers entries {} to {}", head.size + 1,
                            frontier_.size()));
        }
        return {};
    }

    Status check_texts() {
        TRY(const auto rows,
            transaction_.query("SELECT commitment FROM erasable_text "
                               "WHERE sha256(salt || content) <> commitment LIMIT $1",
                               {static_cast<std::int64_t>(findings_max)}));
        TRY(const auto changed, rows.column<Digest>());
        for (const Digest& commitment : changed) {
            add(FindingKind::TextChanged, 0,
                fmt::format("the text behind {} was changed", commitment.text()));
        }
        return {};
    }

    store::Transaction& transaction_;
    MerkleFrontier frontier_;
    AuditReport report_;
};

} // namespace

Words<FindingKind> words_of(FindingKind) {
    static constexpr Word<FindingKind> table[] = {
        {FindingKind::EntryMissing, "EntryMissing"},
        {FindingKind::LeafChanged, "LeafChanged"},
        {FindingKind::ColumnChanged, "ColumnChanged"},
        {FindingKind::RootChanged, "RootChanged"},
        {FindingKind::TextChanged, "TextChanged"},
        {FindingKind::GraphRowMissing, "GraphRowMissing"},
        {FindingKind::GraphRowInvented, "GraphRowInvented"},
    };
    return table;
}

Result<AuditReport> verify_ledger(store::Transaction& transaction) {
    return LedgerCheck(transaction).run();
}

} // namespace pedigree::lineage
