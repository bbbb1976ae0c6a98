#pragma once
// What a call to the system says went wrong: "No such file or directory". Any thread.
//
//     return failure(ErrorCode::Unavailable, "cannot open " + name + ": " + errno_text());

#include <cerrno>
#include <string>

namespace pedigree {

// In the C locale's words, since it stands in messages that are compared. `number`: an errno.
std::string errno_text(int number = errno);

} // namespace pedigree
