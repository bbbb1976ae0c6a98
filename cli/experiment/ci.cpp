#include "cli/experiment/ci.h"

#include <algorithm>
#include <cctype>

#include <nlohmann/json.hpp>

#include "base/json.h"
#include "base/text.h"

namespace pedigree::cli {

namespace {

constexpr std::size_t ci_value_bytes_max = 256; // a branch's name may be longer
constexpr std::size_t commit_digits_count = 40;

bool is_whole_commit(std::string_view text) {
    return text.size() == commit_digits_count &&
           text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

// "git.example.com/vision/mnist" of any form of the same.
std::string place_of(std::string_view url) {
    if (const auto scheme = url.find("://"); scheme != std::string_view::npos) {
        url.remove_prefix(scheme + 3);
    }
    const std::string_view authority = url.substr(0, url.find('/'));
    std::string_view path = url.substr(authority.size());
    std::string host(authority.substr(authority.find('@') + 1)); // npos + 1 is 0
    host.resize(std::min(host.find(':'), host.size()));
    std::transform(host.begin(), host.end(), host.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    while (path.ends_with('/')) {
        path.remove_suffix(1);
    }
    if (path.ends_with(".git")) {
        path.remove_suffix(4);
    }
    return host + std::string(path);
}

} // namespace

Result<CiJob> ci_job_from(const Variables& variables) {
    if (variables("GITLAB_CI") != "true") {
        return failure(
            ErrorCode::InvalidInput,
            "--ci is for a job of GitLab CI, and GITLAB_CI is not set here; leave it out");
    }
    CiJob job{variables("CI_COMMIT_SHA"), variables("CI_PROJECT_URL"), ""};
    if (!is_whole_commit(job.commit)) {
        return failure(ErrorCode::InvalidInput,
                       "CI_COMMIT_SHA is \"" + job.commit + "\", and no commit of 40 hex digits");
    }
    constexpr std::pair<const char*, const char*> told[] = {
        {"project", "CI_PROJECT_PATH"},
        {"ref", "CI_COMMIT_REF_NAME"},
        {"commit", "CI_COMMIT_SHA"},
        {"pipeline", "CI_PIPELINE_URL"},
        {"job", "CI_JOB_URL"},
        {"user", "GITLAB_USER_LOGIN"},
        {"mergeRequest", "CI_MERGE_REQUEST_IID"}};
    Json trigger{{"system", "GitLab"}};
    for (const auto& [name, variable] : told) {
        if (const std::string value = variables(variable); !value.empty()) {
            trigger[name] = clean_text(value, ci_value_bytes_max);
        }
    }
    job.trigger = canonical_json(trigger);
    return job;
}

bool is_same_repository(std::string_view one, std::string_view other) {
    return place_of(one) == place_of(other);
}

} // namespace pedigree::cli
