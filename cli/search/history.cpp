#include "cli/search/history.h"

#include <algorithm>
#include <filesystem>
#include <functional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/json_text.h"
#include "pipeline/search/document/event_json.h"

namespace pedigree::cli {

namespace {

namespace fs = std::filesystem;

using Apply = std::function<Status(const search::Event&)>;

Status apply_line(std::string_view line, const Apply& apply) {
    TRY(const Json document, parse_json(line));
    TRY(const search::Event event, search::event_from(document));
    return apply(event);
}

// InvalidInput names the line.
Status apply_lines(std::string_view text, const Apply& apply) {
    std::size_t number = 0;
    for (std::size_t end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
        ++number;
        if (auto status = apply_line(text.substr(0, end), apply); !status) {
            return tl::unexpected(std::move(status).error().within(fmt::format("line {}", number)));
        }
        text.remove_prefix(end + 1);
    }
    return {};
}

Result<search::EarlierStudy> read_earlier_file(const fs::path& path) {
    TRY(const std::string text, read_file(path, history_bytes_max));
    search::Trials trials;
    const auto status =
        apply_lines(text, [&](const search::Event& event) { return trials.apply(event); });
    if (!status) {
        return tl::unexpected(Error(status.error()).within(path.string()));
    }
    return search::earlier_study(trials);
}

// The histories in a folder, by name; the file itself if it is none.
Result<std::vector<fs::path>> histories_at(const fs::path& path) {
    std::error_code problem;
    if (!fs::is_directory(path, problem)) {
        return std::vector{path};
    }
    std::vector<fs::path> files;
    for (fs::directory_iterator each(path, problem), end; !problem && each != end;
         each.increment(problem)) {
        if (each->path().extension() == ".jsonl") {
            files.push_back(each->path());
        }
    }
    if (problem) {
        return failure(ErrorCode::Unavailable,
                       fmt::format("{}: {}", path.string(), problem.message()));
    }
    std::sort(files.begin(), files.end());
    return files;
}

} // namespace

Status replay(std::string_view text, search::Search& search) {
    return apply_lines(text, [&](const search::Event& event) { return search.apply(event); });
}

Result<std::vector<search::EarlierStudy>> read_earlier(const std::vector<std::string>& paths,
                                                       const std::string& own_history) {
    std::vector<search::EarlierStudy> earlier;
    for (const std::string& path : paths) {
        TRY(const auto files, histories_at(path));
        for (const fs::path& file : files) {
            std::error_code missing; // then it is another file
            if (fs::equivalent(file, own_history, missing)) {
                continue;
            }
            TRY(earlier.emplace_back(), read_earlier_file(file));
        }
    }
    return earlier;
}

HistoryFile::HistoryFile(std::string path, std::ofstream file)
    : path_(std::move(path)), file_(std::move(file)) {}

Result<HistoryFile> HistoryFile::open(const std::string& path, search::Search& search) {
    const auto text = read_file(path, history_bytes_max);
    if (!text && text.error().code != ErrorCode::NotFound) {
        return tl::unexpected(text.error());
    }
    if (text) {
        if (auto status = replay(*text, search); !status) {
            return tl::unexpected(std::move(status).error().within(path));
        }
        const std::size_t whole = text->rfind('\n') + 1; // 0 if there is none
        if (whole != text->size()) {
            std::error_code problem;
            fs::resize_file(path, whole, problem);
            if (problem) {
                return failure(ErrorCode::Unavailable,
                               fmt::format("{}: {}", path, problem.message()));
            }
        }
    }
    std::ofstream file(path, std::ios::app | std::ios::binary);
    if (!file) {
        return failure(ErrorCode::Forbidden, fmt::format("{}: cannot be written", path));
    }
    return HistoryFile(path, std::move(file));
}

Status HistoryFile::append(const Json& line) {
    file_ << json_text(line) << '\n' << std::flush;
    if (!file_) {
        return failure(ErrorCode::Unavailable, fmt::format("{}: cannot be written", path_));
    }
    return {};
}

} // namespace pedigree::cli
