#pragma once
// Who is calling, and may they: TokenReview and SubjectAccessReview. A thin pair of calls on an
// Api; the API server decides, nothing is cached here.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/secret.h"
#include "k8s/api.h"

namespace pedigree::k8s {

struct UserInfo {
    std::string username;
    std::string uid;
    std::vector<std::string> groups;
    std::map<std::string, std::vector<std::string>> extra;

    // The pod that a projected service account token belongs to; empty: not such a token.
    std::string pod_name() const;
    std::string pod_uid() const;
};

// Unauthorized: the token is not valid for that audience.
Result<UserInfo> review_token(Api& api, const Secret& token, const std::string& audience);

struct AccessQuestion {
    std::string verb;
    std::string group;
    std::string resource;
    std::string subresource;
    std::string name_space; // empty: all
    std::string name;
};

// Forbidden with the server's reason when the user may not.
Status review_access(Api& api, const UserInfo& user, const AccessQuestion& question);

} // namespace pedigree::k8s
