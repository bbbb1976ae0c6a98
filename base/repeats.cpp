#include "base/repeats.h"

namespace pedigree {

std::vector<Repeats::Ended> Repeats::ended(Time now) {
    std::vector<Ended> told;
    for (auto at = windows_.begin(); at != windows_.end();) {
        const auto& [line, window] = *at;
        // A clock that was set back must not hold a line back for longer.
        const bool over = now < window.begin || now - window.begin >= repeats_window;
        if (over && window.count > repeats_max) {
            told.push_back({line, window.count - repeats_max});
        }
        at = over ? windows_.erase(at) : std::next(at);
    }
    return told;
}

bool Repeats::may_write(std::string_view line, Time now) {
    const auto found = windows_.find(line);
    if (found != windows_.end()) {
        return ++found->second.count <= repeats_max;
    }
    if (windows_.size() < repeats_remembered_max) {
        windows_.emplace(line, Window{now, 1});
    }
    return true;
}

} // namespace pedigree
