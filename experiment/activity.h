#pragma once
// Activities: what is slower than an effect, wanted by a row and done by the operator's runner
// (operator/activity). A key is unique within an Experiment and deterministic, so that a restart
// finds what it wanted:
//
//     Change{.wanted = {build_activity}};
//     history.activity(collect_activity(trial, attempt));
//
// In rows, logs and URLs a key is the text "<Kind>/<name>", written by text() and read by parse()
// alone. Pure values; any thread may read the constants.

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/words.h"

namespace pedigree::experiment {

// What is done; how, each file of operator/activity/kinds says for one.
enum class ActivityKind {
    ResolveSource,
    BuildImage,
    CheckImports,
    OpenTracker,
    CloseTracker,
    FetchObject,
};
Words<ActivityKind> words_of(ActivityKind);

struct ActivityKey {
    ActivityKind kind = ActivityKind::ResolveSource;
    std::string name; // what it is done for: "source", "attempt-2-1"; never empty

    auto operator<=>(const ActivityKey&) const = default;

    std::string text() const;
    // Corrupt: no such kind, or no name.
    static Result<ActivityKey> parse(std::string_view text);
};

inline const ActivityKey resolve_activity{ActivityKind::ResolveSource, "source"};
inline const ActivityKey build_activity{ActivityKind::BuildImage, "image"};
inline const ActivityKey imports_activity{ActivityKind::CheckImports, "image"};
// The parent run is opened and closed once more with each extension of a search.
inline const std::string parent_name = "parent";
ActivityKey open_activity(std::int64_t extensions);
ActivityKey close_activity(std::int64_t extensions);

std::string attempt_name(std::int64_t trial, std::int64_t attempt);
ActivityKey collect_activity(std::int64_t trial, std::int64_t attempt);
ActivityKey tell_activity(std::int64_t trial, std::int64_t attempt);

} // namespace pedigree::experiment
