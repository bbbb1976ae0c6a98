#include "imagebuild/inventory/telling_files.h"

#include <charconv>

#include "imagebuild/inventory/base_files.h"
#include "imagebuild/inventory/inventory.h"

namespace pedigree::imagebuild {
namespace {

constexpr std::size_t metadata_bytes_max = 256 * 1024;
constexpr std::size_t libc_bytes_max = 8 * 1024 * 1024;
constexpr std::size_t os_release_bytes_max = 16 * 1024;
constexpr std::size_t interpreter_bytes_max = 48 * 1024 * 1024;
constexpr std::size_t releases_max = 64;

bool is_os_release(std::string_view path) {
    return path == "etc/os-release" || path == "usr/lib/os-release";
}
// What a Python that is linked against it is, for the most part.
bool is_libpython(std::string_view path) {
    const std::string_view name = file_name(path);
    return name.starts_with("libpython3.") && name.find(".so") != name.npos;
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

} // namespace

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

bool is_python(std::string_view path) {
    const std::string_view name = file_name(path);
    return name.starts_with("python") && is_program(path);
}

bool is_program_folder(std::string_view folder) {
    return folder.ends_with("bin");
}

bool is_program(std::string_view path) {
    return is_program_folder(folder_of(path));
}

bool is_interpreter_name(std::string_view name) {
    constexpr std::string_view python = "python";
    return name.starts_with(python) &&
           (name.size() == python.size() ||
            (name[python.size()] == '3' &&
             name.substr(python.size()).find_first_not_of("0123456789.") == name.npos));
}

bool is_code(std::string_view path) {
    return path.starts_with(code_directory) && path.size() > code_directory.size() &&
           path[code_directory.size()] == '/';
}

bool is_telling(std::string_view path) {
    return is_metadata(path) || is_libc(path) || is_os_release(path) || is_python(path) ||
           is_libpython(path) || is_code(path) || file_name(path) == "pyvenv.cfg";
}

std::size_t telling_bytes_max(std::string_view path) {
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

std::string telling_text(std::string_view path, std::string_view content) {
    return is_libc(path)                           ? libc_release(content)
           : is_python(path) || is_libpython(path) ? python_releases(content)
           : is_code(path) || is_program(path)     ? ""
                                                   : std::string(content);
}

int number_of(std::string_view text) {
    int value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

} // namespace pedigree::imagebuild
