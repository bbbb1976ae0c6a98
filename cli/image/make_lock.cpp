#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "base/environment.h"
#include "base/file.h"
#include "cli/image/base_reading.h"
#include "cli/image/lock.h"
#include "cli/image/lock_conflict.h"
#include "cli/image/pip.h"
#include "imagebuild/lock/marker.h"
#include "imagebuild/lock/python_name.h"
#include "imagebuild/selection.h"
#include "imagebuild/wheel/stub_wheel.h"

namespace pedigree::cli {

namespace {

using imagebuild::BaseInventory;
using imagebuild::normalized_name;

constexpr std::size_t sources_max = 20;

// Its pip resolves. The base's own release is preferred, since metadata of source distributions is
// made by this Python.
Result<std::filesystem::path> find_python(const LockOptions& options, const LockPlaces& places,
                                          int minor) {
    if (!options.python.empty()) {
        return std::filesystem::absolute(options.python);
    }
    const auto path = places.environment.find("PATH");
    const std::string folders = path == places.environment.end() ? "" : path->second;
    std::filesystem::path found = find_program(fmt::format("python3.{}", minor), folders);
    if (found.empty()) {
        found = find_program("python3", folders);
    }
    if (found.empty()) {
        return failure(ErrorCode::NotFound,
                       fmt::format("there is no python3.{0} and no python3 on PATH; pip, which "
                                   "resolves the lock, needs one; name it with --python",
                                   minor));
    }
    return found;
}

class Locker {
  public:
    Locker(const LockOptions& options, const LockPlaces& places, Terminal& terminal)
        : options_(options), places_(places), terminal_(terminal) {}

    Result<NewLock> run() {
        TRY(const auto image, spec::parse_image_reference(options_.base));
        if (!std::filesystem::is_regular_file(options_.requirements)) {
            return failure(ErrorCode::NotFound,
                           fmt::format("there is no file {}", options_.requirements));
        }
        TRY(lock_.base, read_base_inventory(places_.registries, image, places_.cache, terminal_));
        if (!lock_.base.has_python) {
            return failure(ErrorCode::InvalidInput, "BaseRefused",
                           fmt::format("the base image {} has no python3 on its PATH; take one "
                                       "with Python, such as a slim Python image",
                                       image.pull_text()));
        }
        TRY(offer_base());
        TRY(const std::vector<ResolvedFile> resolved, resolve());
        TRY(check_markers(resolved));
        sort_out(resolved);
        TRY(check());
        return std::move(lock_);
    }

  private:
    std::filesystem::path wheels() const { return places_.scratch / "wheels"; }
    std::filesystem::path constraints() const { return places_.scratch / "constraints.txt"; }

    void say(std::string_view what) { terminal_.err << printable(what) << '\n' << std::flush; }

    // What the base ships as files of its very versions, which no index need have.
    Status offer_base() {
        std::error_code ignored;
        std::filesystem::create_directories(wheels(), ignored);
        std::string pins;
        for (const auto& one : lock_.base.distributions) {
            if (imagebuild::installed_distribution(lock_.base, normalized_name(one.name)) != &one) {
                continue;
            }
            const auto stub = imagebuild::make_stub_wheel(one.name, one.version, one.requirements,
                                                          lock_.base.python);
            if (!stub) {
                say("warning: of the base: " + stub.error().message);
                continue;
            }
            TRY(write_file(wheels() / stub->file_name, stub->bytes));
            pins += fmt::format("{}=={}\n", one.name, one.version);
        }
        return write_file(constraints(), pins);
    }

    Result<std::vector<ResolvedFile>> resolve() {
        TRY(const auto python, find_python(options_, places_, lock_.base.python.minor));
        say(fmt::format("Resolving {} with pip of {}", options_.requirements, python.string()));
        const PipPlaces pip_places{python, places_.scratch, pip_environment(places_.environment),
                                   [&](std::string_view line) {
                                       if (terminal_.err_interactive) {
                                           say(line);
                                       }
                                   },
                                   places_.registries.stop};
        Pip pip(pip_places);
        const Pip::Wanted wanted{std::filesystem::absolute(options_.requirements), constraints(),
                                 wheels(), lock_.base.python};
        while (true) {
            TRY(Pip::Answer answer, pip.resolve(wanted));
            if (auto* files = std::get_if<std::vector<ResolvedFile>>(&answer)) {
                return std::move(*files);
            }
            const auto& refusal = std::get<PipRefusal>(answer);
            TRY(const bool offered, offer_source(pip, refusal.missing));
            if (!offered) {
                return tl::unexpected(lock_conflict(refusal, lock_.base, options_.requirements));
            }
        }
    }

