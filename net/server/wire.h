#pragma once
// Wire: the bytes of one accepted connection, in the clear or under TLS, for the connection that
// owns it. Private to net/server, as all headers here.
//
// Everything happens on the io thread (net/server/listener.h): operations begin there, and `done`
// is called there, once for each. One read and one write may be under way at a time. What is read
// into and what is written from belongs to the caller and has to stay until `done`.
//
// An operation that has not ended when the last limit is over fails with std::errc::timed_out, and
// the wire is closed; whatever else went wrong is the system's or TLS' own code.

#include <chrono>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace boost::asio {
class io_context;
namespace ssl {
class context;
}
} // namespace boost::asio

namespace pedigree::net {

using Done = std::function<void(std::error_code, std::size_t)>;

class Wire {
  public:
    virtual ~Wire() = default;
    virtual void handshake(Done done) = 0; // of TLS; in the clear it is done at once
    virtual void read(std::span<char> room, Done done) = 0;                  // at least one byte
    virtual void write(std::vector<std::string_view> pieces, Done done) = 0; // all of them
    // What is under way or begins from now on has this long, all together.
    virtual void limit(std::chrono::milliseconds time) = 0;
    virtual void end_writing() = 0; // tells the other side that nothing follows
    virtual void close() = 0;
    // Subject CN of a client certificate that the configured CA signed; else empty.
    virtual std::string client_common_name() = 0;
};

// Takes over the descriptor of a connected socket. Without a context the bytes go in the clear.
std::unique_ptr<Wire> make_wire(boost::asio::io_context& io, int descriptor,
                                std::shared_ptr<boost::asio::ssl::context> tls);

} // namespace pedigree::net
