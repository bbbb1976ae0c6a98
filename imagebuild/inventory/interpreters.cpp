#include "imagebuild/inventory/interpreters.h"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "imagebuild/inventory/telling_files.h"

namespace pedigree::imagebuild {
namespace {

std::string plain(std::string_view path) {
    path.remove_prefix(std::min(path.find_first_not_of('/'), path.size()));
    return std::string(path);
}

} // namespace

std::vector<std::string> search_path(const Json& config) {
    std::string search = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    for (const Json& variable : at_path(config, {"config", "Env"})) {
        const std::string text = variable.is_string() ? variable.get<std::string>() : "";
        if (text.starts_with("PATH=")) {
            search = text.substr(5);
        }
    }
    std::vector<std::string> folders;
    for (std::size_t begin = 0; begin <= search.size();) {
        const std::size_t end = std::min(search.find(':', begin), search.size());
        folders.push_back("/" + plain(search.substr(begin, end - begin)));
        begin = end + 1;
    }
    return folders;
}

// By its own name, or by another name of the same file.
std::optional<int> Interpreters::minor_of(const std::string& real) const {
    constexpr std::string_view versioned = "python3.";
    const BaseFiles::Entry* entry = files_.at(real);
    if (entry == nullptr || entry->type != TarItemType::File) {
        return std::nullopt;
    }
    if (file_name(real).starts_with(versioned)) {
        return number_of(file_name(real).substr(versioned.size()));
    }
    for (const auto& [path, other] : files_.all()) {
        if (other.type == TarItemType::File && other.inode == entry->inode &&
            is_interpreter_name(file_name(path)) && file_name(path).starts_with(versioned)) {
            return number_of(file_name(path).substr(versioned.size()));
        }
    }
    return std::nullopt;
}

// As the program itself says it, or the library that it is linked against.
std::optional<int> Interpreters::patch_of(const std::string& real, int minor) const {
    const std::string release = fmt::format("3.{}.", minor);
    const auto patch_in = [&](const std::string& words) -> std::optional<int> {
        std::optional<int> patch;
        for (std::size_t at = words.find(release); at != words.npos;
             at = words.find(release, at + 1)) {
            const int one = number_of(std::string_view(words).substr(at + release.size()));
            if ((at > 0 && words[at - 1] != ' ') || (patch && *patch != one)) {
                return std::nullopt;
            }
            patch = one;
        }
        return patch;
    };
    if (const auto own = patch_in(files_.at(real)->text)) {
        return own;
    }
    const std::string library = fmt::format("libpython3.{}.so", minor);
    const std::string prefix = folder_of(folder_of(real));
    for (const auto& [path, entry] : files_.all()) {
        if (path.starts_with(prefix + "/") && file_name(path).starts_with(library) &&
            entry.type == TarItemType::File) {
            return patch_in(entry.text);
        }
    }
    return std::nullopt;
}

std::optional<Interpreters::Interpreter> Interpreters::at(const std::string& path) const {
    const std::string real = files_.resolved(path);
    const auto minor = minor_of(real);
    if (!minor) {
        return std::nullopt;
    }
    return Interpreter{path, *minor, patch_of(real, *minor)};
}

// The folder that hides the program from a pod's user, or nothing.
std::string Interpreters::closed_on_the_way_to(const std::string& path) const {
    std::string closed = files_.closed_folder(plain(path));
    return closed.empty() ? files_.closed_folder(files_.resolved(path)) : closed;
}

// What execvp(3) would start of these names: a folder that a pod's user may not enter is passed
// over.
std::optional<Interpreters::Interpreter> Interpreters::first(std::string& closed) const {
    for (const char* name : {"python3", "python"}) {
        for (const std::string& folder : folders_) {
            const std::string path = folder + "/" + name;
            const std::string real = files_.resolved(path);
            if (files_.at(real) == nullptr) {
                continue;
            }
            closed = closed_on_the_way_to(path);
            if (closed.empty()) {
                return at(path);
            }
        }
    }
    return std::nullopt;
}

std::map<std::string, std::string> Interpreters::sites() const {
    std::map<std::string, std::string> sites;
    for (const std::string& folder : folders_) {
        const std::string real = files_.resolved(folder) + "/";
        for (auto next = files_.all().lower_bound(real);
             next != files_.all().end() && next->first.starts_with(real); ++next) {
            const std::string name = next->first.substr(real.size());
            if (!is_interpreter_name(name)) {
                continue;
            }
            const std::string path = folder + "/" + name;
            const auto found = at(path);
            if (found && closed_on_the_way_to(path).empty()) {
                const std::string site = scheme_of(*found).site;
                sites.emplace(name, site);
                sites.emplace(path, site);
            }
        }
    }
    return sites;
}

std::optional<std::set<std::string>> Interpreters::programs() const {
    constexpr unsigned may_start = 0111;
    std::set<std::string> names;
    for (const std::string& folder : folders_) {
        const std::string real = files_.resolved(folder);
        if (!is_program_folder(real)) {
            return std::nullopt;
        }
        for (auto next = files_.all().lower_bound(real + "/");
             next != files_.all().end() && folder_of(next->first) == real; ++next) {
            const BaseFiles::Entry& entry = next->second;
            const bool started = entry.type == TarItemType::Symlink ||
                                 (entry.type == TarItemType::File && (entry.mode & may_start) != 0);
            const std::string name(file_name(next->first));
            if (started && closed_on_the_way_to(folder + "/" + name).empty()) {
                names.insert(name);
            }
        }
    }
    return names;
}

InstallScheme Interpreters::scheme_of(const Interpreter& found) const {
    const std::string& interpreter = found.path;
    const int minor = found.minor;
    const auto prefix_of = [](const std::string& path) {
        return folder_of(folder_of(plain(path)));
    };
    const bool virtual_environment = files_.exists(prefix_of(interpreter) + "/pyvenv.cfg");
    std::string prefix =
        virtual_environment ? prefix_of(interpreter) : prefix_of(files_.resolved(interpreter));
    std::string packages = "site-packages";
    if (!virtual_environment && prefix == "usr") {
        prefix = "usr/local"; // the distribution's own Python installs there
        for (const char* path : {"etc/os-release", "usr/lib/os-release"}) {
            const BaseFiles::Entry* release = files_.at(files_.resolved(path));
            const bool debian =
                release != nullptr && (release->text.find("debian") != std::string::npos ||
                                       release->text.find("ubuntu") != std::string::npos);
            packages = debian ? "dist-packages" : packages;
        }
    }
    InstallScheme scheme;
    scheme.interpreter = interpreter;
    scheme.data = files_.resolved(prefix);
    scheme.scripts = files_.resolved(prefix + "/bin");
    scheme.site = files_.resolved(fmt::format("{}/lib/python3.{}/{}", prefix, minor, packages));
    scheme.headers = files_.resolved(fmt::format("{}/include/python3.{}", prefix, minor));
    return scheme;
}

} // namespace pedigree::imagebuild
