#include "cli/image/verify.h"

#include <nlohmann/json.hpp>

#include "base/file.h"
#include "cli/app/documents.h"
#include "cli/app/scratch_folder.h"
#include "cli/image/registry_access.h"
#include "net/http_client.h"

namespace pedigree::cli {

Result<ExitCode> perform(const VerifyOptions& options, std::stop_token stop, Terminal& terminal) {
    std::string ca_pem;
    if (!options.ca_file.empty()) {
        TRY(ca_pem, read_file(options.ca_file));
    }
    TRY(const std::string logins, registry_logins());
    TRY(const ScratchFolder scratch, ScratchFolder::make("verify"));
    net::HttpClient http({.ca_pem = ca_pem});
    TRY(const Verification verification,
        verify_image(options, {http, logins, ca_pem, scratch.path(), stop}, terminal));
    if (options.format == Format::Json) {
        terminal.out << document_text(verification_json(verification), Format::Json);
    } else {
        terminal.out << verification_table(verification, terminal.out_coloured);
    }
    return verification.exit_code();
}

} // namespace pedigree::cli
