#include "imagebuild/lock/lock.h"

#include <algorithm>

#include <fmt/format.h>

#include "imagebuild/lock/lock_encoding.h"
#include "imagebuild/lock/lock_entries.h"
#include "imagebuild/lock/pylock.h"
#include "imagebuild/lock/python_name.h"

namespace pedigree::imagebuild {
namespace {

struct LogicalLine {
    std::string text;
    int number = 0; // of its first line
};

std::string_view trimmed(std::string_view text) {
    const std::size_t begin = text.find_first_not_of(" \t\r\f");
    if (begin == text.npos) {
        return {};
    }
    return text.substr(begin, text.find_last_not_of(" \t\r\f") - begin + 1);
}

// A comment begins the line or follows a blank.
std::string_view without_comment(std::string_view line) {
    for (std::size_t i = line.find('#'); i != line.npos; i = line.find('#', i + 1)) {
        if (i == 0 || line[i - 1] == ' ' || line[i - 1] == '\t') {
            return line.substr(0, i);
        }
    }
    return line;
}

std::vector<LogicalLine> logical_lines(std::string_view text) {
    std::vector<LogicalLine> lines;
    bool continues = false;
    int number = 0;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        std::string_view line = without_comment(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
        ++number;
        line = trimmed(line);
        if (!continues && line.empty()) {
            continue;
        }
        if (!continues) {
            lines.push_back({"", number});
        }
        continues = line.ends_with('\\');
        if (continues) {
            line.remove_suffix(1);
        }
        lines.back().text += line;
        lines.back().text += ' ';
    }
    std::erase_if(lines, [](const LogicalLine& line) { return trimmed(line.text).empty(); });
    return lines;
}

class RequirementsReader {
  public:
    explicit RequirementsReader(std::string_view file) : entries_(file) {}

    void take(const LogicalLine& line) {
        const std::string_view text = trimmed(line.text);
        if (text.front() == '-') {
            take_option(text, line.number);
        } else if (text.find("://") != text.npos || text.find(" @ ") != text.npos) {
            fault("E0125", line.number,
                  "a URL or VCS requirement is not installed; pin a released wheel by == and hash");
        } else {
            take_requirement(text, line.number);
        }
    }

    Result<std::vector<LockedPackage>> finish() && { return std::move(entries_).finish(); }

  private:
    void fault(std::string_view code, int line, std::string_view what) {
        entries_.fault(code, line, what);
    }

    void take_option(std::string_view text, int line) {
        if (text.starts_with("-e") || text.starts_with("--editable")) {
            fault("E0125", line,
                  "an editable requirement is not installed; the source is laid into "
                  "the image by itself");
        } else if (text != "--require-hashes" && !text.starts_with("--only-binary")) {
            fault("E0126", line,
                  fmt::format(
                      "\"{}\" is not for a lock; the operator's configuration names the index",
                      text.substr(0, text.find_first_of(" ="))));
        }
    }

    void take_requirement(std::string_view text, int line) {
        LockedPackage package;
        package.line = line;
        std::string_view requirement = trimmed(take_hashes(text, package));
        if (const std::size_t semicolon = requirement.find(';'); semicolon != requirement.npos) {
            package.marker = trimmed(requirement.substr(semicolon + 1));
            requirement = trimmed(requirement.substr(0, semicolon));
        }
        if (!take_pin(requirement, package)) {
            return;
        }
        if (package.hashes.empty()) {
            fault("E0122", line,
                  fmt::format("{}=={} has no --hash=sha256:...; make the lock with hashes",
                              package.name, package.version));
            return;
        }
        entries_.keep(std::move(package));
    }

    // What stands before the first option; the hashes go into the package.
    std::string_view take_hashes(std::string_view text, LockedPackage& package) {
        constexpr std::string_view option = "--hash=";
        const std::size_t first = std::min(text.find(" --"), text.size());
        std::string_view rest = text.substr(first);
        while (!(rest = trimmed(rest)).empty()) {
            const std::size_t end = std::min(rest.find(' '), rest.size());
            const std::string_view word = rest.substr(0, end);
            rest.remove_prefix(end);
            if (!word.starts_with(option)) {
                fault("E0126", package.line,
                      fmt::format("\"{}\" is not for a lock", word.substr(0, 40)));
                continue;
            }
            if (auto digest = Digest::parse(word.substr(option.size()))) {
                package.hashes.push_back(*digest);
            } else {
                fault("E0122", package.line,
                      fmt::format("\"{}\" is no sha256 hash", word.substr(0, 40)));
            }
        }
        return text.substr(0, first);
    }

    bool take_pin(std::string_view requirement, LockedPackage& package) {
        const std::size_t name_end =
            std::min(requirement.find_first_of("[=<>!~ ("), requirement.size());
        package.name = requirement.substr(0, name_end);
        std::string_view rest = trimmed(requirement.substr(name_end));
        if (!is_python_name(package.name)) {
            fault("E0141", package.line,
                  fmt::format("\"{}\" is no requirement", requirement.substr(0, 60)));
            return false;
        }
        if (rest.starts_with('[')) { // extras choose dependencies, which a lock lists itself
            rest = trimmed(rest.substr(std::min(rest.find(']') + 1, rest.size())));
        }
        const bool pinned = rest.starts_with("==") && !rest.starts_with("===");
        package.version = pinned ? trimmed(rest.substr(2)) : std::string_view();
        const bool plain = is_pinned_version(package.version);
        if (!plain) {
            fault("E0123", package.line,
                  fmt::format("{} is not pinned to one version; write {}==VERSION", package.name,
                              package.name));
        }
        return plain;
    }

    LockEntries entries_;
};

Result<Lock> parse_requirements(std::string_view text, std::string_view file) {
    const auto lines = logical_lines(text);
    if (lines.size() > lock_packages_max) {
        return failure(ErrorCode::TooLarge, "LockInvalid",
                       fmt::format("{} has more than {} packages", file, lock_packages_max));
    }
    RequirementsReader reader(file);
    for (const LogicalLine& line : lines) {
        reader.take(line);
    }
    Lock lock;
    TRY(lock.packages, std::move(reader).finish());
    return lock;
}

} // namespace

Result<Lock> parse_lock(std::string_view text, std::string_view file) {
    if (text.size() > lock_bytes_max) {
        return failure(ErrorCode::TooLarge, "LockInvalid",
                       fmt::format("{} is larger than {} MiB", file, lock_bytes_max >> 20));
    }
    const Digest digest = sha256(text);
    TRY(const std::string plain, lock_in_utf8(text, file));
    TRY(Lock lock,
        is_pylock_name(file) ? parse_pylock(plain, file) : parse_requirements(plain, file));
    lock.digest = digest;
    return lock;
}

} // namespace pedigree::imagebuild
