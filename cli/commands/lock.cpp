#include "cli/image/lock.h"

#include <nlohmann/json.hpp>

#include "base/file.h"
#include "cli/app/documents.h"
#include "cli/app/environment.h"
#include "cli/app/scratch_folder.h"
#include "net/http_client.h"

namespace pedigree::cli {

Result<ExitCode> perform(const LockOptions& options, std::stop_token stop, Terminal& terminal) {
    std::string ca_pem;
    if (!options.ca_file.empty()) {
        TRY(ca_pem, read_file(options.ca_file));
    }
    TRY(std::string logins, registry_logins());
    TRY(const ScratchFolder scratch, ScratchFolder::make("lock"));
    net::HttpClient http({.ca_pem = ca_pem});
    const LockPlaces places{{http, std::move(logins), options.plain_http_hosts, stop},
                            scratch.path(),
                            cache_folder(),
                            variables()};
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

} // namespace pedigree::cli
