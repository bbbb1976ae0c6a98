#include "base/failpoint.h"

#ifdef PEDIGREE_FAILPOINTS

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <string>

#include <fcntl.h>
#include <unistd.h>

namespace pedigree {
namespace {

struct Armed {
    std::string name;
    long countdown = 1;
    const char* once = std::getenv("PEDIGREE_FAILPOINT_ONCE");

    Armed() {
        const char* text = std::getenv("PEDIGREE_FAILPOINT");
        if (text == nullptr) {
            return;
        }
        name = text;
        if (const auto colon = name.find(':'); colon != std::string::npos) {
            countdown = std::atol(name.c_str() + colon + 1);
            name.resize(colon);
        }
    }
};

} // namespace

void failpoint(std::string_view name) {
    static const Armed armed;
    static std::atomic<long> left{armed.countdown};
    if (armed.name.empty() || armed.name != name || left.fetch_sub(1) != 1) {
        return;
    }
    if (armed.once != nullptr) {
        const int file = ::open(armed.once, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0644);
        if (file < 0) {
            return; // it has fired before
        }
        ::close(file);
    }
    ::kill(::getpid(), SIGKILL);
}

} // namespace pedigree

#endif