    // A package that has no wheel is offered as a stub of its source distribution, once.
    Result<bool> offer_source(Pip& pip, const std::string& requirement) {
        const std::string name = imagebuild::required_name(requirement);
        if (!imagebuild::is_python_name(name) || sources_.contains(name) ||
            sources_.size() == sources_max) {
            return false;
        }
        say(fmt::format("{} has no wheel that fits; reading its source distribution", name));
        TRY(const Pip::Answer answer, pip.find_source(requirement));
        const auto* files = std::get_if<std::vector<ResolvedFile>>(&answer);
        if (files == nullptr || files->size() != 1 || !is_source(files->front())) {
            return false;
        }
        const ResolvedFile& source = files->front();
        TRY(const auto stub, imagebuild::make_stub_wheel(source.name, source.version,
                                                         source.requirements, lock_.base.python));
        TRY(write_file(wheels() / stub.file_name, stub.bytes));
        sources_[name] = source;
        return true;
    }

    // What pip did is proved: nothing that the base's Python needs may be missing.
    Status check_markers(const std::vector<ResolvedFile>& resolved) const {
        std::set<std::string> there;
        for (const ResolvedFile& file : resolved) {
            there.insert(normalized_name(file.name));
        }
        for (const ResolvedFile& file : resolved) {
            for (const std::string& requirement : file.requirements) {
                const auto marker = imagebuild::requirement_marker(requirement);
                const auto holds = imagebuild::marker_holds(marker, {lock_.base.python, {}});
                if (!marker.empty() && holds && *holds &&
                    !there.contains(imagebuild::required_name(requirement))) {
                    return failure(
                        ErrorCode::InvalidInput, "LockInvalid",
                        fmt::format("{} {} wants {} for the base's Python {}, and pip left it "
                                    "out; give --python a Python 3.{}",
                                    file.name, file.version, requirement,
                                    lock_.base.python.version(), lock_.base.python.minor));
                }
            }
        }
        return {};
    }

    void sort_out(const std::vector<ResolvedFile>& resolved) {
        for (const ResolvedFile& file : resolved) {
            const std::string name = normalized_name(file.name);
            const auto source = sources_.find(name);
            if (imagebuild::installed_distribution(lock_.base, name) != nullptr) {
                lock_.of_base.push_back(file);
            } else {
                lock_.files.push_back(source == sources_.end() ? file : source->second);
            }
        }
        const auto by_name = [](const ResolvedFile& a, const ResolvedFile& b) {
            return normalized_name(a.name) < normalized_name(b.name);
        };
        std::sort(lock_.files.begin(), lock_.files.end(), by_name);
        std::sort(lock_.of_base.begin(), lock_.of_base.end(), by_name);
    }

    // As a build will read it, so that nothing is given out that a build refuses.
    Status check() const {
        for (const ResolvedFile& file : lock_.files) {
            if (is_source(file)) {
                continue;
            }
            TRY(const auto wheel, imagebuild::parse_wheel_name(file.file_name));
            if (!imagebuild::wheel_rank(wheel, lock_.base.python)) {
                return failure(ErrorCode::InvalidInput, "NoFittingWheel",
                               fmt::format("pip chose {}, which does not fit the base (Python "
                                           "3.{}, glibc 2.{})",
                                           file.file_name, lock_.base.python.minor,
                                           lock_.base.python.glibc_minor));
            }
        }
        TRY(const auto lock, imagebuild::parse_lock(lock_text(lock_, options_), "the lock"));
        TRY(imagebuild::select_packages(lock, lock_.base, "the lock"));
        return {};
    }

    const LockOptions& options_;
    const LockPlaces& places_;
    Terminal& terminal_;
    NewLock lock_;
    std::map<std::string, ResolvedFile> sources_; // by normalised name
};

} // namespace

Result<NewLock> make_lock(const LockOptions& options, const LockPlaces& places,
                          Terminal& terminal) {
    return Locker(options, places, terminal).run();
}

} // namespace pedigree::cli
