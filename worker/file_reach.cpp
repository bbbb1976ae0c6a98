#include "worker/file_reach.h"

#include <cstdint>

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/landlock.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/descriptor.h"
#include "base/errno_text.h"

namespace pedigree::worker {
namespace {

// What Debian 12's header does not know yet, with the version that brought it.
constexpr std::uint64_t access_truncate = 1u << 14;      // 3
constexpr std::uint64_t access_ioctl_device = 1u << 15;  // 5
constexpr std::uint64_t network_bind_tcp = 1u << 0;      // 4
constexpr std::uint64_t scope_abstract_socket = 1u << 0; // 6
constexpr std::uint64_t scope_signal = 1u << 1;          // 6

// landlock_ruleset_attr as of version 6; older kernels take it as long as the tail is zero.
struct Ruleset {
    std::uint64_t files = 0;
    std::uint64_t network = 0;
    std::uint64_t scopes = 0;
};

constexpr std::uint64_t read_access = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
constexpr std::uint64_t execute_access = read_access | LANDLOCK_ACCESS_FS_EXECUTE;
constexpr std::uint64_t write_access =
    read_access | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |
    LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG |
    LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_SYM | LANDLOCK_ACCESS_FS_REFER |
    access_truncate;
constexpr std::uint64_t never_granted = LANDLOCK_ACCESS_FS_MAKE_CHAR |
                                        LANDLOCK_ACCESS_FS_MAKE_SOCK |
                                        LANDLOCK_ACCESS_FS_MAKE_BLOCK | access_ioctl_device;
constexpr std::uint64_t file_access = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE |
                                      LANDLOCK_ACCESS_FS_EXECUTE | access_truncate;

Ruleset ruleset_of(int version) {
    Ruleset rules;
    rules.files = write_access | execute_access | never_granted;
    rules.files &= version >= 2 ? ~0ull : ~std::uint64_t{LANDLOCK_ACCESS_FS_REFER};
    rules.files &= version >= 3 ? ~0ull : ~access_truncate;
    rules.files &= version >= 5 ? ~0ull : ~access_ioctl_device;
    rules.network = version >= 4 ? network_bind_tcp : 0;
    rules.scopes = version >= 6 ? scope_abstract_socket | scope_signal : 0;
    return rules;
}

Status failed(std::string_view doing) {
    return failure(ErrorCode::Internal,
                   fmt::format("Landlock: cannot {}: {}", doing, errno_text()));
}

Status grant(const Descriptor& rules, const std::vector<std::filesystem::path>& paths,
             std::uint64_t access) {
    for (const std::filesystem::path& path : paths) {
        const Descriptor place(::open(path.c_str(), O_PATH | O_CLOEXEC));
        struct stat facts{};
        if (!place.valid() || ::fstat(place.get(), &facts) != 0) {
            continue;
        }
        landlock_path_beneath_attr rule{};
        rule.allowed_access = S_ISDIR(facts.st_mode) ? access : access & file_access;
        rule.parent_fd = place.get();
        if (::syscall(SYS_landlock_add_rule, rules.get(), LANDLOCK_RULE_PATH_BENEATH, &rule, 0) !=
            0) {
            return failed("allow " + path.string());
        }
    }
    return {};
}

} // namespace

int landlock_version() {
    const long version = ::syscall(SYS_landlock_create_ruleset, nullptr, 0UL,
                                   std::uint32_t{LANDLOCK_CREATE_RULESET_VERSION});
    return version > 0 ? static_cast<int>(version) : 0;
}

Status restrict_files(const FileReach& reach) {
    const int version = landlock_version();
    if (version == 0) {
        return {};
    }
    const Ruleset handled = ruleset_of(version);
    const Descriptor rules(
        static_cast<int>(::syscall(SYS_landlock_create_ruleset, &handled, sizeof handled, 0)));
    if (!rules.valid()) {
        return failed("make a ruleset");
    }
    TRY(grant(rules, reach.writable, write_access & handled.files));
    TRY(grant(rules, reach.readable, read_access));
    TRY(grant(rules, reach.executable, execute_access));
    if (::syscall(SYS_landlock_restrict_self, rules.get(), 0) != 0) {
        return failed("restrict this process");
    }
    return {};
}

} // namespace pedigree::worker
