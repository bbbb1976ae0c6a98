#include "trackers/wandb/file_stream.h"

#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

#include "trackers/wandb/limits.h"
#include "trackers/wandb/python_json.h"

namespace pedigree::trackers::wandb {
namespace {

constexpr std::int64_t line_limit = std::int64_t{1} << 53;
constexpr std::size_t depth_limit = 64;

// Reads a push without building it as a document, a line at a time: a million short lines would
// take ten times their bytes.
class PushReader final : public nlohmann::json_sax<Json> {
  public:
    PushReader(Runs& runs, Run& run, const RowSink& on_row)
        : runs_(runs), run_(run), on_row_(on_row) {}

    bool is_object() const { return is_object_; }
    void finish();

    bool null() override { return other(); }
    bool boolean(bool value) override;
    bool number_integer(number_integer_t value) override { return number(value); }
    bool number_unsigned(number_unsigned_t value) override {
        return number(value > line_limit ? line_limit : static_cast<std::int64_t>(value));
    }
    bool number_float(number_float_t, const string_t&) override { return other(); }
    bool string(string_t& value) override;
    bool binary(binary_t&) override { return false; }
    bool start_object(std::size_t) override;
    bool key(string_t& value) override;
    bool end_object() override;
    bool start_array(std::size_t) override;
    bool end_array() override;
    bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override {
        return false;
    }

  private:
    // {"files": {"wandb-history.jsonl": {"content": [ a line, has four open containers around it.
    static constexpr std::size_t file_depth = 3;
    static constexpr std::size_t line_depth = 4;

    bool other();
    bool number(std::int64_t value);
    void take_line(std::string_view line);
    void end_file();

    Runs& runs_;
    Run& run_;
    const RowSink& on_row_;
    std::size_t depth_ = 0;
    std::array<std::string, line_depth> keys_; // of the containers that are open, from depth 1 on
    bool is_object_ = false;
    bool in_content_ = false;
    std::int64_t offset_ = 0;
    std::int64_t lines_ = 0;
    std::string summary_;
    bool complete_ = false;
    std::int64_t exit_code_ = 1;
};

bool PushReader::boolean(bool value) {
    if (depth_ == 1 && keys_[1] == "complete") {
        complete_ = value;
    } else if (depth_ == 1 && keys_[1] == "preempting") {
        run_.preempting = run_.preempting || value;
    }
    return other();
}

bool PushReader::number(std::int64_t value) {
    if (depth_ == 1 && keys_[1] == "exitcode") {
        exit_code_ = value;
    } else if (depth_ == file_depth && keys_[file_depth] == "offset") {
        offset_ = std::clamp<std::int64_t>(value, 0, line_limit);
    }
    return other();
}

bool PushReader::string(string_t& value) {
    if (in_content_ && depth_ == line_depth) {
        take_line(value);
    }
    return true;
}

// A value that is no text, where a line should be: a line that cannot be read.
bool PushReader::other() {
    if (in_content_ && depth_ == line_depth) {
        take_line({});
    }
    return true;
}

bool PushReader::start_object(std::size_t) {
    is_object_ = is_object_ || depth_ == 0;
    other();
    ++depth_;
    return depth_ <= depth_limit;
}

bool PushReader::key(string_t& value) {
    if (depth_ < keys_.size()) {
        keys_[depth_] = std::move(value);
    }
    return true;
}

bool PushReader::end_object() {
    if (depth_ == file_depth) {
        end_file();
    }
    --depth_;
    return true;
}

bool PushReader::start_array(std::size_t) {
    other();
    in_content_ = in_content_ || (depth_ == file_depth && is_object_ && keys_[1] == "files" &&
                                  keys_[file_depth] == "content");
    ++depth_;
    return depth_ <= depth_limit;
}

bool PushReader::end_array() {
    --depth_;
    in_content_ = in_content_ && depth_ != file_depth;
    return true;
}

void PushReader::take_line(std::string_view line) {
    const std::string& file = keys_[2];
    if (file == "wandb-history.jsonl") {
        const auto row = read_row(line);
        if (!row) {
            ++run_.rows_unreadable;
        } else if (runs_.add_row(run_, *row, Source::Stream) && on_row_) {
            on_row_(run_, *row);
        }
    } else if (file == "wandb-events.jsonl" && offset_ + lines_ >= run_.event_lines) {
        if (const auto row = read_row(line)) {
            runs_.add_system_row(run_, *row, offset_ + lines_);
        }
    } else if (file == "wandb-summary.json") {
        summary_ = line;
    }
    ++lines_;
}

// Counts lines that the stream passed over, and moves on to the chunk's end.
void PushReader::end_file() {
    const std::pair<std::string_view, std::int64_t*> counts[] = {
        {"wandb-history.jsonl", &run_.history_lines},
        {"wandb-events.jsonl", &run_.event_lines},
        {"output.log", &run_.console_lines}};
    for (const auto& [name, seen] : counts) {
        if (keys_[1] == "files" && keys_[2] == name) {
            if (seen == &run_.history_lines && offset_ > *seen) {
                run_.lines_missing += offset_ - *seen;
            }
            *seen = std::max(*seen, offset_ + lines_);
        }
    }
    offset_ = 0;
    lines_ = 0;
}

void PushReader::finish() {
    if (!summary_.empty()) {
        runs_.keep_text(run_, run_.summary_text, summary_);
    }
    if (complete_) {
        runs_.end(run_, exit_code_);
    }
}

} // namespace

void take_push(Runs& runs, Run& run, std::string_view body, const RowSink& on_row) {
    const auto changed = strict_json_text(body);
    const std::string_view text = changed ? std::string_view(*changed) : body;
    PushReader reader(runs, run, on_row);
    const bool whole = Json::sax_parse(text.begin(), text.end(), &reader);
    if (!whole || !reader.is_object()) {
        ++run.calls_unreadable;
    }
    if (whole) {
        reader.finish();
    }
}

Json push_answer(const Run& run) {
    Json answer{{"exitcode", nullptr}, {"limits", Json::object()}};
    if (run.stop_wanted) {
        answer["stopped"] = true;
    }
    return answer;
}

} // namespace pedigree::trackers::wandb
