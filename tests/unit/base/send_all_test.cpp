#include "base/send_all.h"

#include <future>
#include <string>

#include <gtest/gtest.h>
#include <sys/socket.h>

#include "base/descriptor.h"

namespace pedigree {
namespace {

struct Pair {
    Pair() {
        int ends[2];
        EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
        ours = Descriptor(ends[0]);
        theirs = Descriptor(ends[1]);
    }
    Descriptor ours, theirs;
};

TEST(SendAll, SendsMoreThanASocketHolds) {
    Pair pair;
    const std::string bytes(8 << 20, 'x');
    const auto sent = std::async(std::launch::async, [&] {
        const bool all = send_all(pair.ours.get(), bytes).has_value();
        pair.ours.close();
        return all;
    });
    std::size_t received = 0;
    char buffer[4096];
    for (ssize_t count; (count = ::recv(pair.theirs.get(), buffer, sizeof buffer, 0)) > 0;) {
        received += static_cast<std::size_t>(count);
    }
    EXPECT_EQ(received, bytes.size());
}

TEST(SendAll, AnOtherSideThatHasGoneIsAnError) {
    Pair pair;
    pair.theirs.close();
    const auto sent = send_all(pair.ours.get(), "x");
    ASSERT_FALSE(sent);
    EXPECT_EQ(sent.error().code, ErrorCode::Unavailable);
}

} // namespace
} // namespace pedigree
