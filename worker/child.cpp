#include "worker/child.h"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <new>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <sys/resource.h>
#include <unistd.h>

#include "base/caught.h"
#include "worker/confinement.h"
#include "worker/failure.h"
#include "worker/system_calls.h"
#include "worker/work.h"

namespace pedigree::worker {
namespace {

namespace work = records::work;

Result<std::string> read_standard_input() {
    std::string text;
    std::array<char, 64 * 1024> buffer;
    for (;;) {
        const ssize_t count = ::read(STDIN_FILENO, buffer.data(), buffer.size());
        if (count <= 0) {
            return text;
        }
        text.append(buffer.data(), static_cast<std::size_t>(count));
        if (text.size() > work::line_bytes_max) {
            return failure(ErrorCode::TooLarge, fmt::format("the request is larger than {} MiB",
                                                            work::line_bytes_max >> 20));
        }
    }
}

// The outcome as JSON, whatever the kind.
template <typename Input, typename Outcome>
Result<Json> do_work(const Json& document, Result<Input> (*decode)(const Json&),
                     Result<Outcome> (*act)(const Input&, const WorkPlace&),
                     const WorkPlace& place) {
    TRY(const Input input, decode(document));
    TRY(const Outcome outcome, act(input, place));
    return work::to_json(outcome);
}

Result<Json> dispatch(const Json& frame, WorkPlace place) {
    TRY(const work::WorkRequest request, work::request_from(frame));
    TRY(place.egress, EgressPolicy::from(request.egress));
    const Json& input = at_path(frame, {"input"});
    // What begins with git gives this up when the source is there (open_source).
    if (request.kind != work::WorkKind::ResolveSource &&
        request.kind != work::WorkKind::BuildImage) {
        TRY(forbid_programs());
    }
    switch (request.kind) {
    case work::WorkKind::ResolveSource:
        return do_work(input, work::resolve_source_input_from, resolve_source, place);
    case work::WorkKind::BuildImage:
        return do_work(input, work::build_image_input_from, build_image, place);
    case work::WorkKind::OpenTracker:
        return do_work(input, work::open_tracker_input_from, open_tracker, place);
    case work::WorkKind::CloseTracker:
        return do_work(input, work::close_tracker_input_from, close_tracker, place);
    case work::WorkKind::FetchObject:
        return work::is_part(input)
                   ? do_work(input, work::fetch_part_input_from, fetch_part, place)
                   : do_work(input, work::fetch_object_input_from, fetch_object, place);
    case work::WorkKind::PutObject:
        return do_work(input, work::put_object_input_from, put_object, place);
    }
    return failure(ErrorCode::Internal, "unknown kind of work");
}

void write_frame(const std::string& line) {
    std::fwrite(line.data(), 1, line.size(), stdout);
    std::fflush(stdout);
}

Result<Json> answer(const WorkPlace& place) {
    TRY(confine(place.scratch, place.cache));
    TRY(const std::string text, read_standard_input());
    TRY(const Json frame, parse_json(text, {.bytes_max = work::line_bytes_max}));
    return dispatch(frame, place);
}

// The share is a limit of this process, which the relay has set.
Error explained(Error error) {
    rlimit share{};
    if (error.reason == memory_exceeded && ::getrlimit(RLIMIT_DATA, &share) == 0) {
        error.message = fmt::format("{}: it needs more memory than its share of the worker, "
                                    "{} MiB; give the worker's container more, or fewer "
                                    "pieces of work at once (--children-max)",
                                    error.message, share.rlim_cur >> 20);
    }
    return error;
}

// Where memory ends while an exception unwinds, as in the destructor of a large document, nothing
// can be caught any more: what is to be said then stands ready from the start.
std::string exhausted_frame;
bool exhausted = false;

[[noreturn]] void note_exhaustion() {
    exhausted = true;
    throw std::bad_alloc();
}

[[noreturn]] void end_exhausted() {
    if (exhausted) {
        write_frame(exhausted_frame);
        ::_exit(0);
    }
    std::abort();
}

void prepare_for_exhaustion() {
    const Status none = caught([]() -> Status { throw std::bad_alloc(); });
    exhausted_frame = work::encode_failure(work_failure(explained(none.error())));
    std::set_new_handler(note_exhaustion);
    std::set_terminate(end_exhausted);
}

} // namespace

int run_child(const std::filesystem::path& scratch, const std::filesystem::path& cache) {
    WorkPlace place;
    place.scratch = scratch;
    place.cache = cache;
    place.progress = [](const work::Progress& progress) {
        write_frame(work::encode_progress(progress));
    };
    prepare_for_exhaustion();
    const auto written = caught([&]() -> Status {
        const Result<Json> outcome = caught([&] { return answer(place); });
        write_frame(outcome ? work::encode_outcome(*outcome)
                            : work::encode_failure(work_failure(explained(outcome.error()))));
        return {};
    });
    return written ? 0 : 1;
}

} // namespace pedigree::worker
