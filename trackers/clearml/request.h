#pragma once
// Request: a call of ClearML's SDK to its API server, {base}/api/v2.23/<service>.<action> with a
// JSON object as its body (auth.login has no version and no body), by GET or by POST. What comes
// back has ClearML's envelope, also when it is refused; the SDK raises what is refused, or logs it,
// and goes on:
//
//     {"meta": {"id", "trx", "endpoint": {"name", "requested_version", "actual_version"},
//               "result_code": 400, "result_subcode": 101, "result_msg", "error_stack": "",
//               "error_data": {}},
//      "data": {..}}
//
// Codes: apiserver/apierrors/errors.conf of ClearML's server. Pure.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"

namespace pedigree::trackers::clearml {

struct Request {
    std::string name;                 // "tasks.create"
    std::string version;              // "2.23", "" where the path has none
    std::shared_ptr<const Json> body; // an object

    const Json& value(std::string_view key) const;
    std::string text(std::string_view key) const; // "" where it is no text
    // Of a list: those that are texts.
    std::vector<std::string> texts(std::string_view key) const;
};

// "/api/v2.23/tasks.create" as its name and version; a name is letters, digits, "_" and one dot.
// NotFound: no such path.
Result<Request> read_path(std::string_view path);
// Its body; "" is an empty object. InvalidInput: no JSON object.
Status read_body(Request& request, std::string_view body);

std::string success_text(const Request& request, const Json& data);
std::string error_text(const Request& request, const Error& error);

// A JSON web token that the SDK takes for one; it decodes it and does not verify it. Says which API
// we speak, and that it never expires.
std::string login_token(std::string_view user);

} // namespace pedigree::trackers::clearml
