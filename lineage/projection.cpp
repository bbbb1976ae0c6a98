#include "lineage/projection.h"

#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "lineage/ledger.h"

namespace pedigree::lineage {
namespace {

constexpr JsonLimits body_limits{.bytes_max = event_bytes_max, .depth_max = 16};
constexpr std::size_t key_bytes_max = 512;

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
    void name(const records::NodeRef& ref) {
        if (named_.insert(ref).second) {
            out_.nodes.push_back(ref);
        }
    }

    Status read_node(const Json& node) {
        TRY(const auto ref, ref_field(node, "id"));
        name(ref);
        for (const auto& [attribute, value] : at_path(node, {"attributes"}).items()) {
            out_.attributes.push_back({ref, attribute, canonical_json(value)});
        }
        return {};
    }

    Status read_edge(const Json& edge) {
        ProjectedEdge read;
        TRY(read.effect, ref_field(edge, "from"));
        TRY(read.cause, ref_field(edge, "to"));
        TRY(const std::string relation, string_field(edge, "relation"));
        TRY(read.relation, word_of(records::relation_from(relation), "relation", relation));
        TRY(const std::string asserted, string_field(edge, "asserted"));
        TRY(read.asserted, word_of(records::asserted_from(asserted), "assertion", asserted));
        read.role = string_or(edge, "role");
        name(read.effect);
        name(read.cause);
        out_.edges.push_back(std::move(read));
        return {};
    }

    Status read_gap(const Json& gap) {
        ProjectedGap read;
        TRY(const std::string kind, string_field(gap, "kind"));
        TRY(read.kind, word_of(records::gap_kind_from(kind), "gap kind", kind));
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
    const auto kind = records::node_kind_from(id.substr(0, colon));
    if (!kind || colon == std::string_view::npos || colon + 1 == id.size() ||
        id.size() > key_bytes_max) {
        return failure(ErrorCode::InvalidInput,
                       fmt::format("\"{}\" is not a node: Kind:key", id.substr(0, 80)));
    }
    return records::NodeRef{*kind, std::string(id.substr(colon + 1))};
}

Result<Projection> project(std::string_view body) {
    TRY(const Json document, parse_json(body, body_limits));
    return Reader().read(document);
}

} // namespace pedigree::lineage
