#include "cli/lineage/traced.h"

#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/app/read_api.h"
#include "cli/lineage/graph.h"
#include "cli/lineage/subject.h"
#include "net/url.h"

namespace pedigree::cli {

Result<Json> read_trace_of(const Cluster& cluster, const TraceQuestion& question) {
    TRY(const std::string query, query_for(question.subject, cluster));
    std::string rest = "traces/" + net::percent_encode(query);
    char separator = '?';
    if (question.as_of) {
        rest += fmt::format("{}asOf={}", std::exchange(separator, '&'), *question.as_of);
    }
    if (question.forward) {
        rest += fmt::format("{}direction=Effects", separator);
    }
    return read_lineage(cluster, rest, "trace of " + question.subject);
}

TrialList trials_behind(const Json& answer, const Cluster& cluster) {
    const Graph graph(answer);
    const auto specs = graph.of_kind("ExperimentSpec");
    if (graph.of_kind("Attempt").empty() || specs.size() != 1) {
        return {};
    }
    const auto document = read_trials(cluster, graph.attribute(specs.front(), "name"));
    return document ? trial_list_from(*document) : TrialList{};
}

} // namespace pedigree::cli
