#include "trackers/wandb/file_stream.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "trackers/wandb/limits.h"
#include "trackers/wandb/python_json.h"

namespace pedigree::trackers::wandb {
namespace {

constexpr std::int64_t line_limit = std::int64_t{1} << 53;

struct Chunk {
    std::int64_t offset = 0;
    const Json* lines = nullptr; // an array

    std::int64_t end() const { return offset + static_cast<std::int64_t>(lines->size()); }
};

std::optional<Chunk> chunk_of(const Json& files, const char* name) {
    const Json& file = at_path(files, {name});
    const Json& content = at_path(file, {"content"});
    if (!content.is_array()) {
        return std::nullopt;
    }
    const std::int64_t offset = integer_or(file, "offset");
    return Chunk{std::clamp<std::int64_t>(offset, 0, line_limit), &content};
}

std::string_view text_in(const Json& line) {
    return line.is_string() ? std::string_view(line.get_ref<const std::string&>())
                            : std::string_view();
}

// Counts lines that the stream passed over, and moves on to the chunk's end.
void advance(std::int64_t& lines, const Chunk& chunk, std::int64_t* missing) {
    if (missing != nullptr && chunk.offset > lines) {
        *missing += chunk.offset - lines;
    }
    lines = std::max(lines, chunk.end());
}

void take_history(Runs& runs, Run& run, const Chunk& chunk, const RowSink& on_row) {
    for (const Json& line : *chunk.lines) {
        const auto row = read_row(text_in(line));
        if (!row) {
            ++run.rows_unreadable;
        } else if (runs.add_row(run, *row, Source::Stream) && on_row) {
            on_row(run, *row);
        }
    }
    advance(run.history_lines, chunk, &run.lines_missing);
}

void take_events(Runs& runs, Run& run, const Chunk& chunk) {
    std::int64_t at = chunk.offset;
    for (const Json& line : *chunk.lines) {
        if (at >= run.event_lines) {
            if (const auto row = read_row(text_in(line))) {
                runs.add_system_row(run, *row, at);
            }
        }
        ++at;
    }
    advance(run.event_lines, chunk, nullptr);
}

void take_ending(Runs& runs, Run& run, const Json& push) {
    run.preempting = run.preempting || bool_or(push, "preempting");
    if (bool_or(push, "complete")) {
        runs.end(run, integer_or(push, "exitcode", 1));
    }
}

} // namespace

void take_push(Runs& runs, Run& run, std::string_view body, const RowSink& on_row) {
    const auto push = parse_python_json(body, {.bytes_max = wandb_call_bytes_max});
    if (!push || !push->is_object()) {
        ++run.calls_unreadable;
        return;
    }
    const Json& files = at_path(*push, {"files"});
    if (const auto history = chunk_of(files, "wandb-history.jsonl")) {
        take_history(runs, run, *history, on_row);
    }
    if (const auto events = chunk_of(files, "wandb-events.jsonl")) {
        take_events(runs, run, *events);
    }
    if (const auto summary = chunk_of(files, "wandb-summary.json");
        summary && !summary->lines->empty()) {
        runs.keep_text(run, run.summary_text, text_in(summary->lines->back()));
    }
    if (const auto console = chunk_of(files, "output.log")) {
        advance(run.console_lines, *console, nullptr);
    }
    take_ending(runs, run, *push);
}

Json push_answer(const Run& run) {
    Json answer{{"exitcode", nullptr}, {"limits", Json::object()}};
    if (run.stop_wanted) {
        answer["stopped"] = true;
    }
    return answer;
}

} // namespace pedigree::trackers::wandb
