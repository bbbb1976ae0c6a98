#include "cli/lineage/pages.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/app/read_api.h"

namespace pedigree::cli {

Result<Json> read_pages(const Cluster& cluster, std::string_view list, std::string_view what) {
    const std::string limited = fmt::format(
        "{}{}limit={}", list, list.find('?') == std::string_view::npos ? '?' : '&', page_items);
    Json answer;
    std::string before;
    for (int page = 0; page < pages_max; ++page) {
        TRY(Json part, read_lineage(cluster, limited + before, what));
        const bool more = bool_or(part, "truncated") && part.contains("next");
        before = fmt::format("&before={}", integer_or(part, "next"));
        if (answer.is_null()) {
            answer = std::move(part);
        } else {
            for (Json& item : part["items"]) {
                answer["items"].push_back(std::move(item));
            }
            answer["truncated"] = part["truncated"];
        }
        if (!more) {
            break;
        }
    }
    return answer;
}

} // namespace pedigree::cli
