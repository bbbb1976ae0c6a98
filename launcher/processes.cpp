#include "launcher/processes.h"

#include <algorithm>
#include <charconv>
#include <csignal>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>
#include <string_view>
#include <system_error>

namespace pedigree::launcher {
namespace {

std::string whole(const std::filesystem::path& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
}

template <typename Number>
std::optional<Number> number_of(std::string_view text, int base = 10) {
    Number number = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number, base);
    return read.ec == std::errc() ? std::optional(number) : std::nullopt;
}

// "SigCgt:\t0000000000004002": one bit a signal, the first is signal 1 (proc(5)).
std::uint64_t signals_of(std::string_view status, std::string_view name) {
    const auto begin = status.find(name);
    if (begin == std::string_view::npos) {
        return 0;
    }
    const auto mask = status.find_first_not_of(" \t", begin + name.size());
    return mask == std::string_view::npos
               ? 0
               : number_of<std::uint64_t>(status.substr(mask), 16).value_or(0);
}

bool holds(std::uint64_t mask, int signal) {
    return (mask >> (signal - 1) & 1) != 0;
}

// "42 (any (name) S 1 42 ...": state, parent and group stand behind the last bracket.
std::optional<Process> process_of(pid_t pid, const std::filesystem::path& folder) {
    const std::string stat = whole(folder / "stat");
    const auto name_end = stat.rfind(')');
    if (name_end == std::string::npos) {
        return std::nullopt; // it has just ended
    }
    Process process;
    process.pid = pid;
    char state = 'Z';
    std::istringstream(stat.substr(name_end + 1)) >> state >> process.parent >> process.group;
    if (state == 'Z' || state == 'X') {
        return std::nullopt;
    }
    std::error_code problem;
    process.program = std::filesystem::read_symlink(folder / "exe", problem).filename().string();
    const std::uint64_t caught = signals_of(whole(folder / "status"), "\nSigCgt:");
    process.catches_term = holds(caught, SIGTERM);
    process.catches_int = holds(caught, SIGINT);
    return process;
}

} // namespace

std::vector<Process> read_processes(const std::filesystem::path& proc) {
    std::vector<Process> processes;
    std::error_code problem;
    for (std::filesystem::directory_iterator entry(proc, problem), end; !problem && entry != end;
         entry.increment(problem)) {
        const auto pid = number_of<pid_t>(entry->path().filename().string());
        if (auto process = pid ? process_of(*pid, entry->path()) : std::nullopt) {
            processes.push_back(std::move(*process));
        }
    }
    return processes;
}

} // namespace pedigree::launcher
