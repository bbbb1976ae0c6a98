#include "recorder/prepare.h"

#include <algorithm>
#include <array>
#include <system_error>
#include <thread>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/pause.h"
#include "net/http_client.h"
#include "net/thread_name.h"
#include "recorder/conclude.h"
#include "recorder/fetch.h"
#include "recorder/notebook.h"
#include "recorder/upstream.h"
#include "records/pod/paths.h"
#include "trackers/mlflow/preflight.h"
#include "trackers/pod.h"

namespace pedigree::recorder {
namespace {

namespace fs = std::filesystem;

// Who the training container runs as, for images that do not know this user.
std::string passwd() {
    return fmt::format("root:x:0:0:root:/root:/bin/sh\n"
                       "nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n"
                       "pedigree:x:{}:{}:pedigree:{}:/bin/sh\n",
                       ::getuid(), ::getgid(), records::pod::home_directory);
}

Status make_folders(const Settings& settings) {
    namespace pod = records::pod;
    const fs::path scratch = settings.places.at(pod::scratch_directory);
    for (const char* name :
         {pod::work_folder, pod::home_folder, pod::temporary_folder, pod::exchange_folder}) {
        std::error_code problem;
        fs::create_directories(scratch / name, problem);
        if (problem) {
            return failure(ErrorCode::Unavailable,
                           "cannot make " + (scratch / name).string() + ": " + problem.message());
        }
    }
    return {};
}

Status install(const Settings& settings) {
    const fs::path tools = settings.places.tools();
    const fs::path launcher = settings.places.at(records::pod::launcher_path);
    std::error_code problem;
    fs::create_directories(tools, problem);
    fs::copy_file(settings.places.own_launcher(), launcher, fs::copy_options::overwrite_existing,
                  problem);
    if (!problem) {
        fs::permissions(launcher, static_cast<fs::perms>(0755), problem);
    }
    if (problem) {
        return failure(ErrorCode::Unavailable, "cannot install the launcher at " +
                                                   launcher.string() + ": " + problem.message());
    }
    TRY(write_file(tools / records::pod::passwd_file_name, passwd()));
    const std::string& parameters = settings.config.parameters_json;
    TRY(write_file(settings.places.at(records::pod::parameters_path),
                   parameters.empty() ? "{}" : parameters));
    for (const trackers::PodFile& file : trackers::pod_files({.parameters_json = parameters})) {
        TRY(write_file(tools / file.name, file.text));
    }
    return {};
}

Status ask_mlflow(const Settings& settings, std::stop_token stop) {
    const auto& mlflow = *settings.config.mlflow;
    TRY(const auto target,
        read_tracker_target(mlflow.url, settings.config.ca_pem,
                            mlflow.credentials_directory.empty()
                                ? fs::path()
                                : settings.places.at(mlflow.credentials_directory)));
    net::HttpClient http({.ca_pem = settings.config.ca_pem});
    TRY(const std::string version,
        trackers::mlflow::preflight(http, target, mlflow.experiment_id,
                                    std::chrono::seconds(settings.config.prepare_seconds), stop));
    log_info("MLflow answers", {{"version", version}});
    return {};
}

Status prepare_all(const Settings& settings, std::stop_token stop) {
    TRY(install(settings));
    TRY(make_folders(settings));
    Notebook notebook;
    TRY(notebook.open(settings.places.journal() / "notes"));
    net::HttpClient http({.ca_pem = settings.config.ca_pem});
    for (const auto& input : settings.config.inputs) {
        TRY(const auto observed, fetch_input(http, settings, input, stop));
        notebook.note(input_note(observed));
        log_info("input verified", {{"name", input.name}, {"digest", observed.digest}});
    }
    if (settings.config.mlflow) {
        TRY(ask_mlflow(settings, stop));
    }
    return {};
}

} // namespace

records::pod::Termination preparation_failure(const Error& error) {
    constexpr std::array<std::string_view, 3> passing{"InputUnreachable", "MlflowUnreachable",
                                                      "PrepareDeadline"};
    const bool known = !error.reason.empty();
    const bool passes =
        known ? std::find(passing.begin(), passing.end(), error.reason) != passing.end()
              : error.retryable();
    records::pod::Termination termination;
    termination.component = "Prepare";
    termination.failure_class = passes ? FailureClass::Infrastructure : FailureClass::Configuration;
    termination.reason = known ? error.reason : "PrepareFailed";
    termination.message = error.message;
    return termination;
}

Status prepare(const Settings& settings) {
    std::stop_source over;
    const std::jthread timer([&](std::stop_token cancelled) {
        net::name_this_thread("deadline");
        if (pause_for(std::chrono::seconds(settings.config.prepare_seconds), cancelled)) {
            over.request_stop();
        }
    });
    const Status prepared = prepare_all(settings, over.get_token());
    if (!prepared) {
        write_termination(settings.places, preparation_failure(prepared.error()));
    }
    return prepared;
}

} // namespace pedigree::recorder
