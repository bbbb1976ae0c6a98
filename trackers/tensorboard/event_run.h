#pragma once
// EventRun: what the event files of one folder say together, as TensorBoard takes a folder for a
// run: its scalars as series, the hyperparameters and the status of its HParams session, and how
// many images, graphs and the like it logged. The first session of a folder counts, as it does for
// TensorBoard. Values and names are a stranger's: they are cleaned and bounded here, in `room` that
// all runs of a pod share. One thread.

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "trackers/metric_series.h"
#include "trackers/tensorboard/event.h"

namespace pedigree::trackers::tensorboard {

constexpr std::size_t series_in_all_max = 50000;
constexpr std::size_t points_in_all_max = 200000;
constexpr std::size_t hparam_bytes_in_all_max = 4 * 1024 * 1024;

// Of all runs of a pod. When points_in_all_max is reached, series_points goes down by half for all
// of them (EventRun::shrink).
struct Room {
    std::size_t series = 0, points = 0, parameter_bytes = 0;
    std::size_t series_points = series_points_max;
    std::int64_t values_beyond = 0, parameters_beyond = 0, not_read = 0; // left out, to be said

    bool full() const { return points > points_in_all_max && series_points > series_points_min; }
};

class EventRun {
  public:
    explicit EventRun(std::string folder) : folder_(std::move(folder)) {}

    struct Scalar {
        std::string_view tag;
        std::int64_t step = 0;
        double value = 0;
    };
    using OnScalar = std::function<void(const Scalar&)>;
    // A record of a file. Each scalar in it is told, too.
    void take(std::string_view record, Room& room, const OnScalar& on_scalar);
    // Keeps as few points as the room now gives to a series.
    void shrink(Room& room);

    // Nothing but events that no record is of: the folder of HParams' experiment, or of a profile.
    bool empty() const;
    // Of HParams, which other files of the folder may have ended.
    bool has_session() const { return session_; }
    std::int64_t session_ends() const { return session_ends_; } // that its files say
    enum class Points { Leave, Take };
    records::pod::ObservedRun observed(Points points) const;
    std::string id() const; // the folder, as records name it

  private:
    void take_value(const Value& value, std::int64_t step, Room& room, const OnScalar& on_scalar);
    void add(const Scalar& scalar, Room& room, const OnScalar& on_scalar);
    void begin_session(std::string_view content, Room& room);

    std::string folder_;
    std::map<std::string, MetricSeries, std::less<>> series_;
    std::map<std::string, std::string> parameters_;
    std::map<std::string, std::int64_t> logged_; // images, graphs ...: how many
    std::string status_;
    bool session_ = false;
    std::int64_t session_ends_ = 0;
};

} // namespace pedigree::trackers::tensorboard
