#include "lineage/projection.h"

#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "lineage/ledger.h"

namespace pedigree::lineage {
namespace {

constexpr JsonLimits body_limits{.bytes_max = event_bytes_max, .depth_max = 16};
constexpr std::size_t id_bytes_max = 512;   // also of namespaces and Experiment uids
constexpr std::size_t name_bytes_max = 128; // of attributes, roles and event types
constexpr std::size_t word_bytes_max = 1024;

// What PostgreSQL can hold and index; one event beyond it must not stop the ledger.
Status check_word(std::string_view what, std::string_view word, std::size_t bytes_max) {
    if (word.size() > bytes_max || word.find('\0') != std::string_view::npos) {
        return failure(ErrorCode::InvalidInput,
                       fmt::format("{} is longer than {} bytes or holds NUL", what, bytes_max));
    }
    return {};
}

template <typename Word>
Result<Word> word_of(std::optional<Word> found, std::string_view what, const std::string& word) {
    if (!found) {
        return failure(ErrorCode::InvalidInput, fmt::format("unknown {} \"{}\"", what, word));
    }
    return *found;
}

Result<records::NodeRef> ref_field(const Json& object, std::string_view name) {
    TRY(const std::string id, string_field(object, name));
    return parse_node_id(id);
}

class Reader {
  public:
    Result<Projection> read(const Json& body) {
        TRY(out_.event_id, string_field(body, "id"));
        TRY(out_.type, string_field(body, "type"));
        TRY(out_.name_space, string_field(body, "namespace"));
        TRY(out_.experiment_uid, string_field(body, "experiment"));
        TRY(const std::string time, string_field(body, "time"));
        TRY(out_.time, parse_instant(time));
        TRY(check_header());
        for (const Json& node : at_path(body, {"nodes"})) {
            TRY(read_node(node));
        }
        for (const Json& edge : at_path(body, {"edges"})) {
            TRY(read_edge(edge));
        }
        for (const Json& gap : at_path(body, {"gaps"})) {
            TRY(read_gap(gap));
        }
        return std::move(out_);
    }

  private:
    Status check_header() const {
        TRY(check_word("the type", out_.type, name_bytes_max));
        TRY(check_word("the namespace", out_.name_space, id_bytes_max));
        TRY(check_word("the experiment", out_.experiment_uid, id_bytes_max));
        if (out_.time < Instant{}) {
            return failure(ErrorCode::InvalidInput, "the time is before 1970");
        }
        return {};
    }

    void name(const records::NodeRef& ref) {
        if (named_.insert(ref).second) {
            out_.nodes.push_back(ref);
        }
    }

    Status read_node(const Json& node) {
        TRY(const auto ref, ref_field(node, "id"));
        name(ref);
        for (const auto& [attribute, value] : at_path(node, {"attributes"}).items()) {
            TRY(read_attribute(ref, attribute, value));
        }
        return {};
    }

    Status read_attribute(const records::NodeRef& ref, const std::string& attribute,
                          const Json& value) {
        TRY(check_word("an attribute's name", attribute, name_bytes_max));
        if (value.is_object()) {
            TRY(const std::string commitment, string_field(value, "text"));
            TRY(const Digest digest, Digest::parse(commitment));
            out_.attributes.push_back({ref, attribute, "", digest});
            return {};
        }
        if (!value.is_number_integer() && !value.is_boolean() && !value.is_string()) {
            return failure(
                ErrorCode::InvalidInput,
                fmt::format("attribute {} is not an integer, a boolean or a word", attribute));
        }
        if (value.is_string()) {
            TRY(check_word(attribute, value.get_ref<const std::string&>(), word_bytes_max));
        }
        out_.attributes.push_back({ref, attribute, canonical_json(value), std::nullopt});
        return {};
    }

    Status read_edge(const Json& edge) {
        ProjectedEdge read;
        TRY(read.effect, ref_field(edge, "from"));
        TRY(read.cause, ref_field(edge, "to"));
        TRY(const std::string relation, string_field(edge, "relation"));
        TRY(read.relation, word_of(from_word<records::Relation>(relation), "relation", relation));
        TRY(const std::string asserted, string_field(edge, "asserted"));
        TRY(read.asserted, word_of(from_word<records::Asserted>(asserted), "assertion", asserted));
        read.role = string_or(edge, "role");
        TRY(check_word("a role", read.role, name_bytes_max));
        name(read.effect);
        name(read.cause);
        out_.edges.push_back(std::move(read));
        return {};
    }

    Status read_gap(const Json& gap) {
        ProjectedGap read;
        TRY(const std::string kind, string_field(gap, "kind"));
        TRY(read.kind, word_of(from_word<records::GapKind>(kind), "gap kind", kind));
        TRY(read.subject, ref_field(gap, "subject"));
        TRY(const std::string sentence, string_field(at_path(gap, {"sentence"}), "text"));
        TRY(read.sentence, Digest::parse(sentence));
        name(read.subject);
        out_.gaps.push_back(std::move(read));
        return {};
    }

    Projection out_;
    std::set<records::NodeRef> named_;
};

} // namespace

Result<records::NodeRef> parse_node_id(std::string_view id) {
    const auto colon = id.find(':');
    const auto kind = from_word<records::NodeKind>(id.substr(0, colon));
    if (!kind || colon == std::string_view::npos || colon + 1 == id.size()) {
        return failure(ErrorCode::InvalidInput,
                       fmt::format("\"{}\" is not a node: Kind:key", id.substr(0, 80)));
    }
    TRY(check_word("a node's key", id, id_bytes_max));
    return records::NodeRef{*kind, std::string(id.substr(colon + 1))};
}

Result<Projection> project(std::string_view body) {
    TRY(const Json document, parse_json(body, body_limits));
    return Reader().read(document);
}

Projection unreadable_projection(std::string event_id) {
    Projection empty;
    empty.event_id = std::move(event_id);
    empty.type = "Unreadable";
    return empty;
}

} // namespace pedigree::lineage
