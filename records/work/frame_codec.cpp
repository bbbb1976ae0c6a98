#include <algorithm>

#include <fmt/format.h>

#include "records/fields.h"
#include "records/work/work.h"

namespace pedigree::records::work {
namespace {

std::string line_of(const char* member, Json value) {
    return canonical_json(Json{{member, std::move(value)}}) + "\n";
}

} // namespace

Words<WorkKind> words_of(WorkKind) {
    static constexpr Word<WorkKind> table[] = {
        {WorkKind::ResolveSource, "ResolveSource"}, {WorkKind::BuildImage, "BuildImage"},
        {WorkKind::OpenTracker, "OpenTracker"},     {WorkKind::CloseTracker, "CloseTracker"},
        {WorkKind::FetchObject, "FetchObject"},     {WorkKind::PutObject, "PutObject"},
    };
    return table;
}

std::string sentence(const Progress& progress) {
    return progress.total > 0
               ? fmt::format("{} ({} of {})", progress.message,
                             std::min(progress.done + 1, progress.total), progress.total)
               : progress.message;
}

template <typename Visit, Is<Egress> Self>
void describe(Visit& visit, Self& egress) {
    visit("allowedNetworks", egress.allowed_networks);
    visit("refusedNetworks", egress.refused_networks);
}

template <typename Visit, Is<Progress> Self>
void describe(Visit& visit, Self& progress) {
    visit("stage", progress.stage);
    visit("message", progress.message);
    visit("done", progress.done);
    visit("total", progress.total);
}

template <typename Visit, Is<WorkFailure> Self>
void describe(Visit& visit, Self& problem) {
    visit("class", problem.failure_class);
    visit("reason", problem.reason);
    visit("message", problem.message);
    visit("doubtful", problem.doubtful);
    visit("died", problem.died);
}

template <typename Visit, Is<WorkRequest> Self>
void describe(Visit& visit, Self& request) {
    visit("id", request.id);
    visit("deadlineSeconds", request.deadline_seconds);
    visit("egress", request.egress);
}

Json to_json(const Progress& progress) {
    return encoded(progress);
}
Result<Progress> progress_from(const Json& document) {
    return decoded<Progress>(document);
}

Json to_json(const WorkRequest& request) {
    Json frame = encoded(request);
    frame["kind"] = to_string(request.kind);
    return frame;
}

Result<WorkRequest> request_from(const Json& frame) {
    TRY(WorkRequest request, decoded<WorkRequest>(frame));
    TRY(const std::string word, string_field(frame, "kind"));
    const auto kind = from_word<WorkKind>(word);
    if (!kind) {
        return failure(ErrorCode::InvalidInput, "kind: \"" + word + "\" is no kind of work");
    }
    request.kind = *kind;
    return request;
}

std::string encode_request(const WorkRequest& request, const Json& input) {
    Json frame = to_json(request);
    frame["input"] = input;
    return canonical_json(frame) + "\n";
}
std::string encode_progress(const Progress& progress) {
    return line_of("progress", encoded(progress));
}
std::string encode_outcome(const Json& outcome) {
    return line_of("outcome", outcome);
}
std::string encode_failure(const WorkFailure& problem) {
    return line_of("failure", encoded(problem));
}

Result<Answer> decode_answer(std::string_view line) {
    TRY(const Json frame, parse_json(line, {.bytes_max = line_bytes_max}));
    Answer answer;
    if (const Json& progress = at_path(frame, {"progress"}); !progress.is_null()) {
        TRY(answer.progress, decoded<Progress>(progress));
    } else if (const Json& outcome = at_path(frame, {"outcome"}); !outcome.is_null()) {
        answer.outcome = canonical_json(outcome);
    } else if (const Json& problem = at_path(frame, {"failure"}); !problem.is_null()) {
        TRY(answer.failure, decoded<WorkFailure>(problem));
    } else {
        return failure(ErrorCode::InvalidInput,
                       "a worker's line holds neither progress nor outcome nor failure");
    }
    return answer;
}

} // namespace pedigree::records::work
