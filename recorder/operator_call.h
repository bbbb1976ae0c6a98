#pragma once
// How the recorder speaks to the operator: POST over the operator's own TLS, with the pod's
// projected token. Any thread.

#include <map>
#include <stop_token>
#include <string>

#include "net/http.h"
#include "recorder/settings.h"

namespace pedigree::recorder {

struct OperatorCall {
    std::string path;
    std::string body;                           // JSON
    std::map<std::string, std::string> headers; // more than the usual
    std::string what;                           // for the error: "telling the operator"
};

// An answer that is no 2xx is an error of its code. InvalidInput: the pod knows no operator.
Result<net::Response> call_operator(net::Http& http, const Settings& settings,
                                    const OperatorCall& call, std::stop_token stop);

} // namespace pedigree::recorder
