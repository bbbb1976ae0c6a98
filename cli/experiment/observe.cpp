#include "cli/experiment/observe.h"

#include <algorithm>
#include <map>
#include <optional>

#include <nlohmann/json.hpp>

#include "base/backoff.h"
#include "base/ids.h"
#include "base/pause.h"
#include "cli/experiment/patience.h"
#include "k8s/watch.h"

namespace pedigree::cli {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

class Observer {
  public:
    Observer(const Cluster& cluster, const k8s::ListOptions& selection, const ObserveLimits& limits,
             const ObserveAllHandler& handler, Terminal& terminal)
        : cluster_(cluster), selection_(selection), handler_(handler),
          patience_(cluster, terminal) {
        if (limits.timeout.count() > 0) {
            deadline_ = steady_clock::now() + limits.timeout;
        }
    }

    Status run() {
        Backoff backoff({milliseconds(500), milliseconds(10000), 2.0, 0.2});
        while (true) {
            Status status = list_and_watch();
            if (enough_ || ending_error_) {
                return ending_error_ ? Status(tl::unexpected(*ending_error_)) : Status();
            }
            if (cluster_.stop.stop_requested()) {
                return failure(ErrorCode::Cancelled, "interrupted");
            }
            const bool passes =
                status || status.error().retryable() || status.error().code == ErrorCode::Gone;
            if (!passes) {
                return status;
            }
            if (time_left() <= milliseconds(0)) {
                return failure(ErrorCode::Timeout, "the time is over");
            }
            if (status) {
                backoff.reset();
            }
            pause_for(std::min(backoff.next(random_unit()), time_left()), cluster_.stop);
        }
    }

  private:
    milliseconds time_left() const {
        if (!deadline_) {
            return milliseconds::max();
        }
        return std::chrono::ceil<milliseconds>(*deadline_ - steady_clock::now());
    }

    // A watch that breaks off says nothing about the server; a list that fails does.
    Status list_and_watch() {
        const auto list = cluster_.api.list(experiments, selection_);
        if (!list) {
            if (const Status borne = patience_.bear(list.error()); !borne) {
                ending_error_ = borne.error();
            }
            return {};
        }
        patience_.answered();
        TRY(hand_on_list(*list));
        return enough_ || time_left() <= milliseconds(0) ? Status() : watch(list->resource_version);
    }

    Status hand_on_list(const k8s::ObjectList& list) {
        std::vector<Json> objects;
        auto gone = std::move(known_);
        known_.clear();
        for (const k8s::Object& object : list.items) {
            objects.push_back(*object);
            known_[k8s::key_of(*object)] = *object;
            gone.erase(k8s::key_of(*object));
        }
        for (const auto& [key, object] : gone) { // while nobody watched
            TRY(hand_on({object}, Presence::Deleted));
        }
        return hand_on(objects, Presence::There);
    }

    Status watch(const std::string& resource_version) {
        k8s::WatchDecoder decoder([this](const k8s::WatchEvent& event) { return on_event(event); },
                                  [](const k8s::SkippedEvent&) {}); // too large to be shown
        k8s::WatchOptions options;
        options.name_space = selection_.name_space;
        options.label_selector = selection_.label_selector;
        options.field_selector = selection_.field_selector;
        options.resource_version = resource_version;
        const milliseconds left = std::min<milliseconds>(time_left(), watch_time_max);
        options.timeout =
            std::max(std::chrono::ceil<std::chrono::seconds>(left), std::chrono::seconds(1));
        options.idle = std::min<milliseconds>(watch_idle_max, left + std::chrono::seconds(2));
        return cluster_.api.watch(
            experiments, options,
            [&decoder](std::string_view bytes) { return decoder.feed(bytes); }, cluster_.stop);
    }

    Status on_event(const k8s::WatchEvent& event) {
        switch (event.type) {
        case k8s::WatchEvent::Type::Added:
        case k8s::WatchEvent::Type::Modified:
            known_[k8s::key_of(*event.object)] = *event.object;
            TRY(hand_on({*event.object}, Presence::There));
            break;
        case k8s::WatchEvent::Type::Deleted:
            known_.erase(k8s::key_of(*event.object));
            TRY(hand_on({*event.object}, Presence::Deleted));
            break;
        case k8s::WatchEvent::Type::Error:
            return failure(ErrorCode::Gone, "the watch has expired");
        case k8s::WatchEvent::Type::Bookmark:
        case k8s::WatchEvent::Type::Unknown:
            break;
        }
        // Ends the stream; run() looks at enough_ first.
        return enough_ ? Status(failure(ErrorCode::Cancelled, "seen enough")) : Status();
    }

    Status hand_on(const std::vector<Json>& objects, Presence presence) {
        auto observed = handler_(objects, presence);
        if (!observed) {
            ending_error_ = observed.error();
            return tl::unexpected(observed.error());
        }
        enough_ = *observed == Observed::Enough;
        return {};
    }

    const Cluster& cluster_;
    const k8s::ListOptions& selection_;
    const ObserveAllHandler& handler_;
    Patience patience_;
    std::optional<steady_clock::time_point> deadline_;
    std::map<k8s::ObjectKey, Json> known_; // as they were seen last
    bool enough_ = false;
    std::optional<Error> ending_error_;
};

} // namespace

Status observe_all(const Cluster& cluster, const k8s::ListOptions& selection,
                   const ObserveLimits& limits, const ObserveAllHandler& handler,
                   Terminal& terminal) {
    return Observer(cluster, selection, limits, handler, terminal).run();
}

Status observe(const Cluster& cluster, const std::string& name, const ObserveLimits& limits,
               const ObserveHandler& handler, Terminal& terminal) {
    k8s::ListOptions selection;
    selection.name_space = cluster.name_space;
    selection.field_selector = "metadata.name=" + name;
    const auto of_one = [&](const std::vector<Json>& objects, Presence presence) {
        if (objects.empty() || presence == Presence::Deleted) {
            return handler(nullptr);
        }
        const Experiment experiment = experiment_from(objects.front());
        return handler(&experiment);
    };
    Status status = observe_all(cluster, selection, limits, of_one, terminal);
    if (!status && status.error().code == ErrorCode::Timeout) {
        status.error().message =
            "experiment " + cluster.name_space + "/" + name + ": " + status.error().message;
    }
    return status;
}

} // namespace pedigree::cli
