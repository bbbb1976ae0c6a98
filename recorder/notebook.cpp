#include "recorder/notebook.h"

#include <algorithm>
#include <system_error>

#include <nlohmann/json.hpp>

#include "base/json_text.h"
#include "base/log.h"

namespace pedigree::recorder {

namespace fs = std::filesystem;

Status Notebook::open(const fs::path& path, std::int64_t rewrite_at) {
    auto pages = pages_.lock();
    std::error_code problem;
    fs::create_directories(path.parent_path(), problem);
    std::ifstream earlier(path, std::ios::binary);
    for (std::string line; std::getline(earlier, line);) {
        // Only the last line can be torn: what it said happened a moment before the end.
        if (const auto note = parse_json(line)) {
            pages->seen.apply(*note);
        }
    }
    earlier.close();
    pages->path = path;
    pages->rewrite_at = rewrite_at;
    rewrite(*pages);
    if (!pages->journal) {
        return failure(ErrorCode::Unavailable, "cannot write the journal " + path.string());
    }
    return {};
}

void Notebook::note(const Json& note) {
    auto pages = pages_.lock();
    ++notes_;
    pages->seen.apply(note);
    const std::string line = json_text(note) + "\n";
    pages->journal << line << std::flush;
    pages->bytes += static_cast<std::int64_t>(line.size());
    if (pages->bytes > pages->rewrite_at) {
        rewrite(*pages);
    }
}

void Notebook::count(const std::string& counter, std::int64_t by) {
    note(count_note(counter, by));
}

void Notebook::followed(records::pod::ObservedRun run) {
    auto pages = pages_.lock();
    const std::pair name{run.tracker, run.run_id};
    pages->seen.followed[name].run = std::move(run);
}

void Notebook::followed_objective(std::int64_t step, MetricValue value) {
    pages_.lock()->seen.followed_objective.add(step, value);
}

void Notebook::rewrite(Pages& pages) {
    const fs::path beside = pages.path.string() + ".new";
    std::ofstream out(beside, std::ios::binary | std::ios::trunc);
    std::int64_t bytes = 0;
    for (const Json& note : pages.seen.as_notes()) {
        const std::string line = json_text(note) + "\n";
        out << line;
        bytes += static_cast<std::int64_t>(line.size());
    }
    out.close();
    std::error_code problem;
    fs::rename(beside, pages.path, problem);
    if (!out || problem) {
        log_error("the journal could not be rewritten", {{"path", pages.path.string()}});
    }
    pages.journal = std::ofstream(pages.path, std::ios::binary | std::ios::app);
    pages.bytes = bytes;
    // What cannot become smaller is not worth rewriting at each note.
    pages.rewrite_at = std::max(pages.rewrite_at, 2 * bytes);
}

} // namespace pedigree::recorder
