#pragma once
// GraphReader: the graph's tables as of one ledger position, for one viewer. Each call is one
// statement that uses an index. Edges that only other namespaces recorded come back with shown =
// false, so that the walk can count them; of everything else only what may be seen comes back.
// Borrows the transaction; one thread.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "lineage/query.h"
#include "lineage/viewer.h"
#include "records/event.h"
#include "store/transaction.h"

namespace pedigree::lineage {

using NodeId = std::int64_t;
using ScopeId = std::int64_t; // 0: none

// A node on the walk, and the scope (Experiment) in which it was reached.
struct Place {
    NodeId node = 0;
    ScopeId scope = 0;
    records::NodeKind kind = records::NodeKind::Artifact;

    auto operator<=>(const Place&) const = default;
};

struct GraphEdge {
    NodeId effect = 0;
    NodeId cause = 0;
    records::NodeKind effect_kind = records::NodeKind::Artifact;
    records::NodeKind cause_kind = records::NodeKind::Artifact;
    std::string relation;
    std::string asserted;
    ScopeId scope = 0;
    bool shown = false;
};

struct FoundNode {
    NodeId id = 0;
    records::NodeRef ref;
    std::optional<std::string> name_space; // the first that may be seen; none: hidden
};

struct FoundAttribute {
    NodeId node = 0;
    std::string name;
    std::optional<std::string> value; // JSON; or
    std::optional<std::string> text;  // the erasable string's bytes; neither: erased
};

struct FoundGap {
    std::string kind;
    std::optional<std::string> sentence; // none: erased
};

// Content is bytes, the same wherever it is; the other kinds are acts and who or what took part.
bool is_content(records::NodeKind kind);

class GraphReader {
  public:
    static Result<GraphReader> open(store::Transaction& transaction, const Viewer& viewer,
                                    std::int64_t as_of);

    // All nodes with that key, and a tracker's runs with that id.
    Result<std::vector<FoundNode>> with_key(const std::string& key);
    Result<std::vector<FoundNode>> with_ids(const std::vector<NodeId>& ids);
    // The newest Experiment of that name in the viewer's first namespace.
    Result<std::optional<Place>> experiment_named(const std::string& name);
    // The one with that uid, as far as that namespace has recorded it.
    Result<std::optional<Place>> experiment_with(const std::string& uid);

    // The Experiments of its namespace and project that were accepted before it, newest first.
    Result<std::vector<Place>> experiments_before(const Place& spec, std::size_t limit);

    // The edges to follow from these places; the rule of lineage/trace.h decides which.
    Result<std::vector<GraphEdge>> edges(const std::vector<Place>& places, Direction direction,
                                         std::size_t limit);
    // All that was recorded for one Experiment.
    Result<std::vector<GraphEdge>> edges_of_scope(ScopeId scope, std::size_t limit);
    // Which files these manifests list.
    Result<std::vector<GraphEdge>> files_of(const std::vector<NodeId>& manifests,
                                            std::size_t limit);

    // The newest value of each attribute that the places' own scopes recorded; of a node that they
    // say nothing of, what was recorded last.
    Result<std::vector<FoundAttribute>> attributes(const std::vector<Place>& places);
    Result<std::vector<FoundGap>> gaps(const std::vector<NodeId>& subjects);

  private:
    GraphReader(store::Transaction& transaction, std::int64_t as_of)
        : transaction_(&transaction), as_of_(as_of) {}
    Result<std::vector<FoundNode>> nodes_where(const std::string& condition,
                                               const store::Parameter& value);
    Result<std::optional<Place>> newest_experiment(std::string_view condition,
                                                   const std::string& asked);

    store::Transaction* transaction_;
    std::int64_t as_of_;
    std::optional<std::vector<std::int64_t>> shown_; // namespace ids; none: every namespace
    std::string home_;                               // where names are looked up
};

} // namespace pedigree::lineage
