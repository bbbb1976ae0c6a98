#include "recorder/ending.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <optional>
#include <thread>

#include "base/clock.h"
#include "base/log.h"
#include "base/pause.h"
#include "base/untrusted_folder.h"
#include "net/thread_name.h"
#include "recorder/conclude.h"
#include "recorder/outputs.h"
#include "records/pod/config.h"
#include "records/pod/paths.h"

namespace pedigree::recorder {
namespace {

using namespace std::chrono_literals;
namespace pod = records::pod;

constexpr auto look_every = 250ms;

constexpr auto touch_every = 1s; // of the sign that the launcher looks for

// Requests a stop when nothing has moved for `still`, or all has taken too long, so that what
// blocks gives up and the rest can be written.
class Deadline {
  public:
    Deadline(const Movement& movement, std::chrono::milliseconds still, std::stop_token terminated,
             std::function<void()> moved)
        : timer_([this, &movement, still, terminated = std::move(terminated),
                  moved = std::move(moved)](std::stop_token cancelled) {
              net::name_this_thread("deadline");
              watch(movement, still, terminated, moved, cancelled);
          }) {}
    std::stop_token token() const { return source_.get_token(); }

  private:
    using Time = Movement::Time;

    void watch(const Movement& movement, std::chrono::milliseconds still,
               const std::stop_token& terminated, const std::function<void()>& moved,
               const std::stop_token& cancelled) {
        const Time begin = std::chrono::steady_clock::now();
        const std::chrono::milliseconds most = std::max<std::chrono::milliseconds>(
            still, std::chrono::seconds(pod::drain_moving_seconds_max));
        std::optional<Time> end; // since the kubelet's signal
        Time touched = begin;
        for (;;) {
            const Time last = std::max(begin, movement.last());
            if (terminated.stop_requested() && !end) {
                end = std::chrono::steady_clock::now() + still;
            }
            if (moved && last >= touched + touch_every) {
                touched = last;
                moved();
            }
            const Time until =
                std::min(end.value_or(Time::max()), std::min(last + still, begin + most));
            const auto left = std::chrono::ceil<std::chrono::milliseconds>(
                until - std::chrono::steady_clock::now());
            if (left <= 0ms) {
                source_.request_stop();
                return;
            }
            if (!pause_for(std::min<std::chrono::milliseconds>(left, look_every), cancelled)) {
                return;
            }
        }
    }

    std::stop_source source_;
    std::jthread timer_;
};

void wait_until_delivered(PendingAppends& pending, Movement& movement, std::stop_token stop) {
    std::size_t left = pending.size();
    while (!pending.empty() && pause_for(look_every, stop)) {
        if (const std::size_t now = pending.size(); now < left) {
            left = now;
            movement.note();
        }
    }
}

} // namespace

Status Ending::conclude() {
    const Settings& settings = parts_.settings;
    // A tenth of the time is kept for the bundle itself.
    const std::chrono::milliseconds drain = std::chrono::seconds(settings.config.drain_seconds);
    TRY(const auto exchange, UntrustedFolder::open(settings.places.exchange()));
    const auto moved = [&exchange] { (void)exchange.touch(pod::draining_file_name); };
    const Deadline work_deadline(parts_.movement, drain * 9 / 10, parts_.terminated, moved);
    const Deadline last_deadline(parts_.movement, drain, parts_.terminated, {});
    report_ = report_text(settings.places).value_or("");
    wait_until_delivered(parts_.pending, parts_.movement, work_deadline.token());
    Conclusion conclusion;
    conclusion.log_complete = parts_.shipper.ship(Segments::All, work_deadline.token()).has_value();
    parts_.followers.finish(work_deadline.token(), [&] { parts_.movement.note(); });
    conclusion.followed = parts_.followers.runs();
    conclusion.outputs = upload_outputs(parts_.store, settings, work_deadline.token());
    conclusion.report = read_report(settings.places).value_or(pod::LauncherReport{});
    parts_.followers.command_ended(conclusion.report.exit_code);
    add_followed_files(conclusion.outputs, work_deadline.token());
    parts_.key.wait(work_deadline.token());
    conclusion.appends_left = parts_.pending.size();
    notes_ = parts_.notebook.notes();
    auto bundle = parts_.notebook.look([&](const Observations& seen) {
        return make_bundle(settings, seen, std::move(conclusion), to_text(SystemClock().now()));
    });
    const auto termination = put_bundle(parts_.store, settings, std::move(bundle),
                                        parts_.key.known(), last_deadline.token());
    write_termination(settings.places, termination);
    TRY(exchange.touch(pod::drained_file_name));
    log_info("the record is complete",
             {{"bundle", termination.bundle_digest}, {"problem", termination.message}});
    return {};
}

void Ending::add_followed_files(UploadedOutputs& outputs, std::stop_token stop) const {
    const std::string started_at =
        parts_.notebook.look([](const Observations& seen) { return seen.started_at; });
    UploadedOutputs files = parts_.followers.upload(parts_.store, started_at, std::move(stop));
    std::move(files.artifacts.begin(), files.artifacts.end(),
              std::back_inserter(outputs.artifacts));
    std::move(files.gaps.begin(), files.gaps.end(), std::back_inserter(outputs.gaps));
    outputs.complete = outputs.complete && files.complete;
}

bool Ending::outdated() const {
    return parts_.notebook.notes() != notes_ ||
           report_text(parts_.settings.places).value_or("") != report_;
}

} // namespace pedigree::recorder
