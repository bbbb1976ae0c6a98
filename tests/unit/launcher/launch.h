#pragma once
// The launcher as a process of a test's own, with a script as its command.

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <sys/wait.h>
#include <unistd.h>

#include "base/json.h"
#include "records/pod/bundle.h"
#include "tests/fakes/scratch.h"

namespace pedigree::launcher {

using namespace std::chrono_literals;

class Launch {
  public:
    Launch(const Scratch& scratch, std::vector<std::string> options, const std::string& script)
        : exchange_(scratch.path() / "exchange") {
        std::filesystem::create_directories(scratch.path() / "work");
        std::filesystem::create_directories(scratch.path() / "code");
        std::vector<std::string> arguments{
            PEDIGREE_LAUNCH,    "--workspace", (scratch.path() / "work").string(), "--exchange",
            exchange_.string(), "--code",      (scratch.path() / "code").string()};
        arguments.insert(arguments.end(), options.begin(), options.end());
        for (const char* word : {"--", "/bin/sh", "-c"}) {
            arguments.emplace_back(word);
        }
        arguments.push_back(script);
        pid_ = ::fork();
        if (pid_ == 0) {
            become(arguments, scratch.path() / "stdout");
        }
    }
    ~Launch() {
        if (!state_) {
            ::kill(pid_, SIGKILL);
            wait();
        }
    }

    void signal(int number) const { ::kill(pid_, number); }
    void drained() const { std::ofstream(exchange_ / "drained") << "\n"; }
    int wait() {
        int state = 0;
        ::waitpid(pid_, &state, 0);
        state_ = state;
        return WIFEXITED(state) ? WEXITSTATUS(state) : -1;
    }
    bool running() const {
        siginfo_t info{};
        ::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT);
        return info.si_pid == 0;
    }

    std::optional<records::pod::LauncherReport> report() const {
        std::ifstream in(exchange_ / "report.json");
        const std::string text{std::istreambuf_iterator<char>(in), {}};
        const auto document = parse_json(text);
        if (!document) {
            return std::nullopt;
        }
        const auto report = records::pod::launcher_report_from(*document);
        return report ? std::optional(*report) : std::nullopt;
    }
    // Waits until the report says that the command has ended.
    records::pod::LauncherReport final_report() const {
        for (int i = 0; i < 3000; ++i) {
            if (const auto seen = report(); seen && seen->exit_code >= 0) {
                return *seen;
            }
            std::this_thread::sleep_for(10ms);
        }
        ADD_FAILURE() << "no final report within 30 s";
        return {};
    }

  private:
    [[noreturn]] static void become(const std::vector<std::string>& arguments,
                                    const std::filesystem::path& out) {
        const int file = ::open(out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
        ::dup2(file, STDOUT_FILENO);
        ::dup2(file, STDERR_FILENO);
        std::vector<char*> argv;
        for (const auto& argument : arguments) {
            argv.push_back(const_cast<char*>(argument.c_str()));
        }
        argv.push_back(nullptr);
        ::execv(argv[0], argv.data());
        ::_exit(99);
    }

    std::filesystem::path exchange_;
    pid_t pid_ = -1;
    std::optional<int> state_;
};

inline void wait_for_text(const Scratch& scratch, const std::string& name,
                          const std::string& text) {
    for (int i = 0; i < 3000 && scratch.read(name).find(text) == std::string::npos; ++i) {
        std::this_thread::sleep_for(10ms);
    }
    ASSERT_NE(scratch.read(name).find(text), std::string::npos);
}

} // namespace pedigree::launcher
