#pragma once
// What the lineage tests tell the ledger: events with short names for nodes, appended and numbered.
// "m1" as a key of content becomes a digest, so that a story reads by its letters.

#include <initializer_list>
#include <string>
#include <vector>

#include "base/json.h"
#include "lineage/query.h"
#include "lineage/trace.h"
#include "records/event.h"
#include "tests/integration/postgres/migrated_database.h"

namespace pedigree::test {

using records::NodeKind;
using records::NodeRef;
using records::Relation;

NodeRef ref(NodeKind kind, const std::string& letter); // content: sha256 of the letter
std::string digest_of(const std::string& letter);

struct StoryEdge {
    NodeRef effect;
    Relation relation;
    NodeRef cause;
};

records::Event story_event(const std::string& name, const std::string& name_space,
                           const std::string& experiment, std::initializer_list<StoryEdge> edges);

class Story {
  public:
    explicit Story(MigratedDatabase& database) : database_(database) {}

    void append(const records::Event& event);
    void tell(const std::string& name_space, const std::string& experiment,
              std::initializer_list<StoryEdge> edges);
    std::int64_t number_all(); // the ledger's size afterwards

    Json trace_with(const std::string& query, lineage::TraceOptions options);
    Result<Json> try_trace(const std::string& query, lineage::TraceOptions options);
    // As seen from one namespace.
    Json trace(const std::string& query, const std::string& name_space = "vision");

  private:
    MigratedDatabase& database_;
    int told_ = 0;
};

// Ids of an answer's nodes, sorted.
std::vector<std::string> node_ids(const Json& answer);

} // namespace pedigree::test
