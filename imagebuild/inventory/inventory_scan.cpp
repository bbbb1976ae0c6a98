#include "imagebuild/inventory/inventory_scan.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "imagebuild/lock/python_name.h"
#include "imagebuild/wheel/wheel_tables.h"

namespace pedigree::imagebuild {
namespace {

constexpr std::size_t metadata_bytes_max = 256 * 1024;
constexpr std::size_t libc_bytes_max = 8 * 1024 * 1024;
constexpr std::size_t os_release_bytes_max = 16 * 1024;
constexpr std::size_t interpreter_bytes_max = 48 * 1024 * 1024;
constexpr int shallow_depth = 9; // of folders and links where wheels may lay data
constexpr std::size_t releases_max = 64;

// The site folder that the path lies below, or nothing.
std::string_view site_of(std::string_view path) {
    for (const std::string_view name : {"/site-packages", "/dist-packages"}) {
        const std::size_t at = path.find(name);
        if (at != path.npos && (at + name.size() == path.size() || path[at + name.size()] == '/')) {
            return path.substr(0, at + name.size());
        }
    }
    return {};
}

// Directly below the site folder: what a package carries along for itself (setuptools/_vendor) is
// not installed.
bool is_metadata(std::string_view path) {
    const std::string_view site = site_of(path);
    if (site.empty() || path.size() <= site.size()) {
        return false;
    }
    const std::string_view below = path.substr(site.size() + 1);
    const std::size_t slash = below.find('/');
    const std::string_view folder = below.substr(0, slash);
    const std::string_view file = slash == below.npos ? "" : below.substr(slash + 1);
    return (folder.ends_with(".dist-info") && file == "METADATA") ||
           (folder.ends_with(".egg-info") && (file == "PKG-INFO" || file.empty()));
}
bool is_libc(std::string_view path) {
    const std::string_view name = file_name(path);
    return name == "libc.so.6" || (name.starts_with("libc-2.") && name.ends_with(".so"));
}
bool is_os_release(std::string_view path) {
    return path == "etc/os-release" || path == "usr/lib/os-release";
}
bool is_python(std::string_view path) {
    const std::string_view name = file_name(path);
    return name.starts_with("python") && folder_of(path).ends_with("bin");
}
// What a Python that is linked against it is, for the most part.
bool is_libpython(std::string_view path) {
    const std::string_view name = file_name(path);
    return name.starts_with("libpython3.") && name.find(".so") != name.npos;
}
bool is_code(std::string_view path) {
    return path.starts_with(code_directory) && path.size() > code_directory.size() &&
           path[code_directory.size()] == '/';
}
bool is_wanted_file(std::string_view path) {
    return is_metadata(path) || is_libc(path) || is_os_release(path) || is_python(path) ||
           is_libpython(path) || is_code(path) || file_name(path) == "pyvenv.cfg";
}

// "GNU C Library (Debian GLIBC 2.36-9) stable release version 2.36."
std::string libc_release(std::string_view content) {
    constexpr std::string_view words = "stable release version 2.";
    const std::size_t at = content.find(words);
    if (at == content.npos) {
        return {};
    }
    content.remove_prefix(at + words.size());
    return std::string(content.substr(0, content.find_first_not_of("0123456789")));
}

// The words that could be the release of a CPython: its PY_VERSION stands in the program as a C
// string ("3.11.2").
std::string python_releases(std::string_view program) {
    if (!program.starts_with("\x7f"
                             "ELF")) {
        return {};
    }
    std::string releases;
    std::size_t found = 0;
    const std::string_view begin("\0"
                                 "3.",
                                 3);
    for (std::size_t at = program.find(begin); at != program.npos && found < releases_max;
         at = program.find(begin, at + 1)) {
        const std::string_view word = program.substr(at + 1, 12);
        const std::string_view text = word.substr(0, word.find('\0'));
        if (text.size() < word.size() && text.find_first_not_of("0123456789.") == text.npos) {
            releases += std::string(text) + " ";
            ++found;
        }
    }
    return releases;
}

// What is kept of a file.
std::string kept_text(std::string_view path, std::string_view content) {
    return is_libc(path)                           ? libc_release(content)
           : is_python(path) || is_libpython(path) ? python_releases(content)
           : is_code(path)                         ? ""
                                                   : std::string(content);
}

int number_of(std::string_view text) {
    int value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

std::string plain(std::string_view path) {
    path.remove_prefix(std::min(path.find_first_not_of('/'), path.size()));
    return std::string(path);
}

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

// "python", "python3", "python3.11".
bool is_interpreter_name(std::string_view name) {
    constexpr std::string_view python = "python";
    return name.starts_with(python) &&
           (name.size() == python.size() ||
            (name[python.size()] == '3' &&
             name.substr(python.size()).find_first_not_of("0123456789.") == name.npos));
}

} // namespace

// The name under which a file's content counts.
const std::string& InventoryScan::counts_as(const TarItem& item) const {
    const auto hidden = hidden_.find(item.path);
    return hidden == hidden_.end() ? item.path : hidden->second;
}

std::size_t InventoryScan::content_bytes_wanted(const TarItem& item) {
    if (item.type != TarItemType::File) {
        return 0;
    }
    const std::string& path = counts_as(item);
    if (is_metadata(path)) {
        return metadata_bytes_max;
    }
    if (is_libc(path)) {
        return libc_bytes_max;
    }
    if (is_python(path) || is_libpython(path)) {
        return interpreter_bytes_max;
    }
    return is_os_release(path) ? os_release_bytes_max : 0;
}

Status InventoryScan::take(const TarItem& item, std::string_view content) {
    const bool shallow = std::count(item.path.begin(), item.path.end(), '/') < shallow_depth;
    const bool place = shallow || !site_of(item.path).empty();
    switch (item.type) {
    case TarItemType::Directory:
        return files_.take(item, place, "");
    case TarItemType::Symlink:
        return files_.take(item, place || is_python(item.path), item.target);
    case TarItemType::File:
        return files_.take(item, is_wanted_file(counts_as(item)),
                           kept_text(counts_as(item), content));
    default:
        return files_.take(item, is_wanted_file(item.path), "");
    }
}

// By its own name, or by another name of the same file.
std::optional<int> InventoryScan::minor_of(const std::string& real) const {
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
std::optional<int> InventoryScan::patch_of(const std::string& real, int minor) const {
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

std::optional<InventoryScan::Interpreter>
InventoryScan::interpreter_at(const std::string& path) const {
    const std::string real = files_.resolved(path);
    const auto minor = minor_of(real);
    if (!minor) {
        return std::nullopt;
    }
    return Interpreter{path, *minor, patch_of(real, *minor)};
}

// The folder that hides the program from a pod's user, or nothing.
std::string InventoryScan::closed_on_the_way_to(const std::string& path) const {
    std::string closed = files_.closed_folder(plain(path));
    return closed.empty() ? files_.closed_folder(files_.resolved(path)) : closed;
}

// What execvp(3) would start of these names: a folder that a pod's user may not enter is passed
// over.
std::optional<InventoryScan::Interpreter>
InventoryScan::find_interpreter(const std::vector<std::string>& folders,
                                BaseInventory& inventory) const {
    for (const char* name : {"python3", "python"}) {
        for (const std::string& folder : folders) {
            const std::string path = folder + "/" + name;
            const std::string real = files_.resolved(path);
            if (files_.at(real) == nullptr) {
                continue;
            }
            std::string closed = closed_on_the_way_to(path);
            if (closed.empty()) {
                inventory.closed_folder.clear();
                return interpreter_at(path);
            }
            inventory.closed_folder = closed;
        }
    }
    return std::nullopt;
}

// Every Python that a command may name. The first on PATH has the name.
void InventoryScan::find_sites(const std::vector<std::string>& folders,
                               BaseInventory& inventory) const {
    for (const std::string& folder : folders) {
        const std::string real = files_.resolved(folder) + "/";
        for (auto at = files_.all().lower_bound(real);
             at != files_.all().end() && at->first.starts_with(real); ++at) {
            const std::string name = at->first.substr(real.size());
            if (!is_interpreter_name(name)) {
                continue;
            }
            const std::string path = folder + "/" + name;
            const auto found = interpreter_at(path);
            if (found && closed_on_the_way_to(path).empty()) {
                const std::string site = scheme_of(*found).site;
                inventory.interpreter_sites.emplace(name, site);
                inventory.interpreter_sites.emplace(path, site);
            }
        }
    }
}

// Where pip of that Python would install to.
InstallScheme InventoryScan::scheme_of(const Interpreter& found) const {
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

void InventoryScan::find_distributions(BaseInventory& inventory) const {
    for (const auto& [path, entry] : files_.all()) {
        if (!is_metadata(path) || entry.type == TarItemType::Directory) {
            continue;
        }
        const auto fields = parse_header_fields(entry.text);
        const auto name = fields.find("name");
        const auto version = fields.find("version");
        if (name == fields.end() || version == fields.end()) {
            continue;
        }
        InstalledDistribution one{
            name->second, version->second, std::string(site_of(path)), {}, licenses_of(fields)};
        const auto [begin, end] = fields.equal_range("requires-dist");
        std::for_each(begin, end,
                      [&](const auto& field) { one.requirements.push_back(field.second); });
        inventory.distributions.push_back(std::move(one));
    }
}

// Where wheels may lay files.
void InventoryScan::find_places(BaseInventory& inventory) const {
    const InstallScheme& scheme = inventory.scheme;
    for (const auto& [path, entry] : files_.all()) {
        if (!path.starts_with(scheme.site + "/") && !path.starts_with(scheme.data + "/")) {
            continue;
        }
        if (entry.type == TarItemType::Directory) {
            inventory.directories.insert(path);
        } else if (entry.type == TarItemType::Symlink && !is_python(path)) {
            inventory.links[path] = files_.resolved(path);
        }
    }
}

int InventoryScan::glibc_minor() const {
    int best = 0;
    for (const auto& [path, entry] : files_.all()) {
        if (is_libc(path) && entry.type != TarItemType::Symlink) {
            const std::string_view name = file_name(path);
            constexpr std::string_view prefix = "libc-2.";
            best = std::max(best, name.starts_with(prefix) ? number_of(name.substr(prefix.size()))
                                                           : number_of(entry.text));
        }
    }
    return best;
}

Result<BaseInventory> InventoryScan::finish(const Json& config) const {
    BaseInventory inventory;
    const std::string architecture = string_or(config, "architecture", "amd64");
    inventory.python.machine = architecture == "arm64"   ? "aarch64"
                               : architecture == "amd64" ? "x86_64"
                                                         : architecture;
    const auto& files = files_.all();
    inventory.has_code = std::any_of(files.begin(), files.end(),
                                     [](const auto& file) { return is_code(file.first); });
    const std::vector<std::string> folders = search_path(config);
    const auto interpreter = find_interpreter(folders, inventory);
    if (!interpreter) {
        return inventory;
    }
    inventory.has_python = true;
    inventory.python.minor = interpreter->minor;
    inventory.python.patch = interpreter->patch;
    inventory.python.glibc_minor = glibc_minor();
    inventory.scheme = scheme_of(*interpreter);
    find_sites(folders, inventory);
    find_distributions(inventory);
    find_places(inventory);
    return inventory;
}

} // namespace pedigree::imagebuild
