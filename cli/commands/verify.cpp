// pedigree verify: builds an image again and compares (cli/image/verify.h).

#include "cli/image/verify.h"

#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/scratch_folder.h"
#include "cli/app/advice.h"
#include "cli/app/command.h"
#include "cli/app/documents.h"
#include "cli/image/registry_access.h"
#include "cli/image/registry_options.h"
#include "net/http_client.h"

namespace pedigree::cli {

namespace {

void describe(VerifyOptions& options, Syntax& syntax) {
    syntax.value("subject", options.subject, "SUBJECT", "image:HOST/REPOSITORY@sha256:...")
        .required();
    syntax.value("--source", options.source, "DIR", "Code: a repository that has the commit")
        .from(Source::Files);
    syntax.value("--wheels", options.wheels, "DIR", "Wheels: this folder").from(Source::Files);
    syntax.value("--index", options.index, "URL", "Wheels that are not there: this package index")
        .or_variable("PIP_INDEX_URL");
    syntax.value("--provenance", options.provenance, "DIGEST",
                 "Follow this one, as the trace names it");
    describe_registry(options.ca_file, options.plain_http_hosts, syntax);
    syntax.format(options.format, {Format::Table, Format::Json});
}

Result<ExitCode> perform(const VerifyOptions& options, const Context& context) {
    Terminal& terminal = context.terminal;
    std::string ca_pem;
    if (!options.ca_file.empty()) {
        TRY(ca_pem, read_file(options.ca_file));
    }
    TRY(const std::string logins, registry_logins());
    TRY(const ScratchFolder scratch, ScratchFolder::make(temporary_folder(), "pedigree-verify-"));
    net::HttpClient client({.ca_pem = ca_pem});
    AdvisedHttp http(client);
    TRY(const Verification verification,
        verify_image(options, {http, logins, ca_pem, scratch.path(), context.stop}, terminal));
    if (options.format == Format::Json) {
        terminal.out << document_text(verification_json(verification), Format::Json);
    } else {
        terminal.out << verification_table(verification, terminal.out_coloured);
    }
    return verification.exit_code();
}

} // namespace

Command verify_command() {
    return define_command<VerifyOptions>(
        {"verify", "builds an image again and compares, without a cluster",
         "  {} verify image:registry.example.com/vision@sha256:... --wheels ./wheels\n"
         "  {} verify image:registry.example.com/vision@sha256:... --source . -o json"},
        describe, perform);
}

} // namespace pedigree::cli
