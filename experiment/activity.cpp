#include "experiment/activity.h"

namespace pedigree::experiment {
namespace {

std::string numbered(const std::string& name, std::int64_t extensions) {
    return extensions == 0 ? name : name + "-" + std::to_string(extensions);
}

} // namespace

Words<ActivityKind> words_of(ActivityKind) {
    static constexpr Word<ActivityKind> table[] = {
        {ActivityKind::ResolveSource, "ResolveSource"}, {ActivityKind::BuildImage, "BuildImage"},
        {ActivityKind::CheckImports, "CheckImports"},   {ActivityKind::OpenTracker, "OpenTracker"},
        {ActivityKind::CloseTracker, "CloseTracker"},   {ActivityKind::FetchObject, "FetchObject"},
    };
    return table;
}

std::string ActivityKey::text() const {
    return std::string(to_string(kind)) + "/" + name;
}

Result<ActivityKey> ActivityKey::parse(std::string_view text) {
    const std::size_t slash = text.find('/');
    const auto kind = from_word<ActivityKind>(text.substr(0, slash));
    if (!kind || slash == std::string_view::npos || slash + 1 == text.size()) {
        return failure(ErrorCode::Corrupt, "no activity is called \"" + std::string(text) + "\"");
    }
    return ActivityKey{*kind, std::string(text.substr(slash + 1))};
}

ActivityKey open_activity(std::int64_t extensions) {
    return {ActivityKind::OpenTracker, numbered("mlflow", extensions)};
}

ActivityKey close_activity(std::int64_t extensions) {
    return {ActivityKind::CloseTracker, numbered(parent_name, extensions)};
}

std::string attempt_name(std::int64_t trial, std::int64_t attempt) {
    return "attempt-" + std::to_string(trial) + "-" + std::to_string(attempt);
}

ActivityKey collect_activity(std::int64_t trial, std::int64_t attempt) {
    return {ActivityKind::FetchObject, attempt_name(trial, attempt)};
}

ActivityKey tell_activity(std::int64_t trial, std::int64_t attempt) {
    return {ActivityKind::CloseTracker, attempt_name(trial, attempt)};
}

} // namespace pedigree::experiment
