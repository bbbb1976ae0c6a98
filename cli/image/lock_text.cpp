#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/app/table.h"
#include "cli/image/lock.h"
#include "imagebuild/lock/python_name.h"
#include "records/names.h"

namespace pedigree::cli {

namespace {

std::string quoted(const std::string& word) {
    const bool plain = !word.empty() &&
                       word.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                              "0123456789@%_+=:,./-") == word.npos;
    if (plain) {
        return word;
    }
    std::string text = "'";
    for (const char c : word) {
        text += c == '\'' ? std::string("'\\''") : std::string(1, c);
    }
    return text + "'";
}

// To be run again after a change of the requirements.
std::string command_of(const LockOptions& options) {
    std::string command = "pedigree lock " + quoted(options.requirements);
    command += " --base " + quoted(options.base);
    for (const std::string& host : options.plain_http_hosts) {
        command += " --plain-http " + quoted(host);
    }
    return options.output.empty() ? command : command + " -o " + quoted(options.output);
}

std::string python_text(const NewLock& lock) {
    return "3." + std::to_string(lock.base.python.minor);
}

std::size_t sources_of(const NewLock& lock) {
    return static_cast<std::size_t>(std::count_if(lock.files.begin(), lock.files.end(), is_source));
}

} // namespace

bool is_source(const ResolvedFile& file) {
    return !file.file_name.ends_with(".whl");
}

std::string lock_text(const NewLock& lock, const LockOptions& options) {
    std::string text =
        fmt::format("# Made by pedigree for one base image; to make it again:\n"
                    "#   {}\n"
                    "# base: {}, Python {}, glibc 2.{}\n",
                    printable(command_of(options)), sha256(lock.base.manifest).text(),
                    python_text(lock), lock.base.python.glibc_minor);
    for (const ResolvedFile& file : lock.of_base) {
        text += fmt::format("# of the base: {} {}\n", imagebuild::normalized_name(file.name),
                            file.version);
    }
    for (const ResolvedFile& file : lock.files) {
        if (is_source(file)) {
            text += fmt::format("# no wheel fits, this is the source distribution {}\n",
                                file.file_name);
        }
        text +=
            fmt::format("{}=={} \\\n    --hash=sha256:{}\n", imagebuild::normalized_name(file.name),
                        file.version, file.digest.hex());
    }
    return text;
}

std::string lock_table(const NewLock& lock, const LockOptions& options, bool in_colour) {
    Table table{{"PACKAGE", "VERSION", "FROM"}, {}};
    for (const ResolvedFile& file : lock.files) {
        table.rows.push_back(
            {{printable(file.name)},
             {printable(file.version)},
             {printable(file.file_name), is_source(file) ? Colour::Yellow : Colour::None}});
    }
    for (const ResolvedFile& file : lock.of_base) {
        table.rows.push_back(
            {{printable(file.name)}, {printable(file.version)}, {"the base", Colour::Dim}});
    }
    std::string text = render(table, in_colour) + "\n";
    text += fmt::format("{}: {} packages for Python {}; {} more are left to the base\n",
                        options.output, lock.files.size(), python_text(lock), lock.of_base.size());
    if (const std::size_t sources = sources_of(lock); sources > 0) {
        text += fmt::format("{} of them {} no wheel: their lines say so\n", sources,
                            sources == 1 ? "has" : "have");
    }
    return text;
}

Json lock_json(const NewLock& lock, const LockOptions& options) {
    Json packages = Json::array(), of_base = Json::array();
    for (const ResolvedFile& file : lock.files) {
        packages.push_back({{"name", file.name},
                            {"version", file.version},
                            {"file", file.file_name},
                            {"digest", file.digest.text()},
                            {"kind", is_source(file) ? "source" : "wheel"}});
    }
    for (const ResolvedFile& file : lock.of_base) {
        of_base.push_back({{"name", file.name}, {"version", file.version}});
    }
    return {{"apiVersion", records::api_version},
            {"kind", "Lock"},
            {"file", options.output},
            {"base", options.base},
            {"baseManifest", sha256(lock.base.manifest).text()},
            {"python", python_text(lock)},
            {"packages", std::move(packages)},
            {"ofBase", std::move(of_base)}};
}

} // namespace pedigree::cli
