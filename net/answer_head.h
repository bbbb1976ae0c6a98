#pragma once
// The text of an answer's head, as the server writes it: status line, header fields, framing (RFC
// 9112 sections 4 to 6). The framing is the server's alone: were the handler's own Content-Length
// sent beside it, two readers of the connection could see two different answers (section 11.2,
// response splitting and smuggling). Reads the clock for the field Date; else pure.

#include <cstdint>
#include <optional>
#include <string>

#include "net/http.h"

namespace pedigree::net {

enum class AfterAnswer { KeepAlive, Close };

enum class AnswerBody {
    Sized,      // Content-Length
    Chunked,    // Transfer-Encoding
    UntilClose, // for HTTP/1.0 clients, when the length is not known
    None,       // 204, 304: no body, no length
};

struct AnswerFraming {
    AnswerBody body = AnswerBody::Sized;
    std::uint64_t body_bytes = 0; // Sized
    AfterAnswer after = AfterAnswer::KeepAlive;
};

// Fields with CR, LF or NUL and the caller's own framing fields are left out. Ends with the empty
// line; the body follows.
std::string answer_head(const Response& response, const AnswerFraming& framing);

} // namespace pedigree::net
