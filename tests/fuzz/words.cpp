// What a user or a git server says about a source: refs, URLs, paths, git's own words.
#include <algorithm>

#include "base/text.h"
#include "source/git_failure.h"
#include "source/path_rules.h"
#include "source/ref.h"
#include "source/signature.h"
#include "source/ssh_configuration.h"
#include "tests/fuzz/targets.h"

namespace pedigree::fuzz {

void words(std::string_view input) {
    using namespace source;
    if (check_ref(input)) {
        require(!input.starts_with('-') && input.find("..") == input.npos &&
                input.find_first_of(" \n:") == input.npos);
    }
    if (check_subdirectory(input) || check_path(input, 1024)) {
        require(!input.starts_with('/') && input != "..");
    }
    (void)check_commit(input);
    (void)symlink_stays_inside("a/b", input);
    (void)is_lfs_pointer(input);
    require(signature_kind(input).size() <= 8);
    require(valid_utf8(valid_utf8(input)) == valid_utf8(input));
    const Error error = git_failure(input, "https://g/x.git", "main");
    require(!error.reason.empty() && error.message.size() < 500);
    if (const auto url = parse_ssh_url(input)) {
        const auto again = parse_ssh_url(url->text());
        require(again && again->text() == url->text());
        // Nothing of it can become a second line, or an option.
        const std::string text = ssh_configuration_text(*url, {"192.0.2.1", "/k", "/h"});
        const std::string plain =
            ssh_configuration_text({"git", "h", 22, "/x"}, {"192.0.2.1", "/k", "/h"});
        require(std::count(text.begin(), text.end(), '\n') ==
                std::count(plain.begin(), plain.end(), '\n'));
        require(!url->host.starts_with('-') && !url->user.starts_with('-'));
    }
}

} // namespace pedigree::fuzz
