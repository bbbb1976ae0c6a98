// pedigree lock: pins what goes on top of a base image (cli/image/lock.h).

#include "cli/image/lock.h"

#include <nlohmann/json.hpp>

#include "base/environment.h"
#include "base/file.h"
#include "base/scratch_folder.h"
#include "cli/app/advice.h"
#include "cli/app/cache_folder.h"
#include "cli/app/command.h"
#include "cli/app/documents.h"
#include "cli/image/registry_options.h"
#include "net/http_client.h"

namespace pedigree::cli {

namespace {

void describe(LockOptions& options, Syntax& syntax) {
    syntax
        .value("requirements", options.requirements, "REQUIREMENTS",
               "What is wanted, as pip install -r has it")
        .from(Source::Files)
        .required();
    syntax
        .value("--base", options.base, "IMAGE",
               "HOST/REPOSITORY@sha256:...: the lock is for this one")
        .required();
    syntax
        .value("-o,--output", options.output, "FILE", "Write the lock here; none: standard output")
        .from(Source::Files);
    syntax
        .value("--python", options.python, "FILE",
               "Its pip resolves; none: that of the base's release")
        .from(Source::Files);
    describe_registry(options.ca_file, options.plain_http_hosts, syntax);
    syntax.format(options.format, {Format::Table, Format::Json}, "--format");
}

Result<ExitCode> perform(const LockOptions& options, const Context& context) {
    Terminal& terminal = context.terminal;
    std::string ca_pem;
    if (!options.ca_file.empty()) {
        TRY(ca_pem, read_file(options.ca_file));
    }
    TRY(std::string logins, registry_logins());
    TRY(const ScratchFolder scratch, ScratchFolder::make(temporary_folder(), "pedigree-lock-"));
    net::HttpClient client({.ca_pem = ca_pem});
    AdvisedHttp http(client);
    const LockPlaces places{{http, std::move(logins), options.plain_http_hosts, context.stop},
                            scratch.path(),
                            cache_folder(),
                            environment_variables()};
    TRY(const NewLock lock, make_lock(options, places, terminal));
    const std::string text = lock_text(lock, options);
    if (options.output.empty()) {
        terminal.out << text;
        return ExitCode::Ok;
    }
    TRY(write_file(options.output, text));
    if (options.format == Format::Json) {
        terminal.out << document_text(lock_json(lock, options), Format::Json);
    } else {
        terminal.out << lock_table(lock, options, terminal.out_coloured);
    }
    return ExitCode::Ok;
}

} // namespace

Command lock_command() {
    return define_command<LockOptions>(
        {"lock", "pins the packages that go on top of a base image, without a cluster",
         "  {} lock requirements.in --base registry.example.com/tensorflow@sha256:... -o requirements.lock\n"
         "  {} lock requirements.in --base registry.example.com/python@sha256:... -o requirements.lock --format json"},
        describe, perform);
}

} // namespace pedigree::cli
