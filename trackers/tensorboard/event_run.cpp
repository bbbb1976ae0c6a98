#include "trackers/tensorboard/event_run.h"

#include "base/text.h"

namespace pedigree::trackers::tensorboard {
namespace {

constexpr std::size_t name_bytes_max = 512;
constexpr std::size_t hparam_bytes_max = 24000;
constexpr std::size_t folder_bytes_max = 1000;

} // namespace

void EventRun::take(std::string_view record, Room& room, const OnScalar& on_scalar) {
    const auto event = read_event(record);
    if (!event) {
        ++room.not_read;
        return;
    }
    if (event->has_graph) {
        ++logged_["graphs"];
    }
    const bool whole = each_value(event->summary, [&](const Value& value) {
        take_value(value, event->step, room, on_scalar);
    });
    room.not_read += whole ? 0 : 1;
}

void EventRun::take_value(const Value& value, std::int64_t step, Room& room,
                          const OnScalar& on_scalar) {
    switch (value.kind) {
    case ValueKind::Scalar:
        add({value.tag, step, value.number}, room, on_scalar);
        break;
    case ValueKind::Tensor:
        if (series_.contains(clean_text(value.tag, name_bytes_max))) {
            add({value.tag, step, value.number}, room, on_scalar);
        } else {
            ++logged_["others"];
        }
        break;
    case ValueKind::SessionStart:
        begin_session(value.content, room);
        break;
    case ValueKind::SessionEnd:
        if (session_ends_++ == 0) {
            status_ = status_of(value.content);
            session_ = true;
        }
        break;
    case ValueKind::Image:
        ++logged_["images"];
        break;
    case ValueKind::Audio:
        ++logged_["audio"];
        break;
    case ValueKind::Histogram:
        ++logged_["histograms"];
        break;
    case ValueKind::Text:
        ++logged_["texts"];
        break;
    case ValueKind::Other:
        ++logged_["others"];
        break;
    }
}

void EventRun::add(const Scalar& scalar, Room& room, const OnScalar& on_scalar) {
    const std::string name = clean_text(scalar.tag, name_bytes_max);
    auto found = series_.find(name);
    if (found == series_.end()) {
        if (room.series >= series_in_all_max) {
            ++room.values_beyond;
            return;
        }
        ++room.series;
        found = series_.emplace(name, MetricSeries(room.series_points)).first;
    }
    room.points -= found->second.points();
    found->second.add(scalar.step, scalar.value);
    room.points += found->second.points();
    on_scalar({name, scalar.step, scalar.value});
}

void EventRun::begin_session(std::string_view content, Room& room) {
    if (session_) {
        return;
    }
    session_ = true;
    const auto take = [&](std::string_view given, const std::optional<std::string>& value) {
        const std::string name = clean_text(given, name_bytes_max);
        const std::string text = clean_text(value.value_or(""), hparam_bytes_max, Lines::Keep);
        const std::size_t bytes = name.size() + text.size();
        if (!value || room.parameter_bytes + bytes > hparam_bytes_in_all_max) {
            ++room.parameters_beyond;
            return;
        }
        room.parameter_bytes += bytes;
        parameters_[name] = text;
    };
    room.not_read += each_parameter(content, take) ? 0 : 1;
}

void EventRun::shrink(Room& room) {
    for (auto& [name, series] : series_) {
        room.points -= series.points();
        series.shrink(room.series_points);
        room.points += series.points();
    }
}

bool EventRun::empty() const {
    return series_.empty() && !session_;
}

std::string EventRun::id() const {
    return clean_text(folder_, folder_bytes_max);
}

records::pod::ObservedRun EventRun::observed(Points points) const {
    records::pod::ObservedRun run;
    run.tracker = "TensorBoard";
    run.run_id = run.name = id();
    run.in_files = true;
    run.status = status_;
    run.parameters = parameters_;
    run.logged = logged_;
    for (const auto& [name, series] : series_) {
        run.metrics[name] = points == Points::Take ? series.whole() : series.summary();
    }
    return run;
}

} // namespace pedigree::trackers::tensorboard
