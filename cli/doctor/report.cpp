#include "cli/doctor/report.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/app/table.h"

namespace pedigree::cli {

namespace {

Colour colour_of_verdict(Verdict verdict) {
    switch (verdict) {
    case Verdict::Ok:
        return Colour::Green;
    case Verdict::Finding:
        return Colour::Red;
    case Verdict::Unknown:
        return Colour::Yellow;
    }
    return Colour::None;
}

std::string check_sentence(const Check& check) {
    return fmt::format("{}{}{}{}{}", check.about, check.about.empty() ? "" : ": ", check.message,
                       check.fix.empty() ? "" : "; fix: ", check.fix);
}

} // namespace

std::string checks_text(const std::vector<Check>& checks, const Terminal& terminal) {
    Table table{{"VERDICT", "CHECK", "WHAT"}, {}};
    for (const Check& check : checks) {
        table.rows.push_back(
            {{std::string(to_string(check.verdict)), colour_of_verdict(check.verdict)},
             {check.name},
             {check_sentence(check)}});
    }
    // Every word counts: on a terminal a long sentence goes on below.
    return render(with_wrapped_end(table, terminal.out_columns), terminal.out_coloured);
}

std::string checks_summary(const std::vector<Check>& checks) {
    const std::size_t findings = count_of(checks, Verdict::Finding);
    return fmt::format("{} ok, {} {}, {} unknown", count_of(checks, Verdict::Ok), findings,
                       findings == 1 ? "finding" : "findings", count_of(checks, Verdict::Unknown));
}

Json checks_json(const std::vector<Check>& checks, const Sight& sight) {
    Json items = Json::array();
    for (const Check& check : checks) {
        Json item{{"check", check.name},
                  {"verdict", to_string(check.verdict)},
                  {"message", check.message}};
        if (!check.about.empty()) {
            item["about"] = check.about;
        }
        if (!check.fix.empty()) {
            item["fix"] = check.fix;
        }
        items.push_back(std::move(item));
    }
    return {{"version", PEDIGREE_VERSION},
            {"kubernetes", sight.version ? Json(string_or(**sight.version, "gitVersion")) : Json()},
            {"systemNamespace", sight.system_namespace},
            {"namespace", sight.name_space},
            {"user", sight.user.empty() ? Json() : Json(sight.user)},
            {"ok", count_of(checks, Verdict::Ok)},
            {"findings", count_of(checks, Verdict::Finding)},
            {"unknown", count_of(checks, Verdict::Unknown)},
            {"items", std::move(items)}};
}

} // namespace pedigree::cli
