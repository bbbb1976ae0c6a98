#pragma once
// RequestReader: takes requests out of the bytes of one connection, one after the other (RFC 9112),
// under the limits of a head and of a body. Holds what arrived too early for the next request. Does
// no input itself: the connection puts bytes into room() and says how many came.
//
//     reader.begin();                                     // a new request
//     wire.read(reader.room(8192), ...); reader.received(count);
//     reader.read_head()                                  // Incomplete: more bytes are needed
//     reader.request(); reader.read_body(buffer);         // 0 and not body_complete(): more
//
// Belongs to whoever has the connection in hand; no thread of its own.

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "net/http_server.h"

namespace pedigree::net {

// The answer to a request that cannot be taken.
struct Refusal {
    int status = 400;
    std::string why;
};

struct RequestLimits {
    std::uint32_t header_bytes_max = 0;
    std::uint64_t body_bytes_max = 0;
};

class RequestReader {
  public:
    explicit RequestReader(RequestLimits limits);
    ~RequestReader();

    void begin();
    // Where the next bytes go: at least `bytes` long, valid until the next call.
    std::span<char> room(std::size_t bytes);
    void received(std::size_t bytes);
    bool has_bytes() const; // that were received and belong to nothing yet
    void drop_bytes();
    void shrink(std::size_t bytes_max); // gives memory back that only a large request needed

    enum class Head { Incomplete, Complete, Refused };
    Head read_head();
    const Refusal& refusal() const { return refusal_; } // of Head::Refused

    // Once the head is complete.
    ServerRequest request() const; // without what the connection knows: peer, client's name
    bool keeps_alive() const;
    bool is_old_client() const; // HTTP/1.0: knows no chunks

    // Body bytes out of what was received; 0: more are needed, or body_complete(). TooLarge,
    // InvalidInput.
    Result<std::size_t> read_body(std::span<char> buffer);
    bool body_complete() const;

  private:
    struct Parsing;
    const RequestLimits limits_;
    std::unique_ptr<Parsing> parsing_;
    Refusal refusal_;
};

} // namespace pedigree::net
