// pedigree top: who holds GPUs now, who waits for some, and what is free.

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/app/command.h"
#include "cli/app/documents.h"
#include "cli/gpus/table.h"
#include "cli/gpus/usage.h"

namespace pedigree::cli {

namespace {

struct Options {
    Format format = Format::Table;
};

void describe(Options& options, Syntax& syntax) {
    syntax.format(options.format, {Format::Table, Format::Wide, Format::Json});
}

// What has ended holds nothing, and there may be much of it.
constexpr const char* not_ended = "status.phase!=Succeeded,status.phase!=Failed";

// As much as the caller may see; each sentence says what that leaves out.
Result<GpuSight> look(const Cluster& cluster, std::vector<std::string>& sentences) {
    GpuSight sight;
    auto pods = cluster.api.list(k8s::pods, {.field_selector = not_ended});
    sight.everywhere = pods.has_value();
    if (!pods && pods.error().code == ErrorCode::Forbidden) {
        sentences.push_back(fmt::format("you may not list the pods of all namespaces: those of {} "
                                        "are shown, and what is free is not known",
                                        cluster.name_space));
        pods = cluster.api.list(k8s::pods,
                                {.name_space = cluster.name_space, .field_selector = not_ended});
    }
    TRY(auto listed, std::move(pods));
    sight.pods = std::move(listed.items);
    auto nodes = cluster.api.list(k8s::nodes, {});
    if (!nodes && nodes.error().code == ErrorCode::Forbidden) {
        sentences.emplace_back("you may not list nodes: how many GPUs there are is not known");
        return sight;
    }
    TRY(auto all, std::move(nodes));
    sight.nodes = std::move(all.items);
    return sight;
}

Result<ExitCode> perform(const Options& options, const Context& context) {
    TRY(const Cluster* const connected, context.cluster());
    const Cluster& cluster = *connected;
    Terminal& terminal = context.terminal;
    std::vector<std::string> sentences;
    TRY(const GpuSight sight, look(cluster, sentences));
    const GpuUsage usage = gpu_usage(sight);
    const bool wide = options.format == Format::Wide;
    const auto print = [&](const Table& table) {
        terminal.out << (wide ? render(table, terminal.out_coloured) : render(table, terminal));
    };
    if (options.format == Format::Json) {
        terminal.out << document_text(enveloped("GpuUsage", gpu_usage_json(usage)), Format::Json);
    } else {
        if (!usage.holds.empty()) {
            print(gpu_hold_table(usage, wide, cluster.clock.now()));
        }
        if (!usage.nodes.empty()) {
            terminal.out << (usage.holds.empty() ? "" : "\n");
            print(gpu_node_table(usage, wide));
        }
        terminal.err << gpu_summary(usage) << '\n';
    }
    for (const std::string& sentence : sentences) {
        terminal.err << printable(sentence) << '\n';
    }
    return ExitCode::Ok;
}

} // namespace

Command top_command() {
    return define_command<Options>({"top",
                                    "shows who holds GPUs, who waits for some, and what is free",
                                    "  {} top\n"
                                    "  {} top -o json"},
                                   describe, perform);
}

} // namespace pedigree::cli
