#include "tests/unit/net/raw_socket.h"

#include <array>
#include <stdexcept>
#include <utility>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace pedigree::net {
namespace {

sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

int checked(int outcome, const char* what) {
    if (outcome < 0) {
        throw std::runtime_error(what);
    }
    return outcome;
}

} // namespace

RawSocket::~RawSocket() {
    if (descriptor_ >= 0) {
        close(descriptor_);
    }
}

RawSocket::RawSocket(RawSocket&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)) {}

RawSocket RawSocket::connect(std::uint16_t port) {
    RawSocket made(checked(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket"));
    const auto address = loopback(port);
    checked(
        ::connect(made.descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address),
        "connect");
    return made;
}

RawSocket RawSocket::listen() {
    RawSocket made(checked(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket"));
    const auto address = loopback(0);
    checked(bind(made.descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address),
            "bind");
    checked(::listen(made.descriptor_, 16), "listen");
    return made;
}

std::uint16_t RawSocket::port() const {
    sockaddr_in address{};
    socklen_t length = sizeof address;
    checked(getsockname(descriptor_, reinterpret_cast<sockaddr*>(&address), &length), "name");
    return ntohs(address.sin_port);
}

RawSocket RawSocket::accept() const {
    return RawSocket(checked(::accept(descriptor_, nullptr, nullptr), "accept"));
}

void RawSocket::send(std::string_view bytes) const {
    while (!bytes.empty()) {
        const auto sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) {
            return; // the other side has closed; what it answered can still be read
        }
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
}

std::string RawSocket::receive_until(std::string_view end) const {
    const timeval limit{5, 0};
    setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    std::string out;
    std::array<char, 4096> piece{};
    while (out.find(end) == std::string::npos) {
        const auto count = recv(descriptor_, piece.data(), piece.size(), 0);
        if (count <= 0) {
            break;
        }
        out.append(piece.data(), static_cast<std::size_t>(count));
    }
    return out;
}

} // namespace pedigree::net
