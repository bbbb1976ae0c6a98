#include "cli/lineage/subject.h"

#include <filesystem>
#include <optional>

#include <fmt/format.h>

#include "artifacts/manifest.h"
#include "base/digest.h"
#include "base/file.h"
#include "cli/experiment/experiment.h"

namespace pedigree::cli {

namespace {

constexpr const char* subject_forms =
    "ask for exp/NAME, a file or folder, sha256:..., image:..., commit:... or run:ID";

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

} // namespace

Result<std::string> query_for(std::string_view subject) {
    const std::string name = experiment_name(subject);
    if (name != subject) {
        return "exp:" + name;
    }
    if (subject.starts_with("sha256:")) {
        TRY(const Digest digest, Digest::parse(subject));
        return digest.text();
    }
    constexpr std::string_view image_prefix = "image:";
    if (subject.starts_with(image_prefix)) {
        return image_query(subject.substr(image_prefix.size()));
    }
    for (const std::string_view prefix : {"commit:", "run:", "attempt:"}) {
        if (subject.starts_with(prefix) && subject.size() > prefix.size()) {
            return std::string(subject);
        }
    }
    std::error_code ignored;
    if (std::filesystem::exists(subject, ignored)) {
        return file_query(subject);
    }
    return failure(ErrorCode::NotFound,
                   fmt::format("there is no file or folder \"{}\"; {}", subject, subject_forms));
}

} // namespace pedigree::cli
