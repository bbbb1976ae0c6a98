#include "base/send_all.h"

#include <cerrno>
#include <string>

#include <sys/socket.h>

#include "base/errno_text.h"

namespace pedigree {

Status send_all(int socket, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t count = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count <= 0) {
            return failure(ErrorCode::Unavailable,
                           std::string("the other side has gone: ") + errno_text());
        }
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return {};
}

} // namespace pedigree
