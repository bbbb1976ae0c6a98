#pragma once
// Sends all bytes to a connected stream socket, blocking as long as the other side reads slowly.
// Unavailable when it has gone; never SIGPIPE. One thread at a time for one socket.

#include <string_view>

#include "base/result.h"

namespace pedigree {

Status send_all(int socket, std::string_view bytes);

} // namespace pedigree
