#pragma once
// Following redirects on purpose: registries and object stores answer a GET of a blob with a
// redirect to another host. Only GET and HEAD, only to the schemes of net/url.h and never from
// https to http; header fields that carry credentials (Authorization, Cookie, Proxy-Authorization
// and X-Amz-*) are dropped at the first hop, even on the same host.

#include <stop_token>

#include "net/http.h"

namespace pedigree::net {

constexpr int redirects_max = 5;

// Sends the request and follows 301, 302, 303, 307, 308. Any other method gets the redirect back as
// the answer. InvalidInput for a redirect that may not be followed.
Result<Response> send_following_redirects(Http& http, Request request, std::stop_token stop);

} // namespace pedigree::net
