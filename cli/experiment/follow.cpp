#include "cli/experiment/follow.h"

#include <algorithm>
#include <thread>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/pause.h"
#include "base/sync.h"
#include "cli/app/read_api.h"
#include "cli/app/time_text.h"
#include "cli/experiment/observe.h"
#include "cli/experiment/training.h"
#include "net/thread_name.h"
#include "net/url.h"

namespace pedigree::cli {

std::string FollowLines::next(const Experiment& experiment, std::chrono::seconds elapsed,
                              bool in_colour) {
    const std::string search = experiment.search_text();
    const bool is_step =
        experiment.phase != phase_ || experiment.reason != reason_ || search != search_;
    const bool is_word = experiment.message != message_;
    const bool is_quiet = !interactive_ && elapsed - shown_at_ < quiet_time;
    if (experiment.phase.empty() || (!is_step && (!is_word || is_quiet))) {
        return "";
    }
    phase_ = experiment.phase;
    reason_ = experiment.reason;
    message_ = experiment.message;
    search_ = search;
    shown_at_ = elapsed;
    std::string line = fmt::format("{:>7}  {}", age_text(elapsed),
                                   coloured(printable(phase_), colour_of_phase(phase_), in_colour));
    if (!reason_.empty() && reason_ != phase_) {
        line += "  " + printable(reason_);
    }
    if (!message_.empty()) {
        line += "  " + printable(message_);
    }
    if (!search_.empty()) {
        line += "  " + printable(search_);
    }
    return line + "\n";
}

std::string FollowLines::next_training(const std::string& text, std::chrono::seconds elapsed) {
    const bool is_quiet = !interactive_ && elapsed - shown_at_ < quiet_time;
    if (text.empty() || text == training_ || is_quiet) {
        return "";
    }
    training_ = text;
    shown_at_ = elapsed;
    return fmt::format("{:>7}  {}\n", age_text(elapsed), printable(text));
}

namespace {

constexpr std::chrono::milliseconds training_period{2000};
constexpr std::size_t progress_bytes_max = 1024 * 1024;

void say_end(const Experiment& experiment, std::chrono::seconds elapsed, Terminal& terminal) {
    const std::string& name = experiment.key.name;
    terminal.err << fmt::format("experiment {} {} after {}\n", name,
                                experiment.succeeded() ? "succeeded" : "did not succeed",
                                age_text(elapsed));
    terminal.err << (experiment.succeeded()
                         ? fmt::format("  next: pedigree {} exp/{}\n",
                                       experiment.progress.empty() ? "trace" : "trials", name)
                         : fmt::format("  next: pedigree describe {0}, and pedigree logs {0}\n",
                                       name));
}

// The progress of the Experiment as the read API tells it; null while it does not.
Json read_progress(const std::string& name, const Cluster& cluster, std::stop_token stop) {
    std::string text;
    const Status status = cluster.stream(
        lineage_path(cluster, "progress/" + net::percent_encode(name)),
        [&](std::string_view bytes) -> Status {
            text += bytes;
            return text.size() <= progress_bytes_max
                       ? Status()
                       : Status(failure(ErrorCode::TooLarge, "progress is too large"));
        },
        stop);
    return status ? parse_json(text).value_or(Json()) : Json();
}

// Writes the lines of one Experiment; the watch and the thread "training" share it.
class Follower {
  public:
    Follower(const std::string& name, const Cluster& cluster, Terminal& terminal)
        : name_(name), cluster_(cluster), terminal_(terminal), since_(cluster.clock.now()),
          lines_(FollowLines(terminal.err_interactive)) {}

    Result<Observed> look(const Experiment* experiment) {
        if (experiment == nullptr) {
            return failure(ErrorCode::NotFound,
                           fmt::format("experiment {}/{} was deleted while it was followed; its "
                                       "record stays: pedigree trace exp/{}",
                                       cluster_.name_space, name_, name_));
        }
        auto lines = lines_.lock();
        since_ = experiment->created.value_or(since_);
        terminal_.err << lines->next(*experiment, elapsed(), terminal_.err_coloured) << std::flush;
        if (!experiment->finished()) {
            return Observed::GoOn;
        }
        code_ = experiment->succeeded() ? ExitCode::Ok : ExitCode::Failed;
        say_end(*experiment, elapsed(), terminal_);
        return Observed::Enough;
    }

    // Until the token stops: what the training says, while there is one.
    void tell_training(std::stop_token stop) {
        net::name_this_thread("training");
        while (pause_for(training_period, stop)) {
            if (!lines_.lock()->is_training()) {
                continue;
            }
            const std::string text = training_text(read_progress(name_, cluster_, stop));
            auto lines = lines_.lock();
            if (!stop.stop_requested()) {
                terminal_.err << lines->next_training(text, elapsed()) << std::flush;
            }
        }
    }

    ExitCode code() const { return code_; }

  private:
    std::chrono::seconds elapsed() const {
        const Instant now = std::max(cluster_.clock.now(), since_);
        return std::chrono::duration_cast<std::chrono::seconds>(now - since_);
    }

    const std::string& name_;
    const Cluster& cluster_;
    Terminal& terminal_;
    Instant since_; // with lines_ held, like the terminal
    Sync<FollowLines> lines_;
    ExitCode code_ = ExitCode::Ok;
};

} // namespace

Result<ExitCode> follow(const std::string& name, const Cluster& cluster, Terminal& terminal) {
    Follower follower(name, cluster, terminal);
    std::jthread training([&](std::stop_token stop) { follower.tell_training(stop); });
    const Status status = observe(
        cluster, name, {}, [&](const Experiment* experiment) { return follower.look(experiment); },
        terminal);
    training.request_stop();
    training.join();
    if (!status && status.error().code == ErrorCode::Cancelled) {
        terminal.err << fmt::format(
            "\nexperiment {} goes on; follow it again: pedigree logs -f {} or "
            "pedigree wait {}; end it: pedigree cancel {}\n",
            name, name, name, name);
        return ExitCode::Interrupted;
    }
    TRY(status);
    return follower.code();
}

} // namespace pedigree::cli
