// pedigree support-bundle: what somebody who helps needs to know of an installation, in one file.

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/pause.h"
#include "cli/app/command.h"
#include "cli/doctor/checks.h"
#include "cli/doctor/look.h"
#include "cli/doctor/report.h"
#include "cli/support/collect.h"

namespace pedigree::cli {

namespace {

constexpr std::int64_t log_mebibytes_usual = 4;
constexpr std::int64_t log_mebibytes_max = 64;
constexpr unsigned archive_mode = 0600; // for the one who made it

struct Options {
    std::string file;
    std::string system_namespace = "pedigree-system";
    std::optional<std::int64_t> log_mebibytes;
};

void describe(Options& options, Syntax& syntax) {
    syntax
        .value("-o,--output", options.file, "FILE",
               "The archive; without it pedigree-support-TIME.tar.gz")
        .from(Source::Files);
    syntax.value("--system-namespace", options.system_namespace, "NAME", "Where the operator is")
        .usually(options.system_namespace)
        .from(Source::Namespaces);
    syntax
        .number("--log-mebibytes", options.log_mebibytes,
                "Of each log of the operator the last so many MiB", 1)
        .usually(std::to_string(log_mebibytes_usual));
    syntax.check([&options]() -> Status {
        return options.log_mebibytes.value_or(0) <= log_mebibytes_max
                   ? Status()
                   : failure(ErrorCode::InvalidInput,
                             fmt::format("--log-mebibytes: at most {}", log_mebibytes_max));
    });
}

// "2026-01-31T12:00:00Z" without what a file's name had better not have.
std::string name_for(Instant now) {
    std::string name = "pedigree-support-";
    for (const char c : to_kubernetes_time(now)) {
        name += c == ':' || c == '-' ? "" : std::string(1, c);
    }
    return name;
}

Result<ExitCode> perform(const Options& options, const Context& context) {
    TRY(const Cluster* const cluster, context.cluster());
    const auto pause = [&](std::chrono::milliseconds time) { pause_for(time, context.stop); };
    const Sight sight = look(*cluster, {options.system_namespace, false, pause});
    if (!sight.version && ends_the_look(sight.version.error())) {
        return tl::unexpected<Error>(sight.version.error());
    }
    const std::size_t log_bytes =
        static_cast<std::size_t>(options.log_mebibytes.value_or(log_mebibytes_usual)) * 1024 * 1024;
    const std::vector<Check> checks = examined(sight);
    Bundle bundle = collect(*cluster, {options.system_namespace, log_bytes}, sight, checks);
    strike_credentials(bundle);
    if (context.stop.stop_requested()) {
        return ExitCode::Interrupted;
    }
    const std::string name = name_for(cluster->clock.now());
    TRY(const std::string archive, archive_of(bundle, name));
    const std::string file = options.file.empty() ? name + ".tar.gz" : options.file;
    TRY(write_file(file, archive, archive_mode));
    Terminal& terminal = context.terminal;
    for (const LeftOut& part : bundle.left_out) {
        terminal.err << "left out: " << printable(part.what) << ": " << printable(part.why) << '\n';
    }
    terminal.err << fmt::format("{} files, {} bytes; {}; look through it before you send it\n",
                                bundle.files.size() + 1, archive.size(), checks_summary(checks));
    terminal.out << file << '\n';
    return ExitCode::Ok;
}

} // namespace

Command support_bundle_command() {
    return define_command<Options>(
        {"support-bundle", "packs what somebody who helps needs to know, without credentials",
         "  {} support-bundle -n vision\n"
         "  {} support-bundle -o bundle.tar.gz --log-mebibytes 16"},
        describe, perform);
}

} // namespace pedigree::cli
