#pragma once
// Listener: the socket that a server listens on and the thread ("http-io") on which everything
// happens that waits for a socket. Accepting goes on when descriptors run out, after a pause.
//
//     TRY(auto listener, Listener::bind(options));
//     listener->run([&](Accepted accepted) { ... });   // on the io thread
//     listener->post([] { ... });                      // from any thread, on the io thread
//     listener->end();                                 // what was posted before it is still done

#include <functional>
#include <memory>
#include <string>

#include "net/http_server.h"

namespace boost::asio {
class io_context;
}

namespace pedigree::net {

struct Accepted {
    int descriptor = -1;      // of a connected socket; the receiver's to close
    std::string peer_address; // numeric; empty on a unix socket
};

class Listener {
  public:
    // Unavailable: the address is taken, or not ours.
    static Result<std::unique_ptr<Listener>> bind(const HttpServerOptions& options);
    ~Listener(); // end()

    std::uint16_t port() const; // 0 for a unix socket
    boost::asio::io_context& io();

    void run(std::function<void(Accepted)> accepted);
    void post(std::function<void()> work);
    void stop_accepting(); // io thread
    void end();            // joins the thread; not called by it

  private:
    struct Sockets;
    explicit Listener(std::unique_ptr<Sockets> sockets);
    std::unique_ptr<Sockets> sockets_;
};

} // namespace pedigree::net
