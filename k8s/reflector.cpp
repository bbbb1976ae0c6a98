#include "k8s/reflector.h"

#include <nlohmann/json.hpp>

#include "base/ids.h"
#include "base/json_text.h"
#include "base/log.h"
#include "base/pause.h"
#include "k8s/client.h"

namespace pedigree::k8s {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr int unfinished_streams_max = 2;
constexpr std::chrono::seconds stream_timeout_min{300};
constexpr int stream_timeout_spread_seconds = 300;
constexpr std::chrono::seconds short_stream{1};
constexpr std::chrono::minutes healthy_after{2};
constexpr const char* initial_events_end = "k8s.io/initial-events-end";

Error error_of(const Json& status, std::string_view plural) {
    return error_from_status(static_cast<int>(integer_or(status, "code", 500)), json_text(status),
                             "watching " + std::string(plural));
}

} // namespace

Reflector::Reflector(Api& api, const ResourceType& type, Store& store, ReflectorOptions options,
                     ChangeHandler handler)
    : api_(api), type_(type), store_(store), options_(std::move(options)),
      handler_(std::move(handler)) {}

void Reflector::run(std::stop_token stop) {
    Backoff backoff(options_.backoff);
    while (!stop.stop_requested()) {
        const auto begun = SteadyClock::now();
        const bool was_listed = listed_;
        const Status outcome = step(stop);
        const auto lasted = SteadyClock::now() - begun;
        if (stop.stop_requested()) {
            return;
        }
        if (lasted > healthy_after) {
            backoff.reset();
        }
        // A stream that ends at once, again and again, is a broken server: no busy loop with it.
        if (outcome && (!was_listed || events_seen_ > 0 || lasted >= short_stream)) {
            continue; // a watch begins or resumes at once
        }
        auto wait = backoff.next(random_unit());
        if (!outcome) {
            ++counters_.errors;
            wait =
                std::max(wait, outcome.error().retry_after.value_or(std::chrono::milliseconds(0)));
            log_warning("watching was interrupted",
                        {{"resource", type_.plural}, {"why", outcome.error().message}});
        }
        pause_for(wait, stop);
    }
}

Status Reflector::step(std::stop_token stop) {
    events_seen_ = 0;
    if (listed_) {
        return follow(stop);
    }
    return mode_ == Mode::WatchList ? sync_by_watch_list(stop) : sync_by_list();
}

WatchOptions Reflector::watch_options() const {
    WatchOptions options;
    options.name_space = options_.name_space;
    options.label_selector = options_.label_selector;
    options.field_selector = options_.field_selector;
    options.resource_version = resource_version_;
    // The server ends a watch after some minutes, as client-go asks it to: another replica may take
    // the next one. Spread, so that watches begun together do not end together.
    options.timeout =
        stream_timeout_min +
        std::chrono::seconds(static_cast<int>(random_unit() * stream_timeout_spread_seconds));
    options.idle = options_.watch_idle_max;
    return options;
}

void Reflector::fall_back(const std::string& why) {
    mode_ = Mode::List;
    ++counters_.watch_list_fallbacks;
    log_warning("the streaming list does not work here; listing instead",
                {{"resource", type_.plural}, {"why", why}});
}

Status Reflector::sync_by_watch_list(std::stop_token stop) {
    WatchOptions options = watch_options();
    options.resource_version.clear();
    options.send_initial_events = true;
    options.idle = options_.initial_events_idle_max;
    initial_.clear();
    ++counters_.watches;
    std::string complete_at;
    std::optional<Error> stream_error;
    WatchDecoder decoder(
        [&](WatchEvent event) -> Status {
            ++events_seen_;
            if (event.type == WatchEvent::Type::Error) {
                return tl::unexpected<Error>(error_of(*event.object, type_.plural));
            }
            if (event.type == WatchEvent::Type::Bookmark &&
                annotation_of(*event.object, initial_events_end) == "true") {
                complete_at = resource_version_of(*event.object);
                return failure(ErrorCode::Cancelled, "the initial events are complete");
            }
            keep_initial(event);
            return {};
        },
        [this](const SkippedEvent& event) { skip(event.object, event.bytes); });
    const auto feed = [&](std::string_view bytes) { return decoder.feed(bytes); };
    const Status outcome = api_.watch(type_, options, feed, stop);
    if (complete_at.empty()) {
        initial_.clear();
        const bool refused = !outcome && outcome.error().code == ErrorCode::InvalidInput;
        const bool silent = !outcome && outcome.error().code == ErrorCode::Timeout;
        // A connection that was refused says nothing of the streaming list; one that began and did
        // not come to its end does (a proxy in between that cuts long answers).
        if (outcome || events_seen_ > 0) {
            ++unfinished_streams_;
        }
        if (refused || silent || unfinished_streams_ >= unfinished_streams_max) {
            fall_back(outcome ? "the stream ended early" : outcome.error().message);
            return sync_by_list();
        }
        return outcome ? failure(ErrorCode::Unavailable, "the streaming list ended early")
                       : outcome;
    }
    std::vector<Object> objects;
    for (auto& [key, object] : initial_) {
        objects.push_back(std::move(object));
    }
    initial_.clear();
    resource_version_ = complete_at;
    listed_ = true;
    tell(store_.replace_all(std::move(objects), complete_at));
    return {};
}

