#include "net/redirect.h"

#include <fmt/format.h>

#include "net/url.h"

namespace pedigree::net {
namespace {

bool is_redirect(int status) {
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

Headers without_credentials(const Headers& headers) {
    Headers kept;
    for (const auto& [name, value] : headers) {
        const bool credential = equal_ignoring_case(name, "Authorization") ||
                                equal_ignoring_case(name, "Proxy-Authorization") ||
                                equal_ignoring_case(name, "Cookie") ||
                                equal_ignoring_case(name.substr(0, 6), "x-amz-");
        if (!credential) {
            kept.add(name, value);
        }
    }
    return kept;
}

} // namespace

Result<Response> send_following_redirects(Http& http, Request request, std::stop_token stop) {
    for (int hop = 0; hop <= redirects_max; ++hop) {
        TRY(auto response, http.send(request, stop));
        const auto location = response.headers.find("Location");
        const bool may_follow = request.method == "GET" || request.method == "HEAD";
        if (!is_redirect(response.status) || !location || !may_follow) {
            return response;
        }
        TRY(const auto from, parse_url(request.url));
        TRY(const auto to, join(from, *location));
        if (from.scheme == "https" && to.scheme != "https") {
            return failure(ErrorCode::InvalidInput,
                           fmt::format("{} redirects from https to http, which is not followed",
                                       from.origin()));
        }
        request.url = to.text();
        request.headers = without_credentials(request.headers);
    }
    return failure(ErrorCode::InvalidInput, fmt::format("more than {} redirects", redirects_max));
}

} // namespace pedigree::net
