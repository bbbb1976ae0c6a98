#include <fstream>
#include <future>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <sys/socket.h>

#include "base/descriptor.h"
#include "records/work/work.h"
#include "tests/fakes/scratch.h"
#include "worker/memory_share.h"
#include "worker/relay.h"

namespace pedigree::worker {
namespace {

constexpr std::uint64_t mebibyte = 1ull << 20;

TEST(MemoryShare, AllSharesFitIntoTheContainer) {
    for (const std::uint64_t container : {768 * mebibyte, 1536 * mebibyte, 8192 * mebibyte}) {
        for (const std::size_t children : {1U, 2U, 4U, 6U}) {
            const std::uint64_t share = memory_share_bytes(container, children);
            EXPECT_LE(share * children + worker_memory_bytes, container);
            EXPECT_GE(share, child_memory_bytes_min);
        }
    }
    EXPECT_EQ(memory_share_bytes(1536 * mebibyte, 4), 352 * mebibyte);
}

TEST(MemoryShare, IsBoundedBothWays) {
    EXPECT_EQ(memory_share_bytes(std::nullopt, 4), child_memory_bytes_max);
    EXPECT_EQ(memory_share_bytes(1ull << 62, 4), child_memory_bytes_max);
    EXPECT_EQ(memory_share_bytes(64 * mebibyte, 4), child_memory_bytes_min);
}

TEST(ContainerMemory, IsReadFromTheControlGroup) {
    const Scratch scratch;
    EXPECT_FALSE(container_memory_bytes(scratch.path()));
    scratch.write("memory.max", "max\n");
    EXPECT_FALSE(container_memory_bytes(scratch.path()));
    scratch.write("memory.max", "1610612736\n");
    EXPECT_EQ(container_memory_bytes(scratch.path()), 1536 * mebibyte);
    const Scratch older;
    older.write("memory/memory.limit_in_bytes", "1073741824\n");
    EXPECT_EQ(container_memory_bytes(older.path()), 1024 * mebibyte);
}

// Sanitizers take what they want: their children have no limit.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)

// One request of many small values: 12 MB on the wire, a vector of 128 MB once it is read.
std::string greedy_request() {
    records::work::WorkRequest request;
    request.id = "greedy";
    request.kind = records::work::WorkKind::OpenTracker;
    request.deadline_seconds = 120;
    std::string line = records::work::encode_request(request, Json("HERE"));
    std::string values = "[0";
    for (int i = 0; i < 6'000'000; ++i) {
        values += ",0";
    }
    return line.replace(line.find("\"HERE\""), 6, values + "]");
}

// What a client of the relay reads until the relay is done.
std::string answer_of_relay(const std::string& request, const RelayOptions& options) {
    int ends[2];
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    Descriptor ours(ends[0]);
    const auto relayed = std::async(std::launch::async, [&, theirs = Descriptor(ends[1])] {
        relay(theirs.get(), options, {});
        ::shutdown(theirs.get(), SHUT_RDWR);
    });
    for (std::string_view rest = request; !rest.empty();) {
        const ssize_t count = ::send(ours.get(), rest.data(), rest.size(), MSG_NOSIGNAL);
        if (count <= 0) {
            break;
        }
        rest.remove_prefix(static_cast<std::size_t>(count));
    }
    std::string answer;
    char buffer[4096];
    for (ssize_t count; (count = ::recv(ours.get(), buffer, sizeof buffer, 0)) > 0;) {
        answer.append(buffer, static_cast<std::size_t>(count));
    }
    return answer;
}

TEST(MemoryShare, WhoTakesMoreFailsAloneAndSaysSo) {
    const Scratch scratch;
    RelayOptions options{PEDIGREE_WORKER, scratch.path(), scratch.path() / "cache", 96 * mebibyte};
    std::filesystem::create_directories(options.cache);
    const std::string text = answer_of_relay(greedy_request(), options);
    const auto answer = records::work::decode_answer(text.substr(0, text.find('\n')));
    ASSERT_TRUE(answer) << text;
    ASSERT_TRUE(answer->failure) << text;
    EXPECT_EQ(answer->failure->reason, "MemoryExceeded");
    EXPECT_EQ(answer->failure->failure_class,
              FailureClass::Configuration); // the same again would end the same
    EXPECT_NE(answer->failure->message.find("96 MiB"), std::string::npos) << text;
    EXPECT_NE(answer->failure->message.find("--children-max"), std::string::npos) << text;
}

#endif

} // namespace
} // namespace pedigree::worker
