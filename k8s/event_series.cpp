#include "k8s/event_series.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "base/digest.h"
#include "base/text.h"
#include "k8s/events.h"

namespace pedigree::k8s {
namespace {

constexpr std::size_t name_prefix_bytes_max = 200; // leaves room for the suffix within 253

} // namespace

bool EventSeries::spend(const std::string& object, Instant now) {
    auto [found, fresh] = budgets_.try_emplace(object);
    Budget& budget = found->second;
    if (fresh) {
        budget.filled = now;
    }
    const std::chrono::duration<double> passed = now - budget.filled;
    const double refilled = passed / std::chrono::duration<double>(event_refill);
    budget.tokens = std::min(event_burst, budget.tokens + std::max(refilled, 0.0));
    budget.filled = now;
    if (budget.tokens < 1.0) {
        return false;
    }
    budget.tokens -= 1.0;
    return true;
}

bool EventSeries::too_similar(const std::string& key, bool new_message, Instant now) {
    Similar& similar = similar_[key];
    if (now - similar.since > similar_events_window) {
        similar = {0, now};
    }
    similar.messages += new_message ? 1 : 0;
    return similar.messages > similar_events_max;
}

std::optional<EventSeries::Plan> EventSeries::next(const EventNote& note, Instant now) {
    if (!spend(note.about.uid, now)) {
        return std::nullopt;
    }
    const std::string kind =
        fmt::format("{}/{}/{}", note.about.uid, static_cast<int>(note.type), note.reason);
    std::string key = kind + "/" + note.message;
    std::string message = note.message;
    if (too_similar(kind, !known_.contains(key), now)) {
        key = kind;
        message = "(combined from similar events): " + message;
    }
    Known& known = known_[key];
    if (known.count == 0) {
        known.name = fmt::format(
            "{}.{}", note.about.key.name.substr(0, name_prefix_bytes_max),
            sha256(key + std::to_string(now.time_since_epoch().count())).hex().substr(0, 16));
    }
    ++known.count;
    known.used = now;
    Plan plan{known.name, known.count, clean_text(message, event_message_bytes_max)};
    bound();
    return plan;
}

// Half of the least recently used are forgotten at once, so the work is spread thin.
void EventSeries::bound() {
    if (known_.size() > event_series_max) {
        std::vector<Instant> times;
        for (const auto& [key, known] : known_) {
            times.push_back(known.used);
        }
        std::nth_element(times.begin(), times.begin() + times.size() / 2, times.end());
        const Instant middle = times[times.size() / 2];
        std::erase_if(known_, [&](const auto& entry) { return entry.second.used < middle; });
    }
    if (similar_.size() > event_series_max) {
        similar_.clear();
    }
    if (budgets_.size() > event_series_max) {
        budgets_.clear();
    }
}

} // namespace pedigree::k8s
