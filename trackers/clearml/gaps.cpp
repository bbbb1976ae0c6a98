// What a record does not have of ClearML's tasks, in words.
#include <set>
#include <string_view>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/json_text.h"
#include "base/text.h"
#include "trackers/clearml/files.h"
#include "trackers/clearml/observed.h"

namespace pedigree::trackers::clearml {
namespace {

using records::pod::ObservedGap;

constexpr std::size_t name_bytes = 200;

class Gaps {
  public:
    void add(std::string sentence) { all_.push_back({"NotSeenByRecorder", std::move(sentence)}); }
    // Of each file that was announced, under its name.
    void add_file(const Book& book, const Task& task, std::string_view what,
                  const std::string& address, const std::string& hash);
    void add_counts(const Task& task);
    std::vector<ObservedGap> take() { return std::move(all_); }

  private:
    std::vector<ObservedGap> all_;
};

// The address of one that lies elsewhere is not told: it may hold a credential.
void Gaps::add_file(const Book& book, const Task& task, std::string_view what,
                    const std::string& address, const std::string& hash) {
    const auto path = file_of(book.settings, address);
    const auto file = path ? book.files.find(*path) : book.files.end();
    const std::string name = clean_text(what, name_bytes);
    if (!path && !address.empty()) {
        add(fmt::format("ClearML task {}: {} was not sent to the recorder, only where it lies; its "
                        "bytes were not seen",
                        task.id, name));
    } else if (path && file == book.files.end()) {
        add(fmt::format("ClearML task {}: {} was announced, its file did not come", task.id, name));
    } else if (path && !hash.empty() && hash != file->second.sha256.hex()) {
        add(fmt::format("ClearML task {}: the file of {} is not what the script said of it",
                        task.id, name));
    }
}

void Gaps::add_counts(const Task& task) {
    const std::pair<const char*, std::int64_t> counts[] = {
        {"events that could not be read", task.events_unreadable},
        {"values of metrics beyond what a pod may have", task.keys_left_out},
        {"texts that had no room", task.texts_left_out},
        {"artifacts that had no room", task.artifacts_left_out}};
    for (const auto& [what, count] : counts) {
        if (count > 0) {
            add(fmt::format("ClearML task {}: {} {}", task.id, count, what));
        }
    }
}

} // namespace

std::vector<ObservedGap> observed_gaps(const Book& book) {
    Gaps gaps;
    for (const auto& [id, task] : book.tasks) {
        gaps.add_counts(*task);
        for (const auto& [key, artifact] : task->artifacts) {
            gaps.add_file(book, *task, "artifact " + key, artifact.uri, artifact.hash);
        }
        const Json models = field(task->fields, "models");
        for (const Json& link : at_path(models, {"output"})) {
            const auto model = book.models.find(string_or(link, "model"));
            if (model != book.models.end()) {
                gaps.add_file(book, *task, "model " + text_of(model->second.fields, "name"),
                              text_of(model->second.fields, "uri"), "");
            }
        }
    }
    const std::pair<const char*, std::int64_t> counts[] = {
        {"events of no task that is known", book.events_of_no_task},
        {"calls that could not be read", book.calls_unreadable},
        {"files beyond what a pod may have", book.files_left_out}};
    for (const auto& [what, count] : counts) {
        if (count > 0) {
            gaps.add(fmt::format("ClearML: {} {}", count, what));
        }
    }
    return gaps.take();
}

} // namespace pedigree::trackers::clearml
