#include "k8s/access.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace pedigree::k8s {
namespace {

constexpr ResourceType token_reviews{"authentication.k8s.io", "v1", "tokenreviews", "TokenReview",
                                     Scope::Cluster};
constexpr ResourceType access_reviews{"authorization.k8s.io", "v1", "subjectaccessreviews",
                                      "SubjectAccessReview", Scope::Cluster};

std::vector<std::string> strings_of(const Json& list) {
    std::vector<std::string> out;
    if (list.is_array()) {
        for (const auto& item : list) {
            if (item.is_string()) {
                out.push_back(item.get<std::string>());
            }
        }
    }
    return out;
}

std::string only_value(const UserInfo& user, const std::string& name) {
    const auto found = user.extra.find(name);
    return found == user.extra.end() || found->second.empty() ? "" : found->second.front();
}

} // namespace

std::string UserInfo::pod_name() const {
    return only_value(*this, "authentication.kubernetes.io/pod-name");
}

std::string UserInfo::pod_uid() const {
    return only_value(*this, "authentication.kubernetes.io/pod-uid");
}

Result<UserInfo> review_token(Api& api, const Secret& token, const std::string& audience) {
    const Json review{{"apiVersion", token_reviews.api_version()},
                      {"kind", token_reviews.kind},
                      {"spec", {{"token", token.reveal()}, {"audiences", {audience}}}}};
    TRY(const auto answer, api.create(token_reviews, review));
    const Json& status = at_path(answer, {"status"});
    if (!bool_or(status, "authenticated")) {
        return failure(ErrorCode::Unauthorized, "the token is not valid; get a fresh one");
    }
    // A server that knows no audiences would leave the list out; then the token proves too little.
    const auto audiences = strings_of(at_path(status, {"audiences"}));
    if (std::find(audiences.begin(), audiences.end(), audience) == audiences.end()) {
        return failure(ErrorCode::Unauthorized,
                       fmt::format("the token is not meant for the audience {}", audience));
    }
    const Json& user = at_path(status, {"user"});
    UserInfo out{string_or(user, "username"),
                 string_or(user, "uid"),
                 strings_of(at_path(user, {"groups"})),
                 {}};
    const Json& extra = at_path(user, {"extra"});
    if (extra.is_object()) {
        for (const auto& [name, values] : extra.items()) {
            out.extra[name] = strings_of(values);
        }
    }
    return out;
}

Status review_access(Api& api, const UserInfo& user, const AccessQuestion& question) {
    Json spec{{"user", user.username},
              {"groups", user.groups},
              {"resourceAttributes",
               {{"verb", question.verb},
                {"group", question.group},
                {"resource", question.resource},
                {"subresource", question.subresource},
                {"namespace", question.name_space},
                {"name", question.name}}}};
    if (!user.uid.empty()) {
        spec["uid"] = user.uid;
    }
    if (!user.extra.empty()) {
        spec["extra"] = user.extra;
    }
    TRY(const auto answer, api.create(access_reviews, {{"apiVersion", access_reviews.api_version()},
                                                       {"kind", access_reviews.kind},
                                                       {"spec", std::move(spec)}}));
    const Json& status = at_path(answer, {"status"});
    if (bool_or(status, "allowed")) {
        return {};
    }
    return failure(ErrorCode::Forbidden,
                   fmt::format("{} may not {} {} in namespace \"{}\" {:.200}", user.username,
                               question.verb, question.resource, question.name_space,
                               string_or(status, "reason")));
}

} // namespace pedigree::k8s
