#pragma once
// A TCP connection or listener on 127.0.0.1 without any HTTP in it, for tests of what a
// well-behaved client or server never does.

#include <cstdint>
#include <string>
#include <string_view>

namespace pedigree::net {

class RawSocket {
  public:
    explicit RawSocket(int descriptor) : descriptor_(descriptor) {}
    ~RawSocket();
    RawSocket(RawSocket&& other) noexcept;
    RawSocket& operator=(RawSocket&&) = delete;

    static RawSocket connect(std::uint16_t port);
    static RawSocket listen();

    std::uint16_t port() const;
    RawSocket accept() const;
    void send(std::string_view bytes) const;
    // Until `end` was seen or the other side closed; at most five seconds between bytes.
    std::string receive_until(std::string_view end) const;
    std::string receive_all() const { return receive_until(std::string_view("\0never", 6)); }

  private:
    int descriptor_;
};

} // namespace pedigree::net
