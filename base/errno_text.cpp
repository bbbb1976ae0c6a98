#include "base/errno_text.h"

#include <cstring>

namespace pedigree {

// strerror may keep its text in a buffer that threads share. glibc's strerrordesc_np gives its
// own text, which nothing translates, and nothing for a number that it does not know.
std::string errno_text(int number) {
    const char* known = ::strerrordesc_np(number);
    return known != nullptr ? known : "error " + std::to_string(number);
}

} // namespace pedigree
