#include "operator/inputs.h"

#include "base/file.h"
#include "base/json.h"
#include "base/log.h"
#include "store/dsn.h"

#include <nlohmann/json.hpp>

namespace pedigree::control {
namespace {

Result<k8s::Config> cluster_config(const ProgramOptions& options) {
    k8s::ConfigSource source = k8s::config_source_from_environment();
    source.kubeconfig = options.kubeconfig;
    return k8s::load_config(source);
}

Result<Secret> read_database_url(const ProgramOptions& options) {
    TRY(std::string text, read_file(options.database_url_file));
    while (!text.empty() && text.back() == '\n') {
        text.pop_back();
    }
    Secret url(std::move(text));
    redact_in_logs(url);
    TRY(const store::Dsn dsn, store::read_dsn(url));
    if (const std::string host = store::clear_text_host(dsn); !host.empty()) {
        log_warning(
            "the database's password and records may go over the network in clear text; let its "
            "URL say sslmode=verify-full",
            {{"host", host}});
    }
    return url;
}

Result<spec::Configuration> read_configuration(const ProgramOptions& options) {
    TRY(const std::string text, read_file(options.configuration_file));
    TRY(const Json document, parse_json(text));
    auto configuration = spec::Configuration::parse(document);
    if (!configuration) {
        return tl::unexpected<Error>(
            Error(configuration.error()).within(options.configuration_file));
    }
    return configuration;
}

} // namespace

Result<Inputs> read_inputs(const ProgramOptions& options) {
    TRY(spec::Configuration configuration, read_configuration(options));
    TRY(Secret database_url, read_database_url(options));
    TRY(k8s::Config cluster, cluster_config(options));
    return Inputs{std::move(configuration), std::move(database_url), std::move(cluster)};
}

} // namespace pedigree::control
