#include "recorder/healthy.h"

#include <cerrno>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/errno_text.h"

namespace pedigree::recorder {

Status healthy(std::uint16_t port) {
    const int connection = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int outcome =
        ::connect(connection, reinterpret_cast<const sockaddr*>(&address), sizeof address);
    const int problem = errno;
    ::close(connection);
    if (outcome != 0) {
        return failure(ErrorCode::Unavailable,
                       "127.0.0.1:" + std::to_string(port) + ": " + errno_text(problem));
    }
    return {};
}

} // namespace pedigree::recorder
