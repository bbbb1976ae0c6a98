#include "cli/image/pip_answer.h"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/json.h"
#include "net/url.h"

namespace pedigree::cli {

namespace {

constexpr std::size_t packages_max = 2000, causes_max = 100, last_words_bytes_max = 1000;

// "https://host/a/b/wandb-0.15.12-py3-none-any.whl#sha256=..." -> its file name
Result<std::string> file_name_of(std::string_view url) {
    url = url.substr(0, url.find_first_of("?#"));
    return net::percent_decode(url.substr(url.rfind('/') + 1));
}

// archive_info.hashes, or archive_info.hash of the older "sha256=..." form.
Result<Digest> digest_of(const Json& item, const std::string& name) {
    const Json& archive = at_path(item, {"download_info", "archive_info"});
    std::string hex = string_or(at_path(archive, {"hashes"}), "sha256");
    constexpr std::string_view older = "sha256=";
    const std::string hash = string_or(archive, "hash");
    if (hex.empty() && hash.starts_with(older)) {
        hex = hash.substr(older.size());
    }
    auto digest = Digest::parse_hex(hex);
    return digest ? digest
                  : failure(ErrorCode::InvalidInput,
                            fmt::format("the package index tells no sha256 of {}, so it cannot be "
                                        "locked",
                                        name));
}

Result<ResolvedFile> file_from(const Json& item) {
    ResolvedFile file;
    const Json& metadata = at_path(item, {"metadata"});
    TRY(file.name, string_field(metadata, "name"));
    TRY(file.version, string_field(metadata, "version"));
    TRY(const bool direct, bool_field(item, "is_direct"));
    if (direct) {
        return failure(ErrorCode::InvalidInput,
                       fmt::format("{} comes from a URL, a folder or a repository; a lock holds "
                                   "released files of a package index alone",
                                   file.name));
    }
    TRY(const std::string url, string_field(at_path(item, {"download_info"}), "url"));
    TRY(file.file_name, file_name_of(url));
    TRY(file.digest, digest_of(item, file.name));
    for (const Json& requirement : at_path(metadata, {"requires_dist"})) {
        if (requirement.is_string()) {
            file.requirements.push_back(requirement.get<std::string>());
        }
    }
    return file;
}

std::string_view trimmed(std::string_view line) {
    const std::size_t begin = line.find_first_not_of(" \t\r");
    return begin == line.npos ? std::string_view()
                              : line.substr(begin, line.find_last_not_of(" \t\r") - begin + 1);
}

std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        lines.push_back(trimmed(text.substr(0, end)));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

// "... requirement pathtools>=0.1 (from wandb==0.15.12) (from versions: none)"
void read_missing(std::string_view line, PipRefusal& refusal) {
    constexpr std::string_view begin = "ERROR: Could not find a version that satisfies the "
                                       "requirement ",
                               from = " (from ";
    if (!line.starts_with(begin)) {
        return;
    }
    line.remove_prefix(begin.size());
    std::size_t end = line.find(from);
    refusal.missing = line.substr(0, end);
    while (end != line.npos && line.substr(end + from.size()).starts_with("-r ")) {
        end = line.find(from, end + 1); // the file's own place says no package
    }
    if (end == line.npos || line.substr(end + from.size()).starts_with("versions:")) {
        return;
    }
    const std::string_view who = line.substr(end + from.size());
    refusal.missing_wanted_by = who.substr(0, std::min(who.find(')'), who.find("->")));
}

} // namespace

Result<std::vector<ResolvedFile>> parse_pip_report(std::string_view text) {
    const auto report = parse_json(text, {.bytes_max = pip_report_bytes_max});
    if (!report || !at_path(*report, {"install"}).is_array()) {
        return failure(ErrorCode::Corrupt, "pip's report of what it resolved cannot be read");
    }
    const Json& items = at_path(*report, {"install"});
    if (items.size() > packages_max) {
        return failure(ErrorCode::TooLarge, fmt::format("more than {} packages", packages_max));
    }
    std::vector<ResolvedFile> files;
    for (const Json& item : items) {
        auto file = file_from(item);
        if (!file) {
            return tl::unexpected(std::move(file).error().within("pip's report"));
        }
        files.push_back(*std::move(file));
    }
    return files;
}

PipRefusal read_pip_refusal(std::string_view output, std::string_view error_output) {
    PipRefusal refusal;
    bool in_causes = false;
    for (const std::string_view line : lines_of(output)) {
        if (line == "The conflict is caused by:") {
            in_causes = true;
        } else if (line.empty()) {
            in_causes = false;
        } else if (in_causes && refusal.causes.size() < causes_max) {
            refusal.causes.emplace_back(line);
        }
    }
    std::string errors;
    for (const std::string_view line : lines_of(error_output)) {
        read_missing(line, refusal);
        constexpr std::string_view mark = "ERROR: ";
        if (line.starts_with(mark)) {
            errors += (errors.empty() ? "" : "; ") + std::string(line.substr(mark.size()));
        } else if (!line.empty()) {
            refusal.last_words = line;
        }
    }
    if (!errors.empty()) {
        refusal.last_words = std::move(errors);
    }
    refusal.last_words.resize(std::min(refusal.last_words.size(), last_words_bytes_max));
    return refusal;
}

} // namespace pedigree::cli
