#include "k8s/exec_plugin.h"

#include <filesystem>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/environment.h"
#include "base/json.h"
#include "base/json_text.h"
#include "base/process.h"

namespace pedigree::k8s {
namespace {

constexpr std::chrono::seconds plugin_time_max{60};
constexpr std::size_t plugin_output_bytes_max = 1024 * 1024;

std::map<std::string, std::string> environment_for(const ExecPlugin& plugin) {
    std::map<std::string, std::string> out = environment_variables();
    for (const auto& [name, value] : plugin.environment) {
        out[name] = value;
    }
    // Never interactive: standard input is not the user's terminal.
    out["KUBERNETES_EXEC_INFO"] = json_text({{"apiVersion", plugin.api_version},
                                             {"kind", "ExecCredential"},
                                             {"spec", {{"interactive", false}}}});
    return out;
}

Result<std::string> program_of(const ExecPlugin& plugin) {
    const std::string& name = plugin.command.front();
    if (name.find('/') != std::string::npos) {
        return name;
    }
    const std::filesystem::path found = find_program(name, environment_variable("PATH"));
    if (!found.empty()) {
        return found.string();
    }
    return failure(ErrorCode::NotFound,
                   fmt::format("the kubeconfig's credential program {} is not installed. {:.500}",
                               name, plugin.install_hint));
}

Result<ExecCredential> read_credential(const std::string& output, const ExecPlugin& plugin) {
    const std::string what = "credential program " + plugin.command.front();
    const auto answer = parse_json(output);
    if (!answer || string_or(*answer, "kind") != "ExecCredential" ||
        string_or(*answer, "apiVersion") != plugin.api_version) {
        return failure(
            ErrorCode::Unauthorized,
            fmt::format("{} answered with no ExecCredential of {}", what, plugin.api_version));
    }
    const Json& status = at_path(*answer, {"status"});
    ExecCredential out{Secret(string_or(status, "token")),
                       string_or(status, "clientCertificateData"),
                       Secret(string_or(status, "clientKeyData")), std::nullopt};
    if (out.token.empty() && out.client_certificate_pem.empty()) {
        return failure(ErrorCode::Unauthorized,
                       fmt::format("{} gave neither token nor certificate", what));
    }
    if (const auto expires = string_or(status, "expirationTimestamp"); !expires.empty()) {
        TRY(out.expires_at, parse_instant(expires));
    }
    return out;
}

} // namespace

Result<ExecCredential> run_exec_plugin(const ExecPlugin& plugin, std::stop_token stop) {
    ProcessRequest request;
    TRY(auto program, program_of(plugin));
    request.argv = plugin.command;
    request.argv.front() = std::move(program);
    request.environment = environment_for(plugin);
    std::error_code ignored;
    request.working_directory = std::filesystem::current_path(ignored);
    request.output_bytes_max = plugin_output_bytes_max;
    request.deadline = plugin_time_max;
    auto ran = run_process(request, stop);
    if (!ran) {
        return tl::unexpected<Error>(std::move(ran).error().within("credential program"));
    }
    if (!ran->succeeded()) { // its standard error may hold secrets, so it is not repeated
        return failure(ErrorCode::Unauthorized,
                       fmt::format("credential program {} failed with exit code {}; run it by hand "
                                   "to see why",
                                   plugin.command.front(), ran->exit_code));
    }
    return read_credential(ran->output, plugin);
}

} // namespace pedigree::k8s
