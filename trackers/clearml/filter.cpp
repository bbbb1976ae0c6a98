#include "trackers/clearml/filter.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/text.h"

namespace pedigree::trackers::clearml {
namespace {

// Conditions, and what only says how the answer shall look.
constexpr std::array<std::string_view, 22> known_keys = {"id",
                                                         "project",
                                                         "name",
                                                         "status",
                                                         "type",
                                                         "parent",
                                                         "only_fields",
                                                         "page",
                                                         "page_size",
                                                         "order_by",
                                                         "search_hidden",
                                                         "shallow_search",
                                                         "method",
                                                         "size",
                                                         "scroll_id",
                                                         "system_tags",
                                                         "tags",
                                                         "ready",
                                                         "search_text",
                                                         "allow_public",
                                                         "include_stats",
                                                         "exclude_fields"};

// Without what escapes a byte of a regular expression.
std::string unescaped(std::string_view text) {
    std::string out;
    for (std::size_t at = 0; at < text.size(); ++at) {
        at += text[at] == '\\' && at + 1 < text.size() ? 1 : 0;
        out += text[at];
    }
    return out;
}

// "-archived" takes out what no task here is; any other tag chooses.
bool only_excludes(const Json& list) {
    return list.is_null() ||
           (list.is_array() && std::all_of(list.begin(), list.end(), [](const Json& one) {
                return one.is_string() && one.get_ref<const std::string&>().starts_with('-');
            }));
}

std::vector<std::string> one_or_more(const Request& request, std::string_view key) {
    const std::string one = request.text(key);
    return one.empty() ? request.texts(key) : std::vector<std::string>{one};
}

} // namespace

bool Filter::allows(const std::vector<std::string>& list, std::string_view text) {
    return list.empty() || std::find(list.begin(), list.end(), text) != list.end();
}

bool Filter::allows_name(std::string_view text) const {
    std::string_view pattern = name;
    const bool from_start = pattern.starts_with('^');
    pattern.remove_prefix(from_start ? 1 : 0);
    const bool to_end = pattern.ends_with('$') && !pattern.ends_with("\\$");
    pattern.remove_suffix(to_end ? 1 : 0);
    const std::string wanted = unescaped(pattern);
    if (from_start && to_end) {
        return text == wanted;
    }
    return from_start ? text.starts_with(wanted)
           : to_end   ? text.ends_with(wanted)
                      : text.find(wanted) != text.npos;
}

Result<Filter> read_filter(const Request& request) {
    std::string other;
    for (const auto& [key, value] : request.body->items()) {
        const bool known = std::find(known_keys.begin(), known_keys.end(), key) != known_keys.end();
        if (!known && !value.is_null()) {
            other = key;
        }
    }
    for (const char* key : {"system_tags", "tags"}) {
        if (!only_excludes(request.value(key))) {
            other = key;
        }
    }
    if (!other.empty()) {
        return failure(ErrorCode::Forbidden,
                       fmt::format("pedigree: {} by \"{}\" is a ClearML server's to answer, and "
                                   "none stands behind this pod",
                                   request.name, clean_text(other, 80)));
    }
    return Filter{.ids = one_or_more(request, "id"),
                  .projects = one_or_more(request, "project"),
                  .statuses = one_or_more(request, "status"),
                  .types = one_or_more(request, "type"),
                  .parents = one_or_more(request, "parent"),
                  .name = request.text("name")};
}

} // namespace pedigree::trackers::clearml
