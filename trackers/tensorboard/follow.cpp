#include "trackers/tensorboard/follow.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <set>

#include <fmt/format.h>

#include "base/clock.h"
#include "base/text.h"
#include "trackers/find_files.h"
#include "trackers/tensorboard/event_file.h"
#include "trackers/tensorboard/event_run.h"
#include "trackers/tensorboard/session_end.h"

namespace pedigree::trackers::tensorboard {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
using records::pod::ObservedGap;
using records::pod::ObservedRun;

// A search takes at most a fiftieth of the time.
constexpr auto search_every_min = 1s;
constexpr auto search_every_max = 60s;
constexpr int search_share = 50;
constexpr std::int64_t looks_between_max = 16;
constexpr std::size_t files_named_max = 20;
constexpr std::size_t path_bytes_max = 200;

// TensorBoard takes each file for one whose name holds this, wherever it lies.
constexpr WantedFiles event_files = {
    [](std::string_view name) { return name.find("tfevents") != name.npos; }, event_files_max,
    "event files"};

std::string folder_of(const std::string& path) {
    const std::size_t end = path.rfind('/');
    return end == std::string::npos ? "." : path.substr(0, end);
}

// A file, and how often it is looked at: each time while it grows, then every second, fourth ...
struct Followed {
    explicit Followed(const std::string& path) : file(path) {}
    EventFile file;
    bool ends_session = false;
    std::int64_t looks_between = 1, next_look = 0;
};

// Whether it is kept with the script's own end of a session.
bool is_too_large_to_end(const Followed& followed) {
    return followed.ends_session && followed.file.bytes() > ended_file_bytes_max;
}

// What an event file is without the end that the script gave its session.
Result<std::string> copy_of(const UntrustedFolder& workspace, const std::string& path) {
    TRY(const OpenFile file, workspace.file(path));
    TRY(const std::string bytes, file.text(static_cast<std::size_t>(ended_file_bytes_max)));
    return without_session_end(bytes);
}

class EventFollower final : public Follower {
  public:
    explicit EventFollower(FollowOptions options) : options_(std::move(options)) {}

    bool look(const UntrustedFolder& workspace, const FollowNews& news,
              std::stop_token stop) override {
        ++looks_;
        if (Clock::now() >= next_search_) {
            search(workspace, stop);
        }
        std::set<std::string> changed;
        std::int64_t room = look_bytes_max;
        bool more = false;
        for (auto& [path, followed] : files_) {
            if (looks_ < followed.next_look) {
                continue;
            }
            const auto read = read_on(workspace, followed, room, news, stop);
            if (read.bytes > 0) {
                changed.insert(folder_of(path));
            }
            room -= read.bytes;
            more = more || read.more;
        }
        for (const std::string& folder : changed) {
            if (const EventRun& run = runs_.at(folder); !run.empty()) {
                news.run(run.observed(EventRun::Points::Leave));
            }
        }
        return more;
    }

    void finish() override {
        next_search_ = {};
        for (auto& [path, followed] : files_) {
            followed.next_look = 0;
        }
    }

    std::vector<ObservedRun> runs() const override {
        std::vector<ObservedRun> all;
        for (const auto& [folder, run] : runs_) {
            if (!run.empty()) {
                all.push_back(run.observed(EventRun::Points::Take));
            }
        }
        return all;
    }

    void command_ended(std::int64_t exit_code) override {
        status_ = exit_code == 0 ? SessionStatus::Success : SessionStatus::Failure;
        ended_at_ = SystemClock().now();
    }
    std::vector<FollowedFile> files() const override;

    std::vector<ObservedGap> gaps() const override;

  private:
    void search(const UntrustedFolder& workspace, std::stop_token stop) {
        const auto begin = Clock::now();
        const FoundFiles found = find_files(workspace, event_files, std::move(stop));
        left_out_ = found.left_out;
        for (const std::string& path : found.paths) {
            if (files_.size() < event_files_max || files_.contains(path)) {
                files_.try_emplace(path, path);
                runs_.try_emplace(folder_of(path), folder_of(path));
            }
        }
        const auto end = Clock::now();
        next_search_ = end + std::clamp<Clock::duration>((end - begin) * search_share,
                                                         search_every_min, search_every_max);
    }

