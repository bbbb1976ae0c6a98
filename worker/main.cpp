// pedigree-worker: does the hostile work (docs/architecture.md) for the operator beside it.

#include <filesystem>
#include <iostream>
#include <string>
#include <system_error>

#include <CLI/CLI.hpp>

#include "base/caught.h"
#include "base/log_level.h"
#include "base/stop_signals.h"
#include "source/ssh_program.h"
#include "worker/child.h"
#include "worker/server.h"

int main(int argc, char** argv) {
    pedigree::source::become_ssh_if_asked(argc, argv);
    CLI::App app("Resolves sources, builds images and speaks to trackers for pedigree-operator.");
    pedigree::worker::ServerOptions options;
    bool child = false;
    std::string socket = options.socket.string();
    std::string scratch = "/var/tmp/pedigree/scratch";
    std::string cache = "/var/tmp/pedigree/cache";
    app.add_flag("--child", child,
                 "do one piece of work from standard input; used by the worker itself");
    app.add_option("--socket", socket, "unix socket to listen on")->capture_default_str();
    app.add_option("--scratch", scratch, "folder for work in progress")->capture_default_str();
    app.add_option("--cache", cache, "folder for wheels, addressed by digest")
        ->capture_default_str();
    app.add_option("--children-max", options.children_max, "pieces of work at once")
        ->check(CLI::Range(1, 64))
        ->capture_default_str();
    std::string log_level = "info";
    app.add_option("--log-level", log_level, "least level that is logged; SIGUSR1 asks for debug")
        ->check(CLI::IsMember(pedigree::log_level_words()))
        ->capture_default_str();
    app.set_version_flag("--version", PEDIGREE_VERSION);
    CLI11_PARSE(app, argc, argv);

    if (child) {
        return pedigree::worker::run_child(scratch, cache);
    }
    const pedigree::StopSignals signals;
    pedigree::set_log_level(*pedigree::from_word<pedigree::LogLevel>(log_level));
    std::error_code problem;
    options.socket = socket;
    options.relay = {std::filesystem::read_symlink("/proc/self/exe", problem), scratch, cache,
                     pedigree::worker::memory_share_bytes(
                         pedigree::worker::container_memory_bytes(), options.children_max)};
    if (const auto served = pedigree::caught([&] { return serve(options, signals.token()); });
        !served) {
        std::cerr << "pedigree-worker: " << served.error().message << "\n";
        return 1;
    }
    return 0;
}
