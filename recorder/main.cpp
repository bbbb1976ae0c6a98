// pedigree-recorder: `prepare` is the init container of a training pod, `record` the sidecar beside
// it, `healthy` the sidecar's probe. Threads: docs/architecture.md.

#include <CLI/CLI.hpp>

#include "base/caught.h"
#include "base/log_level.h"
#include "recorder/conclude.h"
#include "recorder/healthy.h"
#include "recorder/prepare.h"
#include "recorder/record.h"
#include "recorder/settings.h"
#include "records/pod/paths.h"

namespace {

using namespace pedigree;

int finish(const Status& outcome) {
    if (!outcome) {
        log_error(outcome.error().message,
                  {{"code", to_string(outcome.error().code)}, {"reason", outcome.error().reason}});
    }
    return outcome ? 0 : 1;
}

int prepare(const recorder::SettingsSource& source) {
    const auto settings = recorder::read_settings(source);
    if (!settings) {
        recorder::write_termination(recorder::Places(source.root),
                                    recorder::preparation_failure(settings.error()));
    }
    return finish(settings ? caught([&] { return recorder::prepare(*settings); })
                           : tl::unexpected<Error>(settings.error()));
}

int record(const recorder::SettingsSource& source) {
    const auto settings = recorder::read_settings(source);
    return finish(settings ? caught([&] { return recorder::record(*settings); })
                           : tl::unexpected<Error>(settings.error()));
}

} // namespace

int main(int argc, char** argv) {
    recorder::SettingsSource source;
    CLI::App app("pedigree-recorder: brings a training pod's inputs and keeps its record");
    app.set_version_flag("--version", "pedigree-recorder " PEDIGREE_VERSION);
    app.footer("Runs in a training pod, configured by the attempt's ConfigMap.");
    app.require_subcommand(1);
    app.fallthrough(); // options may follow the subcommand
    app.add_option("--root", source.root, "where the pod's file system begins (tests)");
    std::string log_level = "info";
    app.add_option("--log-level", log_level, "least level that is logged; SIGUSR1 asks for debug")
        ->check(CLI::IsMember(log_level_words()));
    app.add_option("--port", source.port, "of the MLflow endpoint on 127.0.0.1")
        ->check(CLI::Range(1, 65535));
    app.add_option("--configuration-digest", source.configuration_digest,
                   "of the pod's configuration; another one is refused");
    const CLI::App* first = app.add_subcommand("prepare", "fetch and verify inputs, then end");
    const CLI::App* sidecar = app.add_subcommand("record", "record until the command has ended");
    app.add_subcommand("healthy", "whether the recorder answers");
    CLI11_PARSE(app, argc, argv);
    set_log_level(*from_word<LogLevel>(log_level));
    if (first->parsed()) {
        return prepare(source);
    }
    return sidecar->parsed() ? record(source) : finish(recorder::healthy(source.port));
}
