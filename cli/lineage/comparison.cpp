#include "cli/lineage/comparison.h"

#include <algorithm>
#include <functional>
#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/rounded.h"
#include "cli/app/time_text.h"

namespace pedigree::cli {

namespace {

using Value = std::optional<Scalar>;
using Values = std::vector<Value>;

Value text_value(const std::string& text) {
    return text.empty() ? std::nullopt : Value(Scalar{text, std::nullopt});
}

Value entry(const Scalars& scalars, const std::string& name) {
    const auto found = scalars.find(name);
    return found == scalars.end() ? std::nullopt : Value(found->second);
}

// What was proposed wins over what the record says of it: it is there before the trial ends.
Scalars compared_parameters(const Compared& one) {
    Scalars parameters = one.ancestry.parameters;
    if (one.trial) {
        for (const auto& [name, value] : one.trial->parameters) {
            parameters[name] = value;
        }
    }
    return parameters;
}

Scalars compared_inputs(const Compared& one) {
    Scalars inputs;
    for (const auto& [name, digest] : one.ancestry.inputs) {
        inputs[name] = {digest, std::nullopt};
    }
    return inputs;
}

Value outcome_of(const Compared& one) {
    if (!one.trial) {
        return text_value(one.ancestry.outcome);
    }
    std::string text = one.trial->state;
    for (const std::string& why : {one.trial->failure_class, one.trial->stop_reason}) {
        text += why.empty() ? "" : " " + why;
    }
    return text_value(text);
}

class Rows {
  public:
    explicit Rows(const std::vector<Compared>& compared) : compared_(compared) {}

    void add(const std::string& what, const std::string& name,
             const std::function<Value(const Compared&)>& value_of) {
        Values values;
        for (const Compared& one : compared_) {
            values.push_back(value_of(one));
        }
        if (std::any_of(values.begin(), values.end(), [](const Value& value) { return value; })) {
            rows.push_back({what, name, std::move(values)});
        }
    }

    void add_text(const std::string& what, std::string Ancestry::* field) {
        add(what, "", [&](const Compared& one) { return text_value(one.ancestry.*field); });
    }

    // A row for each name that one of them has.
    void add_each(const std::string& what,
                  const std::function<Scalars(const Compared&)>& scalars_of) {
        std::set<std::string> names;
        for (const Compared& one : compared_) {
            for (const auto& [name, value] : scalars_of(one)) {
                names.insert(name);
            }
        }
        for (const std::string& name : names) {
            add(what, name, [&](const Compared& one) { return entry(scalars_of(one), name); });
        }
    }

    std::vector<ComparedRow> rows;

  private:
    const std::vector<Compared>& compared_;
};

} // namespace

bool ComparedRow::differs() const {
    return std::any_of(values.begin(), values.end(),
                       [&](const Value& value) { return value != values.front(); });
}

std::vector<ComparedRow> compared_rows(const std::vector<Compared>& compared, Instant now) {
    Rows rows(compared);
    rows.add("outcome", "", outcome_of);
    std::set<std::string> objectives;
    for (const Compared& one : compared) {
        objectives.insert(one.metric);
    }
    for (const std::string& metric : objectives) {
        rows.add("objective", metric, [&](const Compared& one) {
            return one.trial && one.metric == metric ? one.trial->value : std::nullopt;
        });
    }
    rows.add_each("parameter", compared_parameters);
    rows.add("run", "", [](const Compared& one) { return text_value(one.run_name); });
    rows.add_each("run parameter", [](const Compared& one) { return one.run_parameters; });
    rows.add_each("metric", [](const Compared& one) { return one.metrics; });
    rows.add_text("command", &Ancestry::command);
    rows.add_text("seed", &Ancestry::seed);
    rows.add_text("commit", &Ancestry::commit);
    rows.add_text("tree", &Ancestry::tree);
    rows.add_text("lock", &Ancestry::lock);
    rows.add_text("base", &Ancestry::base);
    rows.add_text("image", &Ancestry::image);
    rows.add_each("input", compared_inputs);
    rows.add_text("project", &Ancestry::project);
    rows.add_text("requested by", &Ancestry::requester);
    rows.add("duration", "", [&](const Compared& one) {
        const auto duration = one.trial ? one.trial->duration(now) : std::nullopt;
        return duration ? text_value(age_text(*duration)) : std::nullopt;
    });
    return std::move(rows.rows);
}

Table comparison_table(const std::vector<Compared>& compared,
                       const std::vector<ComparedRow>& rows) {
    Table table{{"WHAT", "NAME"}, {}};
    for (const Compared& one : compared) {
        table.header.push_back(one.label);
    }
    for (const ComparedRow& row : rows) {
        std::vector<std::string> texts;
        for (const Value& value : row.values) {
            texts.push_back(value ? value->text : "-");
        }
        std::vector<Cell> cells{{row.what}, {row.name}};
        for (std::string& text : rounded_apart(texts)) { // what differs is shown to
            cells.push_back({std::move(text)});
        }
        table.rows.push_back(std::move(cells));
    }
    return table;
}

Json comparison_json(const std::vector<Compared>& compared, const std::vector<ComparedRow>& rows) {
    Json document{{"compared", Json::array()}, {"items", Json::array()}};
    for (const Compared& one : compared) {
        document["compared"].push_back(one.label);
    }
    for (const ComparedRow& row : rows) {
        Json values = Json::array();
        for (const Value& value : row.values) {
            values.push_back(!value          ? Json()
                             : value->number ? Json::parse(value->text)
                                             : Json(value->text));
        }
        Json object{{"what", row.what}, {"differs", row.differs()}, {"values", std::move(values)}};
        if (!row.name.empty()) {
            object["name"] = row.name;
        }
        document["items"].push_back(std::move(object));
    }
    return document;
}

} // namespace pedigree::cli
