#include "base/stop_signals.h"

#include <csignal>

#include <pthread.h>
#include <unistd.h>

#include "base/log_level.h"

namespace pedigree {

StopSignals::StopSignals(std::optional<int> second_exit_code) {
    sigset_t awaited;
    sigemptyset(&awaited);
    for (const int number : {SIGTERM, SIGINT, SIGUSR1}) {
        sigaddset(&awaited, number);
    }
    ::pthread_sigmask(SIG_BLOCK, &awaited, nullptr);
    ::signal(SIGPIPE, SIG_IGN);
    thread_ = std::jthread([this, awaited, second_exit_code](std::stop_token end) {
        ::pthread_setname_np(::pthread_self(), "signals");
        int number = 0;
        while (::sigwait(&awaited, &number) == 0 && !end.stop_requested()) {
            if (number == SIGUSR1) {
                toggle_debug_log();
            } else if (!stop_.request_stop() && second_exit_code) {
                ::_exit(*second_exit_code);
            }
        }
    });
}

StopSignals::~StopSignals() {
    thread_.request_stop();
    ::pthread_kill(thread_.native_handle(), SIGUSR1); // ends its wait
}

} // namespace pedigree
