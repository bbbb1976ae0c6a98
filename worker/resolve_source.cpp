#include <fmt/format.h>

#include "base/clock.h"
#include "imagebuild/lock/lock.h"
#include "source/download.h"
#include "source/tree.h"
#include "worker/git_source.h"
#include "worker/work.h"

namespace pedigree::worker {

using records::work::ResolveSourceInput;
using records::work::ResolveSourceOutcome;

namespace {

constexpr std::size_t missing_files_max = 20; // that are named

void shorten(std::vector<std::string>& missing) {
    if (missing.size() > missing_files_max) {
        const std::size_t more = missing.size() - missing_files_max;
        missing.resize(missing_files_max);
        missing.push_back(fmt::format("{} more files are Git LFS pointers", more));
    }
}

} // namespace

Result<ResolveSourceOutcome> resolve_source(const ResolveSourceInput& input,
                                            const WorkPlace& place) {
    place.progress({"Resolving",
                    "Asking for " + (input.git.ref.empty() ? input.git.commit : input.git.ref), 0,
                    0});
    TRY(const source::Snapshot snapshot, open_source(input.git, place));
    const source::CommitFacts facts = snapshot.facts();
    ResolveSourceOutcome outcome;
    outcome.commit = snapshot.commit();
    outcome.tree = snapshot.tree();
    outcome.author = facts.author;
    outcome.committer = facts.committer;
    outcome.subject = facts.subject;
    outcome.committed_at = to_text(facts.committed_at);
    outcome.signature = facts.signature;
    // What makes the source unusable is said now, not after the base was read.
    TRY(snapshot.files(outcome.missing));
    shorten(outcome.missing);
    if (!input.lock_file.empty()) {
        TRY(const std::string text, snapshot.read(input.lock_file, imagebuild::lock_bytes_max));
        TRY(const imagebuild::Lock lock, imagebuild::parse_lock(text, input.lock_file));
        outcome.lock_digest = lock.digest.text();
        for (const imagebuild::LockedPackage& package : lock.packages) {
            for (const Digest& hash : package.hashes) {
                outcome.wheel_digests.push_back(hash.text());
            }
        }
    }
    return outcome;
}

} // namespace pedigree::worker
