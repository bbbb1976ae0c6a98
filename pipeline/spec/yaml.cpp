#include "pipeline/spec/yaml.h"

#include <algorithm>
#include <sstream>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include "pipeline/spec/field_error.h"
#include "pipeline/spec/yaml_reading.h"
#include "pipeline/spec/yaml_text.h"

namespace pedigree::spec {
namespace {

using Problem = tl::unexpected<YamlProblem>;

Mark mark_of(const YAML::Mark& mark) {
    return {static_cast<std::size_t>(mark.line + 1), static_cast<std::size_t>(mark.column + 1)};
}

// What leaves yaml-cpp's parser when reading on makes no sense; never leaves this file.
struct Stop {
    YamlProblem problem;
};

// A file with more of them is no slip of a key.
constexpr std::size_t problems_max = 100;
constexpr std::size_t documents_max = 64;

// A value with the places of everything in it; aliases copy the places of their anchor.
struct Tree {
    Json value;
    Mark mark;
    std::size_t nodes = 1;
};

class Builder final : public YAML::EventHandler {
  public:
    // What can be read on from goes to `problems`. `nodes` counts those of all documents.
    Builder(const YamlLimits& limits, std::size_t& nodes, std::vector<YamlProblem>& problems)
        : limits_(limits), nodes_(nodes), problems_(problems) {}

    void OnDocumentStart(const YAML::Mark& mark) override { begin_ = mark_of(mark); }
    void OnDocumentEnd() override {}

    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        leaf(mark_of(mark), Json(), anchor);
    }
    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  const std::string& text) override {
        const Mark at = mark_of(mark);
        if (expects_key()) {
            take_key(at, text);
            return;
        }
        if (tag == "!") { // quoted or a block
            leaf(at, Json(text), anchor);
            return;
        }
        check_tag(at, tag);
        auto value = plain_scalar(text);
        if (!value) {
            value.error().mark = at;
            note(std::move(value.error()));
        }
        leaf(at, value ? std::move(*value) : Json(text), anchor);
    }
    void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        const Mark at = mark_of(mark);
        const auto found = anchors_.find(anchor);
        if (found == anchors_.end() || expects_key()) {
            throw Stop{
                {"E0003", "alias refers to itself or stands for a key", at, "write the value out"}};
        }
        count(found->second.nodes, at);
        put({found->second.value, at, found->second.nodes}, 0);
    }
    void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value) override {
        open(mark_of(mark), tag, anchor, Json::array());
    }
    void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value) override {
        open(mark_of(mark), tag, anchor, Json::object());
    }
    void OnSequenceEnd() override { close(); }
    void OnMapEnd() override { close(); }

    bool empty() const { return root_.is_null(); }
    Mark begin() const { return begin_; }

    Json take_value() { return std::move(root_); }
    YamlPlaces take_places() { return std::move(places_); }

  private:
    struct Frame {
        Tree tree;
        YAML::anchor_t anchor = 0;
        std::string path;
        bool has_key = false;
        std::string key;
        std::map<std::string, Mark> keys;
    };

    bool expects_key() const {
        return !frames_.empty() && frames_.back().tree.value.is_object() && !frames_.back().has_key;
    }

    void note(YamlProblem problem) {
        problems_.push_back(std::move(problem));
        if (problems_.size() >= problems_max) {
            Stop stop{problems_.back()};
            problems_.pop_back();
            throw stop;
        }
    }

    void check_tag(Mark at, const std::string& tag) {
        if (!tag.empty() && tag != "?" && tag != "!") {
            note({"E0009", fmt::format("tag {} is not supported", tag), at, "remove the tag"});
        }
    }

    void count(std::size_t nodes, Mark at) {
        nodes_ += nodes;
        if (nodes_ > limits_.nodes_max) {
            throw Stop{{"E0003",
                        fmt::format("aliases expand to more than {} nodes", limits_.nodes_max), at,
                        "write the values out"}};
        }
    }

    void take_key(Mark at, const std::string& text) {
        Frame& frame = frames_.back();
        if (text == "<<") {
            note({"E0009", "merge keys (<<) are not supported", at, "write the fields out"});
        }
        if (const std::string character = first_beyond_ascii(text); !character.empty()) {
            note({"E0007", fmt::format("key with the character {}", character), at,
                  "keys are ASCII; type it again"});
        }
        const auto [earlier, fresh] = frame.keys.emplace(text, at);
        if (!fresh) {
            note({"E0005",
                  fmt::format("duplicate key \"{}\": lines {} and {}", text.substr(0, 80),
                              earlier->second.line, at.line),
                  at, "remove one of them"});
        }
        frame.key = text;
        frame.has_key = true;
        places_.keys.emplace(child_path(frame.path, text), at);
    }

    // The path of the value that comes next.
    std::string next_path() const {
        if (frames_.empty()) {
            return "";
        }
        const Frame& frame = frames_.back();
        return frame.tree.value.is_object() ? child_path(frame.path, frame.key)
                                            : item_path(frame.path, frame.tree.value.size());
    }

    void leaf(Mark at, Json value, YAML::anchor_t anchor) {
        count(1, at);
        if (expects_key()) {
            throw Stop{{"E0002", "a key must be a word", at, ""}};
        }
        put({std::move(value), at, 1}, anchor);
    }

    void open(Mark at, const std::string& tag, YAML::anchor_t anchor, Json empty) {
        count(1, at);
        if (expects_key()) {
            throw Stop{{"E0002", "a key must be a word, not a list or an object", at,
                        "put templates and braces into quotes"}};
        }
        check_tag(at, tag);
        if (frames_.size() >= limits_.depth_max) {
            throw Stop{
                {"E0008", fmt::format("nested deeper than {} levels", limits_.depth_max), at, ""}};
        }
        Frame frame;
        frame.path = next_path();
        frame.tree = {std::move(empty), at, 1};
        frame.anchor = anchor;
        places_.values.emplace(frame.path, at);
        frames_.push_back(std::move(frame));
    }

    void close() {
        Frame frame = std::move(frames_.back());
        frames_.pop_back();
        put(std::move(frame.tree), frame.anchor);
    }

    void put(Tree tree, YAML::anchor_t anchor) {
        if (anchor != 0) {
            anchors_[anchor] = tree;
        }
        places_.values.emplace(next_path(), tree.mark);
        if (frames_.empty()) {
            root_ = std::move(tree.value);
            return;
        }
        Frame& frame = frames_.back();
        frame.tree.nodes += tree.nodes;
        if (frame.tree.value.is_object()) {
            frame.tree.value[frame.key] = std::move(tree.value);
            frame.has_key = false;
        } else {
            frame.tree.value.push_back(std::move(tree.value));
        }
    }

    const YamlLimits limits_;
    YamlPlaces places_;
    Json root_;
    Mark begin_;
    std::vector<Frame> frames_;
    std::map<YAML::anchor_t, Tree> anchors_;
    std::size_t& nodes_;
    std::vector<YamlProblem>& problems_;
};

