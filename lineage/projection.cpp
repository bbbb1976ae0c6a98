#include "lineage/projection.h"

#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/ids.h"
#include "lineage/ledger.h"

namespace pedigree::lineage {
namespace {

constexpr JsonLimits body_limits{.bytes_max = event_bytes_max, .depth_max = 16};
constexpr std::size_t name_bytes_max = 128; // of attributes and event types
using records::node_id_bytes_max;           // also of namespaces and Experiment uids
using records::role_bytes_max;
using records::word_bytes_max;

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
        read_header(body);
        for (const Json& node : at_path(body, {"nodes"})) {
            keep(read_node(node));
        }
        for (const Json& edge : at_path(body, {"edges"})) {
            keep(read_edge(edge));
        }
        for (const Json& gap : at_path(body, {"gaps"})) {
            keep(read_gap(gap));
        }
        say_unread();
        return std::move(out_);
    }

  private:
    void keep(const Status& part) {
        if (!part && out_.unread_parts++ == 0) {
            out_.unread = part.error().message;
        }
    }

    // Last among the gaps, so that it moves no other's position.
    void say_unread() {
        if (out_.unread_parts == 0) {
            return;
        }
        const records::NodeRef about =
            !out_.experiment_uid.empty() || out_.nodes.empty()
                ? records::NodeRef{records::NodeKind::ExperimentSpec, out_.experiment_uid}
                : out_.nodes.front();
        if (about.key.empty()) {
            return;
        }
        name(about);
        out_.gaps.push_back({records::GapKind::NotReadable, about, unread_sentence().commitment});
    }

    // A header's field that cannot be read leaves its column empty, and the others as they are.
    void read_header(const Json& body) {
        const auto field = [&](const char* what, std::size_t bytes_max) {
            auto word = string_field(body, what);
            const Status fits =
                word ? check_word(what, *word, bytes_max) : tl::unexpected<Error>(word.error());
            keep(fits);
            return fits ? *std::move(word) : std::string();
        };
        out_.type = field("type", name_bytes_max);
        out_.name_space = field("namespace", node_id_bytes_max);
        out_.experiment_uid = field("experiment", node_id_bytes_max);
        keep(read_time(body));
    }

    Status read_time(const Json& body) {
        TRY(const std::string text, string_field(body, "time"));
        TRY(const Instant time, parse_instant(text));
        if (time < Instant{}) {
            return failure(ErrorCode::InvalidInput, "the time is before 1970");
        }
        out_.time = time;
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
            keep(read_attribute(ref, attribute, value));
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
        TRY(check_word("a role", read.role, role_bytes_max));
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
    TRY(check_word("a node's key", id, node_id_bytes_max));
    return records::NodeRef{*kind, std::string(id.substr(colon + 1))};
}

Result<Projection> project(std::string_view body) {
    TRY(const Json document, parse_json(body, body_limits));
    return Reader().read(document);
}

UnreadSentence unread_sentence() {
    constexpr std::string_view salt = "pedigree/unread";
    constexpr std::string_view text =
        "A part of an entry of this record cannot be read by this version of pedigree, so the graph "
        "does not show it. The entry holds it; the operator's log names it.";
    return {salt, text, commitment_digest(salt, text)};
}

Projection unreadable_projection(std::string event_id) {
    Projection empty;
    empty.event_id = std::move(event_id);
    empty.type = "Unreadable";
    return empty;
}

} // namespace pedigree::lineage
