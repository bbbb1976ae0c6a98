#include "cli/image/pip.h"

#include <algorithm>

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/json.h"
#include "base/json_text.h"
#include "base/process.h"
#include "imagebuild/lock/python_name.h"

namespace pedigree::cli {

namespace {

constexpr std::chrono::minutes resolution_time_max{30};
constexpr std::size_t output_bytes_max = 4 * 1024 * 1024;
constexpr int oldest_glibc_minor = 5; // of manylinux1

// All platforms whose wheels run there, the best first: older pips do not know that a newer glibc
// takes wheels for older ones.
std::vector<std::string> platforms_of(const imagebuild::TargetPython& python) {
    std::vector<std::string> platforms;
    for (int minor = python.glibc_minor; minor >= oldest_glibc_minor; --minor) {
        platforms.push_back(fmt::format("manylinux_2_{}_{}", minor, python.machine));
        for (const auto& [name, wanted] :
             {std::pair("manylinux2014", 17), {"manylinux2010", 12}, {"manylinux1", 5}}) {
            if (wanted == minor) {
                platforms.push_back(fmt::format("{}_{}", name, python.machine));
            }
        }
    }
    platforms.push_back("linux_" + python.machine);
    return platforms;
}

// pip asks its own Python whether a marker holds, and has no option for another one: what that
// Python says of itself is replaced by what the base's would say.
constexpr const char* pip_of_target = R"py(
import json, sys
from pip._vendor.packaging import markers
target = json.loads(sys.argv.pop(1))
markers.default_environment = lambda: dict(target)
from pip._internal.cli.main import main
sys.exit(main())
)py";

// The variables of markers (PyPA, dependency specifiers). The kernel of a node is none that a
// package can be locked for.
std::string marker_environment(const imagebuild::TargetPython& python) {
    Json variables{{"implementation_name", "cpython"},
                   {"os_name", "posix"},
                   {"platform_machine", python.machine},
                   {"platform_python_implementation", "CPython"},
                   {"platform_release", ""},
                   {"platform_system", "Linux"},
                   {"platform_version", ""},
                   {"python_version", fmt::format("3.{}", python.minor)},
                   {"sys_platform", "linux"}};
    if (python.patch) {
        variables["implementation_version"] = variables["python_full_version"] = python.version();
    }
    return json_text(variables);
}

// `all`: what pip wrote; a traceback of its own says the cause in any of its lines.
Error cannot_run(const std::filesystem::path& python, const std::string& words,
                 const std::string& all) {
    const auto says = [&](std::string_view sentence) { return all.find(sentence) != all.npos; };
    if (says("No module named pip") || says("No module named 'pip")) {
        return {ErrorCode::NotFound,
                fmt::format("{} has no pip, which resolves the lock; install pip for it, or name "
                            "another Python with --python",
                            python.string())};
    }
    for (const char* variable : {"python_full_version", "implementation_version"}) {
        if (says(variable)) {
            Error error(ErrorCode::InvalidInput,
                        fmt::format("a package asks for {}, and the base does not tell the patch "
                                    "release of its Python; take a base whose Python does, such as "
                                    "a slim Python image",
                                    variable));
            error.reason = "LockInvalid";
            return error;
        }
    }
    if (says("no such option")) {
        return {ErrorCode::NotFound,
                fmt::format("the pip of {} is too old: {}; 22.2 or newer has what is needed",
                            python.string(), words)};
    }
    return {ErrorCode::Unavailable, fmt::format("pip of {}: {}", python.string(), words)};
}

} // namespace

