#include "worker/server.h"

#include <array>
#include <cstring>
#include <list>
#include <thread>

#include <fmt/format.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "base/caught.h"
#include "base/descriptor.h"
#include "base/errno_text.h"
#include "base/log.h"
#include "base/sync.h"
#include "net/thread_name.h"
#include "worker/confinement.h"
#include "worker/file_reach.h"

namespace pedigree::worker {
namespace {

Result<Descriptor> listen_on(const std::filesystem::path& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.string().size() >= sizeof address.sun_path) {
        return failure(ErrorCode::InvalidInput,
                       fmt::format("the socket's path {} is too long", path.string()));
    }
    std::strcpy(address.sun_path, path.c_str());
    ::unlink(path.c_str());
    Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const mode_t before = ::umask(0177);
    const int bound = ::bind(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address);
    ::umask(before);
    if (bound != 0 || ::listen(socket.get(), 64) != 0) {
        return failure(ErrorCode::Unavailable,
                       fmt::format("cannot listen on {}: {}", path.string(), errno_text()));
    }
    return socket;
}

// The relays that run; each wakes the accepting thread when it is done.
class Relays {
  public:
    explicit Relays(const ServerOptions& options)
        : options_(options), done_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}
    ~Relays() {
        for (Slot& slot : slots_) {
            slot.thread.request_stop();
        }
    }

    bool full() const { return slots_.size() >= options_.children_max; }
    int done_descriptor() const { return done_.get(); }

    void start(Descriptor client) {
        Slot& slot = slots_.emplace_back();
        slot.thread = std::jthread([this, &slot, held = std::move(client)](std::stop_token stop) {
            net::name_this_thread("relay");
            if (const auto done = caught([&]() -> Status {
                    relay(held.get(), options_.relay, stop);
                    return {};
                });
                !done) {
                log_error("a relay ended", {{"problem", done.error().message}});
            }
            slot.finished = true;
            ::eventfd_write(done_.get(), 1);
        });
    }
    void collect() {
        eventfd_t ignored = 0;
        ::eventfd_read(done_.get(), &ignored);
        slots_.remove_if([](const Slot& slot) { return slot.finished.load(); });
    }

  private:
    struct Slot {
        std::atomic<bool> finished = false;
        std::jthread thread;
    };
    const ServerOptions& options_;
    Descriptor done_;
    std::list<Slot> slots_; // last, so that the threads end before what they use
};

void remove_leftovers(const std::filesystem::path& scratch) {
    std::error_code ignored;
    std::filesystem::create_directories(scratch, ignored);
    for (const auto& entry : std::filesystem::directory_iterator(scratch, ignored)) {
        if (entry.path().filename().string().starts_with("work-")) {
            std::filesystem::remove_all(entry.path(), ignored);
        }
    }
}

} // namespace

Status serve(const ServerOptions& options, std::stop_token stop) {
    const Descriptor stopped(::eventfd(0, EFD_CLOEXEC));
    const std::stop_callback wake(stop, [&] { ::eventfd_write(stopped.get(), 1); });
    hide_from_processes();
    remove_leftovers(options.relay.scratch);
    std::error_code ignored;
    std::filesystem::create_directories(options.relay.cache, ignored);
    TRY(const Descriptor socket, listen_on(options.socket));
    const int landlock = landlock_version();
    log_info("listening", {{"socket", options.socket.string()},
                           {"child_memory_bytes", std::to_string(options.relay.child_memory_bytes)},
                           {"landlock", landlock > 0 ? std::to_string(landlock) : "absent"}});
    if (landlock == 0) {
        log_warning("children are not kept from other files: this kernel or the pod's seccomp "
                    "profile has no Landlock");
    }
    Relays relays(options);
    for (;;) {
        std::array<pollfd, 3> watched{{{stopped.get(), POLLIN, 0},
                                       {relays.done_descriptor(), POLLIN, 0},
                                       {relays.full() ? -1 : socket.get(), POLLIN, 0}}};
        ::poll(watched.data(), watched.size(), -1);
        if (watched[0].revents != 0) {
            log_info("stopping");
            ::unlink(options.socket.c_str());
            return {};
        }
        relays.collect();
        if (watched[2].revents != 0) {
            Descriptor client(::accept4(socket.get(), nullptr, nullptr, SOCK_CLOEXEC));
            if (client.valid()) {
                relays.start(std::move(client));
            }
        }
    }
}

} // namespace pedigree::worker
