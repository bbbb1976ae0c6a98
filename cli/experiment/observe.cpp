#include "cli/experiment/observe.h"

#include <algorithm>

#include <fmt/format.h>
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
    Observer(const Cluster& cluster, const std::string& name, const ObserveLimits& limits,
             const ObserveHandler& handler, Terminal& terminal)
        : cluster_(cluster), key_{cluster.name_space, name}, handler_(handler),
          patience_(cluster, terminal) {
        if (limits.timeout.count() > 0) {
            deadline_ = steady_clock::now() + limits.timeout;
        }
    }

    Status run() {
        Backoff backoff({milliseconds(500), milliseconds(10000), 2.0, 0.2});
        while (true) {
            Status status = look_and_watch();
            if (enough_ || ending_error_) {
                return ending_error_ ? Status(tl::unexpected(*ending_error_)) : Status();
            }
            if (cluster_.stop.stop_requested()) {
                return failure(ErrorCode::Cancelled, "interrupted");
            }
            if (!status && !status.error().retryable() && status.error().code != ErrorCode::Gone) {
                return status;
            }
            if (time_left() <= milliseconds(0)) {
                return failure(ErrorCode::Timeout,
                               fmt::format("experiment {}: the time is over", key_.text()));
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

    // One read, then a watch from there until it ends.
    Status look_and_watch() {
        auto object = cluster_.api.get(experiments, key_);
        if (!object && object.error().code != ErrorCode::NotFound) {
            return bear(object.error());
        }
        patience_.answered();
        if (!object) {
            return hand_on(nullptr);
        }
        const Experiment experiment = experiment_from(*object);
        TRY(hand_on(&experiment));
        if (enough_ || time_left() <= milliseconds(0)) {
            return {};
        }
        return watch(k8s::resource_version_of(*object));
    }

    // A watch that breaks off says nothing about the server; a read that fails does.
    Status bear(const Error& error) {
        if (const Status borne = patience_.bear(error); !borne) {
            ending_error_ = borne.error();
        }
        return {};
    }

    Status watch(const std::string& resource_version) {
        // One that is too large is not shown; what follows is.
        k8s::WatchDecoder decoder([this](const k8s::WatchEvent& event) { return on_event(event); },
                                  [](const k8s::SkippedEvent&) {});
        k8s::WatchOptions options;
        options.name_space = key_.name_space;
        options.field_selector = "metadata.name=" + key_.name;
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
        case k8s::WatchEvent::Type::Modified: {
            const Experiment experiment = experiment_from(*event.object);
            TRY(hand_on(&experiment));
            break;
        }
        case k8s::WatchEvent::Type::Deleted:
            TRY(hand_on(nullptr));
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

    Status hand_on(const Experiment* experiment) {
        auto observed = handler_(experiment);
        if (!observed) {
            ending_error_ = observed.error();
            return tl::unexpected(observed.error());
        }
        enough_ = *observed == Observed::Enough;
        return {};
    }

    const Cluster& cluster_;
    const k8s::ObjectKey key_;
    const ObserveHandler& handler_;
    Patience patience_;
    std::optional<steady_clock::time_point> deadline_;
    bool enough_ = false;
    std::optional<Error> ending_error_;
};

} // namespace

Status observe(const Cluster& cluster, const std::string& name, const ObserveLimits& limits,
               const ObserveHandler& handler, Terminal& terminal) {
    return Observer(cluster, name, limits, handler, terminal).run();
}

} // namespace pedigree::cli