    EventFile::Progress read_on(const UntrustedFolder& workspace, Followed& followed,
                                std::int64_t bytes_max, const FollowNews& news,
                                std::stop_token stop) {
        EventRun& run = runs_.at(folder_of(followed.file.path()));
        const auto on_scalar = [&](const EventRun::Scalar& scalar) {
            if (!options_.objective_metric.empty() && scalar.tag == options_.objective_metric) {
                news.objective(scalar.step, MetricValue(scalar.value));
            }
        };
        const auto take = [&](std::string_view record) {
            const std::int64_t ends_before = run.session_ends();
            run.take(record, room_, on_scalar);
            followed.ends_session = followed.ends_session || run.session_ends() > ends_before;
            while (room_.full()) {
                room_.series_points = std::max(room_.series_points / 2, series_points_min);
                for (auto& [folder, each] : runs_) {
                    each.shrink(room_);
                }
            }
        };
        const auto read = followed.file.read(workspace, bytes_max, take, std::move(stop));
        followed.looks_between =
            read.bytes > 0 ? 1 : std::min(followed.looks_between * 2, looks_between_max);
        followed.next_look = read.more ? 0 : looks_ + followed.looks_between;
        return read;
    }

    FollowOptions options_;
    std::map<std::string, Followed> files_; // by path
    std::map<std::string, EventRun> runs_;  // by folder
    Room room_;
    SessionStatus status_ = SessionStatus::Failure;
    Instant ended_at_;
    std::string left_out_;
    std::int64_t looks_ = 0;
    Clock::time_point next_search_{};
};

std::vector<FollowedFile> EventFollower::files() const {
    std::vector<FollowedFile> all;
    for (const auto& [path, followed] : files_) {
        const EventRun& run = runs_.at(folder_of(path));
        FollowedFile file{path, run.id(), run.empty() ? "" : run.id()};
        if (followed.ends_session && !is_too_large_to_end(followed)) {
            file.content = [of = path](const UntrustedFolder& workspace) {
                return copy_of(workspace, of);
            };
        }
        all.push_back(std::move(file));
    }
    const double seconds = std::chrono::duration<double>(ended_at_.time_since_epoch()).count();
    for (const auto& [folder, run] : runs_) {
        const std::string path = (folder == "." ? "" : folder + "/") + session_end_name;
        if (run.has_session() && !files_.contains(path)) {
            all.push_back({path, run.id(), run.id(), [this, seconds](const UntrustedFolder&) {
                               return Result<std::string>(session_end_file(status_, seconds));
                           }});
        }
    }
    return all;
}

std::vector<ObservedGap> EventFollower::gaps() const {
    std::vector<ObservedGap> all;
    const auto add = [&](const std::string& sentence) {
        all.push_back({"NotSeenByRecorder", sentence});
    };
    std::size_t with_gaps = 0;
    for (const auto& [path, followed] : files_) {
        const std::string missing = followed.file.what_is_missing();
        if (!missing.empty() && ++with_gaps <= files_named_max) {
            add(fmt::format("event file {}: {}", clean_text(path, path_bytes_max), missing));
        }
    }
    const auto too_large = std::count_if(files_.begin(), files_.end(), [](const auto& each) {
        return is_too_large_to_end(each.second);
    });
    if (too_large > 0) {
        add(fmt::format("{} event files are larger than {} bytes and hold the end of an HParams "
                        "session: for TensorBoard it ended as the script said there",
                        too_large, ended_file_bytes_max));
    }
    if (with_gaps > files_named_max) {
        add(fmt::format("{} more event files were not read as a whole",
                        with_gaps - files_named_max));
    }
    if (!left_out_.empty()) {
        add("event files were not searched for everywhere below the working directory: " +
            left_out_);
    }
    for (const auto& [count, what] :
         {std::pair{room_.values_beyond, "values of further metrics in event files"},
          {room_.parameters_beyond, "hyperparameters in event files"}}) {
        if (count > 0) {
            add(fmt::format("{} {} are more than a record holds, or no single value, and do not "
                            "stand in it",
                            count, what));
        }
    }
    if (room_.not_read > 0) {
        add(fmt::format("{} records of event files are no events", room_.not_read));
    }
    return all;
}

} // namespace

std::unique_ptr<Follower> follow(const FollowOptions& options) {
    return std::make_unique<EventFollower>(options);
}

} // namespace pedigree::trackers::tensorboard
