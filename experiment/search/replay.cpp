#include "experiment/search/replay.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "pipeline/search/document/event_json.h"

namespace pedigree::experiment {

// Whether what was applied is how these begin. It is not, when a commit that was foreseen failed.
bool Replay::continues(const search::Study& study, const std::vector<std::string>& lines,
                       const std::optional<std::string>& next) const {
    if (!search_ || search_->study().max_trials != study.max_trials ||
        applied_.size() > lines.size() + (next ? 1 : 0)) {
        return false;
    }
    const std::size_t common = std::min(applied_.size(), lines.size());
    return std::equal(applied_.begin(), applied_.begin() + static_cast<std::ptrdiff_t>(common),
                      lines.begin()) &&
           (applied_.size() == common || applied_.back() == *next);
}

Status Replay::apply(const std::string& line) {
    TRY(const Json document, parse_json(line));
    TRY(const auto event, search::event_from(document));
    TRY(search_->apply(event));
    applied_.push_back(line);
    return {};
}

Result<search::Search*> Replay::at(const search::Study& study,
                                   const std::vector<search::EarlierStudy>& earlier,
                                   const std::vector<std::string>& lines,
                                   const std::optional<std::string>& next) {
    if (!continues(study, lines, next)) {
        search_.emplace(study, earlier);
        applied_.clear();
    }
    for (std::size_t i = applied_.size(); i < lines.size(); ++i) {
        TRY(apply(lines[i]));
    }
    if (next && applied_.size() == lines.size()) {
        TRY(apply(*next));
    }
    return &*search_;
}

} // namespace pedigree::experiment
