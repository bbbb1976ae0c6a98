#include "cli/app/signals.h"

#include <csignal>

#include <pthread.h>
#include <unistd.h>

#include "cli/app/exit_code.h"
#include "net/thread_name.h"

namespace pedigree::cli {

namespace {

sigset_t ending_signals() {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    return set;
}

} // namespace

SignalStop::SignalStop() {
    const sigset_t set = ending_signals();
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    // A reader that has gone away (| head) is seen as a failed write instead.
    std::signal(SIGPIPE, SIG_IGN);
    thread_ = std::jthread([this, set](std::stop_token end) {
        net::name_this_thread("signals");
        int number = 0;
        while (sigwait(&set, &number) == 0 && !end.stop_requested()) {
            if (!stop_.request_stop()) {
                ::_exit(static_cast<int>(ExitCode::Interrupted));
            }
        }
    });
}

SignalStop::~SignalStop() {
    thread_.request_stop();
    // Ends its wait.
    pthread_kill(thread_.native_handle(), SIGTERM);
}

} // namespace pedigree::cli
