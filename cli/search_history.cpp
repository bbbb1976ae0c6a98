#include "cli/search_history.h"

#include <filesystem>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "pipeline/search/event_json.h"

namespace pedigree::cli {

namespace {

Status replay_line(std::string_view line, search::Search& search) {
    TRY(const Json document, parse_json(line));
    TRY(const search::Event event, search::event_from(document));
    return search.apply(event);
}

} // namespace

Status replay(std::string_view text, search::Search& search) {
    std::size_t number = 0;
    for (std::size_t end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
        ++number;
        if (auto status = replay_line(text.substr(0, end), search); !status) {
            return tl::unexpected(std::move(status).error().within(fmt::format("line {}", number)));
        }
        text.remove_prefix(end + 1);
    }
    return {};
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
            std::filesystem::resize_file(path, whole, problem);
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
    file_ << line.dump() << '\n' << std::flush;
    if (!file_) {
        return failure(ErrorCode::Unavailable, fmt::format("{}: cannot be written", path_));
    }
    return {};
}

} // namespace pedigree::cli
