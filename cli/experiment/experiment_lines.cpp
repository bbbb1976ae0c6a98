#include "cli/experiment/experiment_lines.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/app/documents.h"
#include "cli/experiment/experiment.h"

namespace pedigree::cli {

namespace {

// All that a row shows, at one and the same time.
std::string shown_of(const Json& object, const TableShape& shape) {
    const Table table = experiments_table({object}, Instant{}, shape);
    std::string text;
    for (const Cell& cell : table.rows.front()) {
        text += cell.text + '\n';
    }
    return text;
}

std::string documents_text(const std::vector<Json>& objects, Format format) {
    std::string text;
    for (Json object : objects) {
        k8s::drop_unread_metadata(object);
        object["apiVersion"] = experiments.api_version();
        object["kind"] = experiments.kind;
        text += (format == Format::Yaml ? "---\n" : "") + document_text(object, format);
    }
    return text;
}

std::string names_text(const std::vector<Json>& objects) {
    std::string text;
    for (const Json& object : objects) {
        text += fmt::format("experiment.pedigree.dev/{}\n", k8s::key_of(object).name);
    }
    return text;
}

} // namespace

bool ExperimentLines::is_new(const Json& object, Presence presence) {
    const std::string uid = k8s::uid_of(object);
    if (presence == Presence::Deleted) {
        shown_.erase(uid);
        return true;
    }
    std::string now = shown_of(object, shape_);
    auto& before = shown_[uid];
    const bool is_new = now != before;
    before = std::move(now);
    return is_new;
}

std::string ExperimentLines::next(const std::vector<Json>& objects, Presence presence,
                                  Instant now) {
    std::vector<Json> changed;
    for (const Json& object : objects) {
        if (is_new(object, presence)) {
            changed.push_back(object);
            if (presence == Presence::Deleted) {
                changed.back()["status"]["phase"] = "Deleted";
            }
        }
    }
    if (format_ == Format::Name) {
        return names_text(changed);
    }
    return format_ == Format::Json || format_ == Format::Yaml
               ? documents_text(changed, format_)
               : stream_.next(experiments_table(changed, now, shape_), in_colour_);
}

} // namespace pedigree::cli