// The last line that holds anything.
Mark last_line(std::string_view text) {
    const auto end = text.find_last_not_of(" \r\n");
    const auto lines = std::count(text.begin(), text.begin() + (end == text.npos ? 0 : end), '\n');
    return {static_cast<std::size_t>(lines) + 1, 1};
}

// Fills the reading; what ends it early is thrown.
void read_documents(std::istream& stream, const YamlLimits& limits, YamlReading& reading) {
    YAML::Parser parser(stream);
    std::size_t nodes = 0;
    while (true) {
        Builder builder(limits, nodes, reading.problems);
        if (!parser.HandleNextDocument(builder)) {
            return;
        }
        if (builder.empty()) { // a closing "---" opens an empty one
            continue;
        }
        if (reading.documents.size() >= documents_max) {
            throw Stop{{"E0008", fmt::format("more than {} documents", documents_max),
                        builder.begin(), ""}};
        }
        const Mark begin = builder.begin();
        reading.documents.push_back({builder.take_value(), builder.take_places(), begin});
    }
}

} // namespace

YamlReading read_yaml(std::string_view text, YamlLimits limits) {
    YamlReading reading;
    if (text.starts_with("\xef\xbb\xbf")) { // a byte order mark
        text.remove_prefix(3);
    }
    if (auto problem = text_problem(text, limits.bytes_max)) {
        reading.problems.push_back(*std::move(problem));
        return reading;
    }
    try {
        // The end marker is an error inside a quoted scalar; at the bare end of a file yaml-cpp
        // would take an open quote for closed.
        std::istringstream stream(std::string(text) + "\n...\n");
        read_documents(stream, limits, reading);
    } catch (const Stop& stop) {
        reading.problems.push_back(stop.problem);
    } catch (const YAML::Exception& error) { // a DeepRecursion is one, too
        const Mark mark = mark_of(error.mark);
        reading.problems.push_back(
            mark.line > last_line(text).line
                ? YamlProblem{"E0002", "a quote or bracket is still open", last_line(text), ""}
                : YamlProblem{"E0002", error.msg, mark, ""});
    } catch (const std::exception& error) {
        reading.problems.push_back(
            {"E0002", fmt::format("not readable as YAML: {}", error.what()), {}, ""});
    }
    if (reading.documents.empty() && reading.problems.empty()) {
        reading.problems.push_back(
            {"E0006", "the file holds no document", {}, "write one Experiment"});
    }
    return reading;
}

tl::expected<Json, YamlProblem> parse_yaml(std::string_view text, YamlPlaces* places,
                                           YamlLimits limits) {
    YamlReading reading = read_yaml(text, limits);
    if (!reading.problems.empty()) {
        return Problem(reading.problems.front());
    }
    if (reading.documents.size() > 1) {
        return Problem({"E0006", "more than one document in a file", reading.documents[1].begin,
                        "put each into its own file"});
    }
    YamlDocument& document = reading.documents.front();
    if (places != nullptr) {
        *places = std::move(document.places);
    }
    return std::move(document.value);
}

} // namespace pedigree::spec
