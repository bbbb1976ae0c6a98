#include "recorder/ending.h"

#include <thread>

#include "base/clock.h"
#include "base/log.h"
#include "base/pause.h"
#include "base/untrusted_folder.h"
#include "net/thread_name.h"
#include "recorder/conclude.h"
#include "recorder/outputs.h"
#include "records/pod/paths.h"

namespace pedigree::recorder {
namespace {

using namespace std::chrono_literals;

constexpr auto look_every = 250ms;

// Requests a stop when the time is over, so that what blocks gives up and the rest can be written.
class Deadline {
  public:
    explicit Deadline(std::chrono::milliseconds time)
        : timer_([this, time](std::stop_token cancelled) {
              net::name_this_thread("deadline");
              if (pause_for(time, cancelled)) {
                  source_.request_stop();
              }
          }) {}
    std::stop_token token() const { return source_.get_token(); }

  private:
    std::stop_source source_;
    std::jthread timer_;
};

void wait_until_delivered(PendingAppends& pending, std::stop_token stop) {
    while (!pending.empty() && pause_for(look_every, stop)) {
    }
}

} // namespace

Status Ending::conclude() {
    const Settings& settings = parts_.settings;
    // A tenth of the time is kept for the bundle itself.
    const std::chrono::milliseconds drain = std::chrono::seconds(settings.config.drain_seconds);
    const Deadline work_deadline(drain * 9 / 10);
    const Deadline last_deadline(drain);
    report_ = report_text(settings.places).value_or("");
    wait_until_delivered(parts_.pending, work_deadline.token());
    Conclusion conclusion;
    conclusion.log_complete = parts_.shipper.ship(Segments::All, work_deadline.token()).has_value();
    conclusion.outputs = upload_outputs(parts_.store, settings, work_deadline.token());
    parts_.key.wait(work_deadline.token());
    conclusion.report = read_report(settings.places).value_or(records::pod::LauncherReport{});
    conclusion.appends_left = parts_.pending.size();
    notes_ = parts_.notebook.notes();
    auto bundle = parts_.notebook.look([&](const Observations& seen) {
        return make_bundle(settings, seen, std::move(conclusion), to_text(SystemClock().now()));
    });
    const auto termination = put_bundle(parts_.store, settings, std::move(bundle),
                                        parts_.key.known(), last_deadline.token());
    write_termination(settings.places, termination);
    TRY(const auto exchange, UntrustedFolder::open(settings.places.exchange()));
    TRY(exchange.touch(records::pod::drained_file_name));
    log_info("the record is complete",
             {{"bundle", termination.bundle_digest}, {"problem", termination.message}});
    return {};
}

bool Ending::outdated() const {
    return parts_.notebook.notes() != notes_ ||
           report_text(parts_.settings.places).value_or("") != report_;
}

} // namespace pedigree::recorder
