#include "launcher/proxy.h"

#include <algorithm>
#include <array>

namespace pedigree::launcher {
namespace {

constexpr std::array names{"HTTP_PROXY",  "http_proxy", "HTTPS_PROXY",
                           "https_proxy", "ALL_PROXY",  "all_proxy"};
constexpr std::array<std::string_view, 2> own{"127.0.0.1", "localhost"};

std::string value_of(const Environment& environment, const std::string& name) {
    const auto found = environment.find(name);
    return found == environment.end() ? "" : found->second;
}

bool excepts(std::string_view list, std::string_view host) {
    while (!list.empty()) {
        const auto end = list.find(',');
        std::string_view entry = list.substr(0, end);
        list.remove_prefix(end == list.npos ? list.size() : end + 1);
        const auto first = entry.find_first_not_of(' ');
        entry = first == entry.npos ? std::string_view()
                                    : entry.substr(first, entry.find_last_not_of(' ') - first + 1);
        if (entry == host || entry == "*") {
            return true;
        }
    }
    return false;
}

std::string with_own(std::string list) {
    for (const std::string_view host : own) {
        if (!excepts(list, host)) {
            list += (list.empty() ? "" : ",") + std::string(host);
        }
    }
    return list;
}

} // namespace

Environment loopback_exceptions(const Environment& environment) {
    const bool proxied = std::any_of(names.begin(), names.end(), [&](const char* name) {
        return !value_of(environment, name).empty();
    });
    Environment exceptions;
    if (!proxied) {
        return exceptions;
    }
    const std::string upper = value_of(environment, "NO_PROXY");
    const std::string lower = value_of(environment, "no_proxy");
    const std::string upper_now = with_own(upper.empty() ? lower : upper);
    const std::string lower_now = with_own(lower.empty() ? upper : lower);
    if (upper_now != upper) {
        exceptions["NO_PROXY"] = upper_now;
    }
    if (lower_now != lower) {
        exceptions["no_proxy"] = lower_now;
    }
    return exceptions;
}

} // namespace pedigree::launcher
