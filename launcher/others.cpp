#include "launcher/others.h"

#include <csignal>
#include <fstream>

#include <unistd.h>

namespace pedigree::launcher {

void kill_others() {
    if (::getpid() == 1) {
        ::kill(-1, SIGKILL); // all of this PID namespace but the caller
        return;
    }
    std::ifstream children("/proc/thread-self/children"); // the launcher has one thread
    for (pid_t child = 0; children >> child;) {
        ::kill(child, SIGKILL);
    }
}

} // namespace pedigree::launcher
