#include "cli/lineage/subject.h"

#include <charconv>
#include <filesystem>
#include <optional>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "artifacts/manifest.h"
#include "base/digest.h"
#include "base/file.h"
#include "cli/experiment/experiment.h"
#include "cli/trials/list.h"

namespace pedigree::cli {

namespace {

constexpr const char* subject_forms =
    "ask for exp/NAME, exp/NAME/TRIAL, a file or folder, sha256:..., image:..., commit:... or run:ID";
constexpr std::string_view commit_prefix = "commit:";

Result<std::string> image_query(std::string_view reference) {
    const std::size_t at = reference.rfind('@');
    const std::string_view digest =
        at == std::string_view::npos ? reference : reference.substr(at + 1);
    const auto parsed = Digest::parse(digest);
    if (!parsed) {
        return failure(ErrorCode::InvalidInput,
                       fmt::format("image {}: a digest is needed, since a tag can be moved: "
                                   "image:HOST/REPOSITORY@sha256:...",
                                   reference));
    }
    return "image:" + parsed->text();
}

Result<std::string> file_query(const std::filesystem::path& path) {
    std::error_code ignored;
    if (std::filesystem::is_directory(path, ignored)) {
        TRY(const artifacts::Manifest manifest, artifacts::read_folder(path));
        if (manifest.files.empty()) {
            return failure(ErrorCode::InvalidInput,
                           fmt::format("{} holds no file, so it has no digest", path.string()));
        }
        return manifest.digest().text();
    }
    TRY(const Digest digest, digest_file(path));
    return digest.text();
}

// The attempt that tried a trial last.
Result<std::string> trial_query(const TrialName& name, const Cluster& cluster) {
    if (name.trial == 0) {
        return "exp:" + name.experiment;
    }
    TRY(const Json document, read_trials(cluster, name.experiment));
    const TrialList list = trial_list_from(document);
    const Trial* trial = list.find(name.trial);
    if (trial == nullptr || trial->pod_uid.empty()) {
        return failure(ErrorCode::NotFound,
                       fmt::format("{} {} trial {}{}; see pedigree trials {}", name.experiment,
                                   trial == nullptr ? "has no" : "has no pod of", name.trial,
                                   trial == nullptr ? "" : " yet", name.experiment));
    }
    return "attempt:" + trial->pod_uid;
}

// One with a dot is more likely a file that is not there.
bool is_bare_name(std::string_view name) {
    return !name.empty() &&
           name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == name.npos;
}

constexpr std::size_t commit_digits = 40;
constexpr std::size_t short_commit_digits_min = 7; // as git prints them

bool is_short_commit(std::string_view digits) {
    return digits.size() >= short_commit_digits_min && digits.size() < commit_digits &&
           digits.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

// The whole commit, which an Experiment of the namespace ran.
Result<std::string> whole_commit(const std::string& digits, const Cluster& cluster) {
    k8s::ListOptions options;
    options.name_space = cluster.name_space;
    TRY(const k8s::ObjectList list, cluster.api.list(experiments, options));
    std::set<std::string> found;
    for (const k8s::Object& object : list.items) {
        const std::string commit = experiment_from(*object).commit;
        if (commit.starts_with(digits)) {
            found.insert(commit);
        }
    }
    if (found.size() == 1) {
        return *found.begin();
    }
    return found.empty()
               ? failure(ErrorCode::NotFound,
                         fmt::format("no Experiment of namespace {} ran a commit that begins with "
                                     "{}; give all 40 digits: git rev-parse {}",
                                     cluster.name_space, digits, digits))
               : failure(ErrorCode::InvalidInput,
                         fmt::format("{} commits begin with {}: {}; give more digits", found.size(),
                                     digits, fmt::join(found, ", ")));
}

Result<std::string> prefixed_query(std::string_view prefix, const std::string& subject,
                                   const Cluster& cluster) {
    const std::string rest = subject.substr(prefix.size());
    if (prefix == commit_prefix && is_short_commit(rest)) {
        TRY(const std::string commit, whole_commit(rest, cluster));
        return std::string(prefix) + commit;
    }
    return subject;
}

} // namespace

Result<std::string> query_for(const std::string& subject, const Cluster& cluster) {
    const auto trial = trial_name_from(subject);
    if (trial && experiment_name(subject) != subject) {
        return trial_query(*trial, cluster);
    }
    if (subject.starts_with("sha256:")) {
        TRY(const Digest digest, Digest::parse(subject));
        return digest.text();
    }
    constexpr std::string_view image_prefix = "image:";
    if (subject.starts_with(image_prefix)) {
        return image_query(std::string_view(subject).substr(image_prefix.size()));
    }
    for (const std::string_view prefix :
         {commit_prefix, std::string_view("run:"), std::string_view("attempt:")}) {
        if (subject.starts_with(prefix) && subject.size() > prefix.size()) {
            return prefixed_query(prefix, subject, cluster);
        }
    }
    std::error_code ignored;
    if (std::filesystem::exists(subject, ignored)) {
        return file_query(subject);
    }
    if (trial && is_bare_name(trial->experiment)) {
        return trial_query(*trial, cluster);
    }
    return failure(ErrorCode::NotFound,
                   fmt::format("there is no file or folder \"{}\"; {}", subject, subject_forms));
}

std::optional<TrialName> trial_name_from(std::string_view subject) {
    const bool path = subject.starts_with('.') || subject.starts_with('/');
    if (path || subject.find(':') != std::string_view::npos) {
        return std::nullopt;
    }
    const std::string name = experiment_name(subject);
    const std::size_t slash = name.find('/');
    if (slash == std::string::npos) {
        return TrialName{name};
    }
    TrialName found{name.substr(0, slash)};
    const char* end = name.data() + name.size();
    const auto number = std::from_chars(name.data() + slash + 1, end, found.trial);
    const bool whole = number.ec == std::errc() && number.ptr == end && found.trial > 0;
    return whole ? std::optional(found) : std::nullopt;
}

} // namespace pedigree::cli
