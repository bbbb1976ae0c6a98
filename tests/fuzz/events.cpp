#include "tests/fuzz/targets.h"
#include "trackers/tensorboard/event_run.h"
#include "trackers/tensorboard/record.h"
#include "trackers/tensorboard/session_end.h"

namespace pedigree::fuzz {

namespace tensorboard = trackers::tensorboard;

// As a file; and as one record, which no CRC keeps away.
void events(std::string_view input) {
    tensorboard::EventRun run("logs");
    tensorboard::Room room;
    std::size_t scalars = 0;
    const auto take = [&](std::string_view record) {
        run.take(record, room, [&](const auto&) { ++scalars; });
    };
    std::string_view left = input;
    while (!left.empty()) {
        const auto frame = tensorboard::first_frame(left);
        if (frame.kind == tensorboard::FrameKind::Record) {
            take(frame.record);
            require(tensorboard::framed(frame.record) == left.substr(0, frame.bytes));
        }
        if (frame.bytes == 0 || frame.bytes > left.size()) {
            break;
        }
        left.remove_prefix(frame.bytes);
    }
    take(input);
    const auto observed = run.observed(tensorboard::EventRun::Points::Take);
    std::int64_t count = 0;
    for (const auto& [name, metric] : observed.metrics) {
        require(metric.points.size() <= trackers::series_points_max && !metric.first.empty());
        count += metric.count;
    }
    require(count == static_cast<std::int64_t>(scalars));
    const std::string copy = tensorboard::without_session_end(input);
    require(copy.size() <= input.size() && tensorboard::without_session_end(copy) == copy);
}

} // namespace pedigree::fuzz
