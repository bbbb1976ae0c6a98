#include "imagebuild/lock/pylock.h"

#include <algorithm>

#include <fmt/format.h>

// toml++ 3.3 asserts what hostile text makes false ("[.x]"), and with NDEBUG lets the compiler
// assume it; the branches behind report the error, so its assertions are to be neither.
#undef NDEBUG
#define TOML_ASSERT(expression) static_cast<void>(0)
#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>

#include "imagebuild/lock/lock_entries.h"
#include "imagebuild/lock/marker.h"
#include "imagebuild/lock/python_name.h"

namespace pedigree::imagebuild {
namespace {

constexpr int key_parts_max = 8; // of "a.b.c"; the tables they make are destroyed recursively

int line_of(const toml::node& node) {
    return static_cast<int>(node.source().begin.line);
}

std::string string_of(const toml::table& table, std::string_view key) {
    const auto* text = table.get_as<std::string>(key);
    return text != nullptr ? text->get() : std::string();
}

// The line in which a dotted key is too long, a string goes over lines, or a letter outside ASCII
// stands outside strings and comments; 0: none. TOML allows no such letter, toml++ 3.3 reaches code
// that it calls unreachable for it. Lock writers make none of the other two, and without strings
// over lines a line can be judged alone.
int line_beyond_limits(std::string_view text) {
    int line = 1, parts = 0;
    char quote = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '\n') {
            ++line;
            quote = 0;
            parts = 0;
        } else if (quote != 0) {
            i += c == '\\' && quote == '"' && i + 1 < text.size() && text[i + 1] != '\n' ? 1 : 0;
            quote = c == quote ? 0 : quote;
        } else if (text.substr(i, 3) == "\"\"\"" || text.substr(i, 3) == "'''") {
            return line;
        } else if (c == '"' || c == '\'') {
            quote = c;
        } else if (c == '#') {
            i = std::min(text.find('\n', i), text.size()) - 1;
        } else if ((c == '.' && ++parts > key_parts_max) || static_cast<unsigned char>(c) >= 0x80) {
            return line;
        } else if (std::string_view("=,{}[]").find(c) != std::string_view::npos) {
            parts = 0;
        }
    }
    return 0;
}

class PylockReader {
  public:
    explicit PylockReader(std::string_view file) : entries_(file) {}

    Result<Lock> read(const toml::table& document) {
        const std::string version = string_of(document, "lock-version");
        if (!version.starts_with("1.")) {
            entries_.fault(
                "E0141", 1,
                fmt::format("lock-version \"{}\" is not read, 1.0 is", version.substr(0, 20)));
        }
        lock_.environment = environment_of(document);
        lock_.groups = strings_of(document, "default-groups");
        const auto* packages = document.get_as<toml::array>("packages");
        for (std::size_t i = 0; packages != nullptr && i < packages->size(); ++i) {
            if (const auto* package = packages->get_as<toml::table>(i)) {
                take_package(*package);
            } else {
                entries_.fault("E0141", line_of(*packages), "a package is a table");
            }
        }
        TRY(lock_.packages, std::move(entries_).finish());
        return std::move(lock_);
    }

  private:
    std::vector<std::string> strings_of(const toml::table& table, std::string_view key) {
        std::vector<std::string> strings;
        if (const auto* list = table.get_as<toml::array>(key)) {
            for (const toml::node& element : *list) {
                if (const auto* text = element.as_string()) {
                    strings.push_back(text->get());
                } else {
                    entries_.fault("E0141", line_of(*list), fmt::format("{} holds texts", key));
                }
            }
        }
        return strings;
    }

    // Both conditions as one marker.
    std::string environment_of(const toml::table& document) {
        std::string marker = marker_of_requires_python(string_of(document, "requires-python"));
        const std::vector<std::string> environments = strings_of(document, "environments");
        if (!environments.empty()) {
            marker += fmt::format("{}(({}))", marker.empty() ? "" : " and ",
                                  fmt::join(environments, ") or ("));
        }
        return marker;
    }

    void take_package(const toml::table& table) {
        LockedPackage package;
        package.line = line_of(table);
        package.name = string_of(table, "name");
        package.version = string_of(table, "version");
        package.marker = string_of(table, "marker");
        package.environment = marker_of_requires_python(string_of(table, "requires-python"));
        if (!is_python_name(package.name)) {
            entries_.fault("E0141", package.line,
                           fmt::format("\"{}\" is no package's name", package.name.substr(0, 60)));
            return;
        }
        for (const std::string_view key : {"vcs", "directory", "archive"}) {
            if (table.contains(key)) {
                entries_.fault("E0125", package.line,
                               fmt::format("{} comes from a {}, which is not installed; pin a "
                                           "released wheel by version and hash",
                                           package.name, key == "vcs" ? "repository" : key));
                return;
            }
        }
        if (!is_pinned_version(package.version)) {
            entries_.fault("E0123", package.line,
                           fmt::format("{} is not pinned to one version", package.name));
            return;
        }
        if (take_hashes(table, package)) {
            entries_.keep(std::move(package));
        }
    }

    // Of every wheel and of the source distribution, as a requirements file lists them.
    bool take_hashes(const toml::table& table, LockedPackage& package) {
        bool sound = true;
        const auto take = [&](const toml::node* node) {
            const auto* file = node != nullptr ? node->as_table() : nullptr;
            const auto* hashes = file != nullptr ? file->get_as<toml::table>("hashes") : nullptr;
            const auto digest =
                Digest::parse_hex(hashes != nullptr ? string_of(*hashes, "sha256") : "");
            if (digest) {
                package.hashes.push_back(*digest);
                return;
            }
            sound = false;
            entries_.fault(
                "E0122", node != nullptr ? line_of(*node) : package.line,
                fmt::format("a file of {}=={} has no sha256 hash", package.name, package.version));
        };
        if (const auto* wheels = table.get_as<toml::array>("wheels")) {
            for (const toml::node& wheel : *wheels) {
                take(&wheel);
            }
        }
        if (table.contains("sdist")) {
            take(table.get("sdist"));
        }
        if (sound && package.hashes.empty()) {
            entries_.fault("E0122", package.line,
                           fmt::format("{}=={} has no wheels", package.name, package.version));
            return false;
        }
        return sound;
    }

    LockEntries entries_;
    Lock lock_;
};

} // namespace

bool is_pylock_name(std::string_view file) {
    return file.ends_with(".toml");
}

Result<Lock> parse_pylock(std::string_view text, std::string_view file) {
    const auto refuse = [&](int line, std::string_view what) {
        return failure(ErrorCode::InvalidInput, "LockInvalid",
                       fmt::format("E0141 {} line {}: {}", file, line, what));
    };
    if (const int line = line_beyond_limits(text)) {
        return refuse(line, "a string over several lines, a key of more than 8 parts, or a letter "
                            "outside ASCII that is in no string");
    }
    const toml::parse_result parsed = toml::parse(text);
    if (!parsed) {
        return refuse(static_cast<int>(parsed.error().source().begin.line),
                      fmt::format("not TOML: {}", parsed.error().description().substr(0, 200)));
    }
    const auto* packages = parsed.table().get_as<toml::array>("packages");
    if (packages != nullptr && packages->size() > lock_packages_max) {
        return failure(ErrorCode::TooLarge, "LockInvalid",
                       fmt::format("{} has more than {} packages", file, lock_packages_max));
    }
    return PylockReader(file).read(parsed.table());
}

} // namespace pedigree::imagebuild