void Reflector::keep_initial(const WatchEvent& event) {
    using Type = WatchEvent::Type;
    if (event.type == Type::Added || event.type == Type::Modified) {
        if (prepare(*event.object)) {
            initial_[key_of(*event.object)] = event.object;
        }
    } else if (event.type == Type::Deleted) {
        initial_.erase(key_of(*event.object));
    }
}

Status Reflector::sync_by_list() {
    ListOptions options;
    options.name_space = options_.name_space;
    options.label_selector = options_.label_selector;
    options.field_selector = options_.field_selector;
    options.resource_version = exact_list_next_            ? ""
                               : resource_version_.empty() ? "0"
                                                           : resource_version_;
    ++counters_.lists;
    auto list = api_.list(type_, options);
    if (!list) {
        const auto code = list.error().code;
        const bool in_pages_only = code == ErrorCode::TooLarge; // which only an exact list is given
        if (!exact_list_next_ &&
            (code == ErrorCode::Gone || code == ErrorCode::Timeout || in_pages_only)) {
            exact_list_next_ = true; // expired, or newer than this server knows
            return sync_by_list();
        }
        return tl::unexpected<Error>(std::move(list).error());
    }
    std::vector<Object> kept;
    kept.reserve(list->items.size());
    for (auto& object : list->items) {
        auto trimmed = std::make_shared<Json>(*object);
        object.reset(); // not two of each at a time
        if (prepare(*trimmed)) {
            kept.push_back(std::move(trimmed));
        }
    }
    exact_list_next_ = false;
    resource_version_ = list->resource_version;
    listed_ = true;
    tell(store_.replace_all(std::move(kept), resource_version_));
    return {};
}

Status Reflector::follow(std::stop_token stop) {
    ++counters_.watches;
    WatchDecoder decoder(
        [this](WatchEvent event) {
            ++events_seen_;
            return apply(event);
        },
        [this](const SkippedEvent& event) { skip(event.object, event.bytes); });
    const auto feed = [&](std::string_view bytes) { return decoder.feed(bytes); };
    Status outcome = api_.watch(type_, watch_options(), feed, stop);
    if (!outcome && outcome.error().code == ErrorCode::Gone) {
        listed_ = false;
        exact_list_next_ = true;
        log_info("the watched version has expired; listing again", {{"resource", type_.plural}});
        return {};
    }
    return outcome;
}

Status Reflector::apply(const WatchEvent& event) {
    using Type = WatchEvent::Type;
    switch (event.type) {
    case Type::Error:
        return tl::unexpected<Error>(error_of(*event.object, type_.plural));
    case Type::Unknown:
        log_warning("unknown kind of watch event", {{"resource", type_.plural}});
        return {};
    case Type::Bookmark:
        resource_version_ = resource_version_of(*event.object);
        store_.set_resource_version(resource_version_);
        return {};
    case Type::Added:
    case Type::Modified:
        resource_version_ = resource_version_of(*event.object);
        if (prepare(*event.object)) {
            tell(store_.put(event.object));
        }
        return {};
    case Type::Deleted:
        resource_version_ = resource_version_of(*event.object);
        (void)prepare(*event.object); // what goes may be of any size
        tell(store_.remove(event.object));
        return {};
    }
    return {};
}

bool Reflector::prepare(Json& object) {
    drop_unread_metadata(object);
    drop_large_annotations(object);
    if (options_.trim) {
        options_.trim(object);
    }
    const std::size_t bytes = bytes_held_by(object);
    if (bytes <= options_.object_bytes_max) {
        return true;
    }
    skip(key_of(object).text(), bytes);
    return false;
}

void Reflector::skip(const std::string& object, std::size_t bytes) {
    ++counters_.skipped;
    log_error("an object is too large to be cached; what is known of it is not kept up to date "
              "until it is smaller",
              {{"resource", type_.plural}, {"object", object}, {"bytes", std::to_string(bytes)}});
}

void Reflector::tell(const std::vector<Change>& changes) {
    for (const auto& change : changes) {
        handler_(change);
    }
}

} // namespace pedigree::k8s
