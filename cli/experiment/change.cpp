#include "cli/experiment/change.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/app/error_text.h"
#include "cli/experiment/experiment.h"

namespace pedigree::cli {

namespace {

struct ChangeWords {
    Change change;
    std::string_view verb;  // "left to ..."
    std::string_view said;  // of one that was changed
    std::string_view known; // of one that is so already
    std::string_view field; // of spec
    bool value;
};
constexpr ChangeWords change_words[] = {
    {Change::Cancel, "cancel", "is being cancelled", "was cancelled before", "cancel", true},
    {Change::Suspend, "suspend", "is being suspended", "was suspended before", "suspend", true},
    {Change::Resume, "resume", "goes on", "is not suspended", "suspend", false}};

const ChangeWords& words_for(Change change) {
    return change_words[static_cast<std::size_t>(change)];
}

// Why it cannot be changed; empty: it can.
std::string obstacle(const ChangeWords& words, const Experiment& experiment, bool is_cancelled) {
    if (experiment.finished()) {
        return fmt::format("experiment {0} has ended ({1}), so there is nothing to {2}; to run it "
                           "again: pedigree rerun {0}",
                           experiment.key.name, experiment.phase, words.verb);
    }
    return is_cancelled && words.change != Change::Cancel
               ? fmt::format("experiment {} is being cancelled, which cannot be taken back",
                             experiment.key.name)
               : "";
}

// What was done, in words.
Result<std::string_view> change_one(const ChangeWords& words, const k8s::ObjectKey& key,
                                    const Cluster& cluster) {
    TRY(const Json object, cluster.api.get(experiments, key));
    const Experiment experiment = experiment_from(object);
    const Json& spec = at_path(object, {"spec"});
    const bool is_cancelled = bool_or(spec, "cancel");
    if (words.change == Change::Cancel && experiment.phase == "Cancelled") {
        return words.known;
    }
    if (std::string why = obstacle(words, experiment, is_cancelled); !why.empty()) {
        return failure(ErrorCode::Conflict, std::move(why));
    }
    if (bool_or(spec, words.field) == words.value) {
        return words.known;
    }
    // With the uid, another one that has taken the name meanwhile is a conflict.
    const Json patch{{"metadata", {{"uid", experiment.uid}}},
                     {"spec", {{std::string(words.field), words.value}}}};
    TRY(cluster.api.patch(experiments, key, k8s::PatchKind::Merge, patch, {}));
    return words.said;
}

} // namespace

void describe_change(ChangeOptions& options, Syntax& syntax) {
    syntax.values("names", options.names, "NAME", "Experiments")
        .from(Source::Experiments)
        .required();
}

Result<ExitCode> change_experiments(Change change, const std::vector<std::string>& names,
                                    const Context& context) {
    TRY(const Cluster* const cluster, context.cluster());
    Terminal& terminal = context.terminal;
    ExitCode code = ExitCode::Ok;
    for (const std::string& argument : names) {
        const k8s::ObjectKey key{cluster->name_space, experiment_name(argument)};
        const auto done = change_one(words_for(change), key, *cluster);
        if (done) {
            terminal.out << fmt::format("experiment.pedigree.dev/{} {}\n", key.name, *done);
            continue;
        }
        terminal.err << error_text(done.error(), terminal.err_coloured);
        code = code == ExitCode::Ok ? exit_code_of(done.error()) : code;
    }
    return code;
}

} // namespace pedigree::cli