std::map<std::string, std::string>
pip_environment(const std::map<std::string, std::string>& environment) {
    constexpr std::string_view kept[] = {"PATH",
                                         "HOME",
                                         "XDG_CACHE_HOME",
                                         "XDG_CONFIG_HOME",
                                         "XDG_CONFIG_DIRS",
                                         "SSL_CERT_FILE",
                                         "SSL_CERT_DIR",
                                         "REQUESTS_CA_BUNDLE",
                                         "http_proxy",
                                         "https_proxy",
                                         "no_proxy",
                                         "HTTP_PROXY",
                                         "HTTPS_PROXY",
                                         "NO_PROXY",
                                         "NETRC",
                                         "PIP_CONFIG_FILE",
                                         "PIP_INDEX_URL",
                                         "PIP_NO_INDEX",
                                         "PIP_EXTRA_INDEX_URL",
                                         "PIP_FIND_LINKS",
                                         "PIP_CERT",
                                         "PIP_CLIENT_CERT",
                                         "PIP_TRUSTED_HOST",
                                         "PIP_PROXY",
                                         "PIP_TIMEOUT",
                                         "PIP_DEFAULT_TIMEOUT",
                                         "PIP_RETRIES",
                                         "PIP_CACHE_DIR",
                                         "PIP_NO_CACHE_DIR",
                                         "PIP_KEYRING_PROVIDER"};
    std::map<std::string, std::string> passed{{"LC_ALL", "C.UTF-8"}};
    for (const std::string_view name : kept) {
        const auto found = environment.find(std::string(name));
        if (found != environment.end()) {
            passed.insert(*found);
        }
    }
    return passed;
}

Result<Pip::Answer> Pip::resolve(const Wanted& wanted) {
    const std::string minor = std::to_string(wanted.python.minor);
    std::vector<std::string> arguments{"--only-binary",
                                       ":all:",
                                       "--implementation",
                                       "cp",
                                       "--python-version",
                                       wanted.python.version(),
                                       "--abi",
                                       "cp3" + minor,
                                       "--abi",
                                       "abi3",
                                       "--abi",
                                       "none",
                                       "--find-links",
                                       wanted.wheels.string(),
                                       "--constraint",
                                       wanted.constraints.string(),
                                       "--requirement",
                                       wanted.requirements.string()};
    for (const std::string& platform : platforms_of(wanted.python)) {
        arguments.insert(arguments.end(), {"--platform", platform});
    }
    return run({"-c", pip_of_target, marker_environment(wanted.python)}, std::move(arguments));
}

Result<Pip::Answer> Pip::find_source(const std::string& requirement) {
    return run({"-m", "pip"}, {"--no-deps", "--no-binary", imagebuild::required_name(requirement),
                               "--", requirement});
}

Result<Pip::Answer> Pip::run(std::vector<std::string> program, std::vector<std::string> arguments) {
    const std::filesystem::path report = places_.scratch / "report.json";
    std::error_code ignored;
    std::filesystem::remove(report, ignored);
    ProcessRequest request;
    // --target: what pip's own Python has installed does not count, and its tags may be others.
    request.argv = {places_.python.string()};
    request.argv.insert(request.argv.end(), program.begin(), program.end());
    arguments.insert(arguments.begin(),
                     {"install", "--dry-run", "--ignore-installed", "--no-input", "--no-color",
                      "--disable-pip-version-check", "--progress-bar", "off", "--target",
                      (places_.scratch / "nothing").string(), "--report", report.string()});
    request.argv.insert(request.argv.end(), arguments.begin(), arguments.end());
    request.environment = places_.environment;
    request.environment["TMPDIR"] = places_.scratch.string();
    // Not the user's folder: python -m looks for modules there first, and a json.py of theirs would
    // be one of pip's.
    request.working_directory = places_.scratch;
    request.output_bytes_max = output_bytes_max;
    request.deadline = resolution_time_max;
    std::string output;
    request.on_line = [&](std::string_view line) {
        places_.progress(line);
        // What matters stands at the end.
        if (output.size() > output_bytes_max) {
            output.clear();
        }
        output += std::string(line) + "\n";
        return Status();
    };
    TRY(const ProcessResult result, run_process(request, places_.stop));
    if (result.succeeded()) {
        TRY(const std::string text, read_file(report, pip_report_bytes_max));
        TRY(auto files, parse_pip_report(text));
        return Answer(std::move(files));
    }
    PipRefusal refusal = read_pip_refusal(output, result.error_output);
    if (refusal.missing.empty() && refusal.causes.empty()) {
        return tl::unexpected(cannot_run(places_.python, refusal.last_words, result.error_output));
    }
    return Answer(std::move(refusal));
}

} // namespace pedigree::cli
