#include "base/send_all.h"

#include <cerrno>
#include <cstring>
#include <string>

#include <sys/socket.h>

namespace pedigree {

Status send_all(int socket, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t count = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count <= 0) {
            return failure(ErrorCode::Unavailable,
                           std::string("the other side has gone: ") + std::strerror(errno));
        }
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return {};
}

} // namespace pedigree
