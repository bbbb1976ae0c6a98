#include "launcher/hardware.h"

#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>
#include <vector>

#include <sys/utsname.h>
#include <unistd.h>

namespace pedigree::launcher {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t text_bytes_max = 256 * 1024;

// Files of /proc have no size; a bounded read is enough for all that is looked for here.
std::string read_text(const fs::path& path) {
    std::ifstream in(path);
    std::string text(text_bytes_max, '\0');
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(in.gcount()));
    return text;
}

std::string trimmed(std::string text) {
    text.erase(0, std::min(text.find_first_not_of(" \t"), text.size()));
    text.erase(text.find_last_not_of(" \t\r\n") + 1);
    return text;
}

// The value of the first line "name<spaces>: value" or "name value".
std::string line_value(const std::string& text, const std::string& name) {
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with(name)) {
            std::string rest = trimmed(line.substr(name.size()));
            if (rest.starts_with(":")) {
                rest = trimmed(rest.substr(1));
            }
            return rest;
        }
    }
    return "";
}

void put(std::map<std::string, std::string>& out, const std::string& name, std::string value) {
    if (!value.empty()) {
        out[name] = std::move(value);
    }
}

void read_memory(std::map<std::string, std::string>& out, const fs::path& root) {
    const std::string total = line_value(read_text(root / "proc/meminfo"), "MemTotal");
    if (!total.empty()) {
        out["memoryBytes"] = std::to_string(std::atoll(total.c_str()) * 1024);
    }
    std::string limit = trimmed(read_text(root / "sys/fs/cgroup/memory.max"));
    if (limit.empty()) {
        limit = trimmed(read_text(root / "sys/fs/cgroup/memory/memory.limit_in_bytes"));
    }
    constexpr long long no_limit = 1LL << 60; // cgroup v1 says "unlimited" with a huge number
    if (!limit.empty() && limit != "max" && std::atoll(limit.c_str()) < no_limit) {
        out["memoryLimitBytes"] = limit;
    }
}

void read_gpus(std::map<std::string, std::string>& out, const fs::path& root) {
    std::error_code problem;
    std::int64_t count = 0;
    std::set<std::string> models;
    for (const auto& gpu : fs::directory_iterator(root / "proc/driver/nvidia/gpus", problem)) {
        ++count;
        models.insert(line_value(read_text(gpu.path() / "information"), "Model"));
    }
    if (count > 0) {
        out["gpus"] = std::to_string(count);
        std::string joined;
        for (const auto& model : models) {
            joined += (joined.empty() ? "" : ", ") + model;
        }
        put(out, "gpuModels", joined);
    }
    put(out, "gpuDriver",
        line_value(read_text(root / "proc/driver/nvidia/version"), "NVRM version"));
}

} // namespace

std::map<std::string, std::string> read_hardware(const Environment& environment,
                                                 const fs::path& root) {
    std::map<std::string, std::string> out;
    const std::string cpuinfo = read_text(root / "proc/cpuinfo");
    put(out, "cpuModel", line_value(cpuinfo, "model name"));
    put(out, "cpuFlags", line_value(cpuinfo, "flags"));
    out["cpus"] = std::to_string(::sysconf(_SC_NPROCESSORS_ONLN));
    read_memory(out, root);
    read_gpus(out, root);
    utsname system{};
    if (::uname(&system) == 0) {
        out["kernel"] = system.release;
        out["architecture"] = system.machine;
    }
    const auto cuda = environment.find("CUDA_VERSION");
    if (cuda != environment.end()) {
        put(out, "cudaVersion", cuda->second);
    }
    return out;
}

std::int64_t kernel_oom_kills(const fs::path& root) {
    std::string count = line_value(read_text(root / "sys/fs/cgroup/memory.events"), "oom_kill ");
    if (count.empty()) {
        count =
            line_value(read_text(root / "sys/fs/cgroup/memory/memory.oom_control"), "oom_kill ");
    }
    return std::atoll(count.c_str());
}

} // namespace pedigree::launcher
