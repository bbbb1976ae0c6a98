#include "launcher/code.h"

#include <system_error>

namespace pedigree::launcher {
namespace {

namespace fs = std::filesystem;

Status check(const std::error_code& problem, const fs::path& path) {
    if (problem) {
        return failure(ErrorCode::Unavailable,
                       "cannot lay the code at " + path.string() + ": " + problem.message());
    }
    return {};
}

Status lay_entry(const fs::directory_entry& entry, const fs::path& target) {
    std::error_code problem;
    if (entry.is_symlink(problem)) {
        fs::remove(target, problem);
        fs::copy_symlink(entry.path(), target, problem);
        return check(problem, target);
    }
    if (entry.is_directory(problem)) {
        fs::create_directories(target, problem);
        return check(problem, target);
    }
    if (!entry.is_regular_file(problem)) {
        return {}; // sockets, devices: no part of a source tree
    }
    fs::copy_file(entry.path(), target, fs::copy_options::overwrite_existing, problem);
    TRY(check(problem, target));
    fs::permissions(target, fs::perms::owner_read | fs::perms::owner_write, fs::perm_options::add,
                    problem);
    return check(problem, target);
}

} // namespace

Status lay_code(const fs::path& code, const fs::path& workspace) {
    std::error_code problem;
    if (!fs::exists(code, problem)) {
        return failure(ErrorCode::Unavailable, "the image has no code at " + code.string());
    }
    fs::recursive_directory_iterator walk(code, problem);
    TRY(check(problem, code));
    for (const fs::recursive_directory_iterator end; walk != end; walk.increment(problem)) {
        TRY(check(problem, code));
        TRY(lay_entry(*walk, workspace / walk->path().lexically_relative(code)));
    }
    return check(problem, code);
}

} // namespace pedigree::launcher
