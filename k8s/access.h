#pragma once
// Who is calling, and may they: TokenReview (authentication.k8s.io/v1) and SubjectAccessReview
// (authorization.k8s.io/v1). A thin pair of calls on an Api; the API server decides, nothing is
// cached here, so a token that was revoked, or a right that was taken, counts at the next call.
// Any thread, as the Api.
//
//     TRY(const UserInfo caller, review_token(api, token, "pedigree-operator"));
//     TRY(review_access(api, caller, {"get", records::api_group, "experiments", "", "vision"}));

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

// Unauthorized: the token is not valid for that audience. The audience has to come back in the
// answer: a server that does not look at audiences leaves it out, and then any token would do.
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
