#pragma once
// Event: one entry of the ledger, before it has a number. It says what happened in the words of
// docs/spec/records.md and carries what it adds to the graph (nodes, edges, gaps), so that the
// graph is a projection that can be derived again from the ledger alone.
//
// The body is canonical JSON (ASCII, sorted keys, no whitespace). It holds uids, digests, integers,
// enum words, Kubernetes names and times as they are; every other string (a URL, a path, a person,
// a message, a parameter) is added with text(): the body then holds only SHA-256(salt + text), and
// text and salt stand in texts(), which can be erased without breaking a proof.
//
// Nothing that somebody else wrote can make an event that its readers refuse: a word that is none
// becomes an erasable text, a key that no table can index is recorded under a uid made from it,
// with a gap that says so.
//
// A node is named by its kind and key. The key is a digest text ("sha256:<hex>", "sha1:<hex>" for
// git objects) where the thing is bytes, else a uid. Causes hang on acts (Resolve, ImageBuild,
// Attempt), never on content. A value type; not shared between threads while it is built.

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "base/digest.h"
#include "base/json.h"
#include "base/words.h"

namespace pedigree::records {

enum class NodeKind {
    Person,
    ExperimentSpec,
    Resolve,
    GitCommit,
    RepoTree,
    ImageBuild,
    BaseImage,
    Lockfile,
    Wheel,
    Image,
    Trial,
    Attempt,
    Job,
    Pod,
    Node,
    Dataset,
    Run,
    Checkpoint,
    Artifact,
    Model,
};

// From effect to cause.
enum class Relation {
    GeneratedBy,
    Used,
    DerivedFrom,
    PartOf,
    PlannedBy,
    RanOn,
    RequestedBy,
    Follows,
};

// Whose word an edge rests on.
enum class Asserted { Operator, Recorder, Tracker, UserCode };

enum class GapKind {
    RequesterNotObserved,
    DataNotDeclared,
    NoAttestation,
    NotSeenByRecorder,
    NotSignedByRecorder,
    NotProtected,
    ImageNotRead,
    PodEntered,
    BytesGone,
    BytesNotFetched,
    HiddenByNamespace,
    NotReadable,
    InPages,
};

// What the graph holds and indexes (lineage/projection.h).
constexpr std::size_t word_bytes_max = 1024;
constexpr std::size_t node_id_bytes_max = 512;
constexpr std::size_t role_bytes_max = 128;

Words<NodeKind> words_of(NodeKind);
Words<Relation> words_of(Relation);
Words<Asserted> words_of(Asserted);
Words<GapKind> words_of(GapKind);

struct NodeRef {
    NodeKind kind = NodeKind::ExperimentSpec;
    std::string key;

    auto operator<=>(const NodeRef&) const = default;
    std::string id() const; // "GitCommit:sha1:4f2a...", as `trace -o json` prints it
};

// A string that is erasable; `commitment` is what the body holds.
struct ErasableText {
    Digest commitment;
    std::string salt; // 32 bytes
    std::string text;
};

struct EventHeader {
    std::string type;           // CamelCase: "SourceResolved", "ImageBuilt", "AttemptConcluded" ...
    std::string id;             // uuid; a function of what is recorded, so a repeat is recognised
    std::string name_space;     // the Kubernetes namespace the event belongs to
    std::string experiment_uid; // may be empty for events about shared things
    std::string build;          // the operator's build: version and image digest
    Instant time;
};

class Event {
  public:
    explicit Event(EventHeader header);

    // Adds the node once; later calls with the same ref give the same node. The reference is valid
    // until the next call of node().
    class NodeBuilder {
      public:
        NodeBuilder& attribute(std::string_view name, std::int64_t value);
        NodeBuilder& attribute(std::string_view name, bool value);
        // Plain words only: enum words, uids, digests, Kubernetes names, canonical numbers, times.
        // What is none (too long, no UTF-8, a NUL in it) becomes a text().
        NodeBuilder& word(std::string_view name, std::string_view value);
        // Everything else.
        NodeBuilder& text(std::string_view name, std::string_view value);
        // Where the thing can be found; erasable like any text.
        NodeBuilder& uri(std::string_view value) { return text("uri", value); }

      private:
        friend class Event;
        NodeBuilder(Event& event, std::size_t index) : event_(event), index_(index) {}
        Event& event_;
        std::size_t index_;
    };
    NodeBuilder node(const NodeRef& ref);

    // Both ends must have been given to node() of this or an earlier event. `role` is a plain word
    // ("Train", "Base", "Parent") or empty.
    Event& edge(const NodeRef& effect, Relation relation, const NodeRef& cause, Asserted asserted,
                std::string_view role = "");
    // What an answer about `subject` does not know. The sentence is erasable.
    Event& gap(GapKind kind, const NodeRef& subject, std::string_view sentence);

    const EventHeader& header() const { return header_; }
    // The exact bytes for the ledger:
    // {"build","edges":[{"asserted","from","relation","role"?,"to"}],"experiment","gaps":[{"kind",
    //  "sentence":{"text":"sha256:..."},"subject"}],"id","namespace","nodes":[{"attributes":{name:
    //  integer | bool | word | {"text":"sha256:..."}},"id","key","kind"}],"time","type"}
    std::string body() const;
    const std::vector<ErasableText>& texts() const { return texts_; }

  private:
    friend class NodeBuilder;
    struct NodeEntry {
        NodeRef ref;
        std::vector<std::pair<std::string, std::string>> attributes; // name, encoded JSON
    };
    struct EdgeEntry {
        NodeRef effect;
        Relation relation;
        NodeRef cause;
        Asserted asserted;
        std::string role;
    };
    struct GapEntry {
        GapKind kind;
        NodeRef subject;
        std::string sentence; // encoded JSON
    };

    NodeRef recordable(const NodeRef& ref);
    std::string committed(std::string_view text); // encoded JSON of the commitment

    EventHeader header_;
    std::vector<NodeEntry> nodes_;
    std::unordered_map<std::string, std::size_t> node_places_; // by id
    std::set<NodeRef> renamed_;                                // said in a gap
    std::vector<EdgeEntry> edges_;
    std::vector<GapEntry> gaps_;
    std::vector<ErasableText> texts_;
};

} // namespace pedigree::records
