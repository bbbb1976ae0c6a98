#include "source/gitmodules.h"

#include <algorithm>

#include "net/url.h"
#include "source/path_rules.h"
#include "source/ssh_url.h"
#include "source/tree.h"

namespace pedigree::source {
namespace {

tl::unexpected<Error> refused(std::string why) {
    return failure(ErrorCode::InvalidInput, "SubmoduleRefused", std::move(why));
}

struct Entry {
    std::string path, url;
};

// "submodule.NAME.path", where a name may hold dots: the name, if the key is the asked one.
std::string_view name_in(std::string_view key, std::string_view variable) {
    constexpr std::string_view section = "submodule.";
    if (!key.starts_with(section) || !key.ends_with(variable) ||
        key.size() <= section.size() + variable.size()) {
        return {};
    }
    return key.substr(section.size(), key.size() - section.size() - variable.size());
}

bool is_relative(std::string_view url) {
    return url.starts_with("./") || url.starts_with("../");
}

// The superproject's URL is whole, so that what stands before its path's slash is scheme and host.
Result<std::string> continued(std::string base, std::string_view written) {
    const auto scheme = base.find("://");
    const auto root = scheme == base.npos ? base.npos : base.find('/', scheme + 3);
    if (root == base.npos) {
        return refused("its URL is relative, and the URL of the repository above is not known");
    }
    while (base.ends_with('/')) {
        base.pop_back();
    }
    while (is_relative(written)) {
        const bool up = written.starts_with("../");
        written.remove_prefix(up ? 3 : 2);
        if (up && base.size() <= root) {
            return refused("its URL leads above the host of the repository above");
        }
        if (up) {
            base.resize(base.rfind('/'));
        }
    }
    if (written.empty() || written == "." || written == "..") {
        return refused("its URL in .gitmodules names no repository");
    }
    return base + "/" + std::string(written);
}

} // namespace

Result<SubmoduleUrls> submodule_urls(std::string_view listing) {
    std::map<std::string, Entry, std::less<>> entries; // by name
    while (!listing.empty()) {
        const std::string_view one = listing.substr(0, listing.find('\0'));
        listing.remove_prefix(std::min(one.size() + 1, listing.size()));
        const std::string_view key = one.substr(0, one.find('\n'));
        const std::string value(one.substr(std::min(key.size() + 1, one.size())));
        if (const auto name = name_in(key, ".path"); !name.empty()) {
            entries[std::string(name)].path = value;
        } else if (const auto of = name_in(key, ".url"); !of.empty()) {
            entries[std::string(of)].url = value;
        }
    }
    SubmoduleUrls urls;
    for (const auto& [name, entry] : entries) {
        if (entry.path.empty()) {
            continue; // git knows no submodule by it
        }
        if (Status plain = check_path(entry.path, TreeLimits().path_bytes_max); !plain) {
            return refused(".gitmodules: " + plain.error().message);
        }
        if (!urls.emplace(entry.path, entry.url).second) {
            return refused(".gitmodules names " + entry.path + " twice");
        }
    }
    return urls;
}

Result<std::string> submodule_url(const std::string& superproject, const std::string& written) {
    std::string whole = written;
    if (is_relative(written)) {
        TRY(whole, continued(superproject, written));
    }
    if (is_ssh_url(whole)) {
        const auto ssh = parse_ssh_url(whole);
        return ssh ? Result<std::string>(ssh->text())
                   : refused("its URL in .gitmodules is no ssh://LOGIN@HOST/PATH");
    }
    // The words of the parser speak of the URL of an Experiment; and a URL that is refused is not
    // repeated, since it may hold a password.
    const auto url = net::parse_url(whole);
    if (!url || url->scheme != "https" || !url->query.empty() || url->path == "/") {
        return refused("its URL in .gitmodules is neither https://HOST/PATH without user "
                       "information and query nor ssh://LOGIN@HOST/PATH nor relative");
    }
    return url->text();
}

} // namespace pedigree::source
