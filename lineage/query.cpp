#include "lineage/query.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/digest.h"

namespace pedigree::lineage {
namespace {

constexpr std::size_t query_bytes_max = 512;

bool is_hex(std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

tl::unexpected<Error> not_a_query(std::string_view text) {
    return failure(ErrorCode::InvalidInput,
                   fmt::format("\"{}\" cannot be traced; ask for exp/NAME, sha256:<64 hex>, "
                               "image:sha256:<64 hex>, commit:<40 hex>, attempt:UID or run:ID",
                               text.substr(0, 80)));
}

Result<Query> digest_query(QueryKind kind, std::string_view text, std::string_view digest) {
    if (!digest.starts_with("sha256:") || digest.size() != 71 || !is_hex(digest.substr(7))) {
        return not_a_query(text);
    }
    return Query{kind, std::string(digest)};
}

Result<Query> commit_query(std::string_view text, std::string_view hex) {
    if (!is_hex(hex) || (hex.size() != 40 && hex.size() != 64)) {
        return not_a_query(text);
    }
    return Query{QueryKind::Commit, (hex.size() == 40 ? "sha1:" : "sha256:") + std::string(hex)};
}

} // namespace

Words<Direction> words_of(Direction) {
    static constexpr Word<Direction> table[] = {{Direction::Ancestors, "Causes"},
                                                {Direction::Descendants, "Effects"}};
    return table;
}

Result<Query> parse_query(std::string_view text) {
    const auto rest_after = [&](std::string_view prefix) -> std::optional<std::string_view> {
        return text.starts_with(prefix) && text.size() > prefix.size()
                   ? std::optional(text.substr(prefix.size()))
                   : std::nullopt;
    };
    if (text.size() > query_bytes_max || text.find('\0') != std::string_view::npos) {
        return not_a_query(text);
    }
    if (text.starts_with("sha256:")) {
        return digest_query(QueryKind::Bytes, text, text);
    }
    if (const auto rest = rest_after("image:")) {
        return digest_query(QueryKind::Image, text, *rest);
    }
    if (const auto rest = rest_after("commit:")) {
        return commit_query(text, *rest);
    }
    // The API server takes a slash in a path for a subresource, so the command line writes a colon.
    for (const std::string_view prefix : {"exp/", "exp:"}) {
        if (const auto rest = rest_after(prefix)) {
            return Query{QueryKind::Experiment, std::string(*rest)};
        }
    }
    if (const auto rest = rest_after("attempt:")) {
        return Query{QueryKind::Attempt, std::string(*rest)};
    }
    if (const auto rest = rest_after("run:")) {
        return Query{QueryKind::Run, std::string(*rest)};
    }
    if (text.empty() || text.find_first_of("/ ") != std::string_view::npos) {
        return not_a_query(text);
    }
    return Query{QueryKind::Act, std::string(text)};
}

} // namespace pedigree::lineage
