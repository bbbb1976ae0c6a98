#include "cli/download/object.h"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/app/read_api.h"
#include "cli/lineage/subject.h"
#include "net/url.h"

namespace pedigree::cli {

namespace {

constexpr std::size_t objects_named_max = 10; // of those that could have been meant

Result<std::string> objects_query(const std::string& subject) {
    if (subject.starts_with("sha256:")) {
        TRY(const Digest digest, Digest::parse(subject));
        return "objects/" + net::percent_encode(digest.text());
    }
    if (subject.starts_with("attempt:")) {
        return "objects/" + net::percent_encode(subject);
    }
    const auto name = trial_name_from(subject);
    if (!name || name->experiment.empty()) {
        return failure(ErrorCode::InvalidInput,
                       fmt::format("\"{}\" names nothing that can be downloaded; ask for exp/NAME, "
                                   "exp/NAME/TRIAL, attempt:UID or sha256:HEX, which pedigree find "
                                   "lists",
                                   subject));
    }
    return "objects/" + net::percent_encode("exp:" + name->experiment) +
           (name->trial > 0 ? fmt::format("?trial={}", name->trial) : "");
}

RemoteObject object_from(const Json& item) {
    return {.digest = string_or(item, "digest"),
            .name = string_or(item, "name"),
            .kind = string_or(item, "kind"),
            .source = string_or(item, "source"),
            .location = string_or(item, "location"),
            .experiment = string_or(item, "experiment"),
            .pod_uid = string_or(item, "podUid"),
            .trial = integer_or(item, "trial"),
            .attempt = integer_or(item, "attempt"),
            .asserted = string_or(item, "asserted"),
            .bytes = integer_or(item, "bytes"),
            .file_count = integer_or(item, "fileCount"),
            .stored = bool_or(item, "stored")};
}

std::string named(const RemoteObject& object) {
    return fmt::format("{} {} ({})", object.kind, object.name, object.digest);
}

std::string named(const std::vector<RemoteObject>& objects) {
    std::string text;
    for (std::size_t i = 0; i < std::min(objects.size(), objects_named_max); ++i) {
        text += (i == 0 ? "" : ", ") + named(objects[i]);
    }
    return objects.size() > objects_named_max ? text + " ..." : text;
}

Error elsewhere(const RemoteObject& object) {
    const bool of_mlflow = object.location.starts_with("mlflow-artifacts:");
    return {
        ErrorCode::NotFound,
        fmt::format("{} lies at {}, not in the platform's artifact store, so pedigree has not its "
                    "bytes{}",
                    named(object), object.location.empty() ? "no known place" : object.location,
                    of_mlflow ? "; with MLFLOW_TRACKING_URI set to its server: mlflow artifacts "
                                "download --artifact-uri " +
                                    object.location
                              : "")};
}

// Each of them once, however often it was made.
std::vector<RemoteObject> of_kind(const std::vector<RemoteObject>& all, bool models, bool stored) {
    std::vector<RemoteObject> found;
    for (const RemoteObject& object : all) {
        const bool known = std::any_of(found.begin(), found.end(), [&](const RemoteObject& other) {
            return other.digest == object.digest;
        });
        if (!known && object.stored == stored && (!models || object.kind == "Model")) {
            found.push_back(object);
        }
    }
    return found;
}

// The digest names the only file, or the manifest of all.
bool names_them(const std::string& digest, const artifacts::Manifest& manifest) {
    const bool is_file =
        manifest.files.size() == 1 && manifest.files.front().digest.text() == digest;
    return is_file || (!manifest.files.empty() && manifest.digest().text() == digest);
}

Result<std::vector<RemoteFile>> files_from(const Json& items) {
    std::vector<RemoteFile> files;
    for (const Json& item : items) {
        RemoteFile one;
        TRY(one.file.path, string_field(item, "path"));
        TRY(const std::string digest, string_field(item, "digest"));
        TRY(one.file.digest, Digest::parse(digest));
        TRY(one.file.bytes, integer_field(item, "bytes"));
        if (one.file.bytes < 0) {
            return failure(ErrorCode::Corrupt, one.file.path + " has less than no bytes");
        }
        one.page = integer_or(item, "page");
        files.push_back(std::move(one));
    }
    std::sort(files.begin(), files.end(),
              [](const auto& a, const auto& b) { return a.file.path < b.file.path; });
    return files;
}

std::string artifact_query(const RemoteObject& object) {
    return fmt::format("objects/{}?artifact={}", net::percent_encode("attempt:" + object.pod_uid),
                       net::percent_encode(object.digest));
}

} // namespace

Result<RemoteObject> chosen_object(const Json& list, const std::string& subject) {
    std::vector<RemoteObject> all;
    for (const Json& item : at_path(list, {"items"})) {
        all.push_back(object_from(item));
    }
    for (const bool models : {true, false}) {
        const auto stored = of_kind(all, models, true);
        if (stored.size() == 1) {
            return stored.front();
        }
        if (!stored.empty()) {
            return failure(ErrorCode::InvalidInput,
                           fmt::format("{} made {} of them: {}; name one by its digest", subject,
                                       stored.size(), named(stored)));
        }
        if (const auto others = of_kind(all, models, false); !others.empty()) {
            return tl::unexpected(elsewhere(others.front()));
        }
    }
    return failure(
        ErrorCode::NotFound,
        fmt::format("{} made no model and no artifact; pedigree trace {} says what it did", subject,
                    subject));
}

Result<RemoteObject> find_object(const Cluster& cluster, const std::string& subject) {
    TRY(const std::string query, objects_query(subject));
    TRY(const Json list, read_lineage(cluster, query, subject));
    return chosen_object(list, subject);
}

Result<RemoteManifest> read_manifest_of(const Cluster& cluster, const RemoteObject& object) {
    TRY(const Json answer,
        read_lineage(cluster, artifact_query(object), "files of " + object.name));
    RemoteManifest remote{object, {}};
    TRY(remote.files, files_from(at_path(answer, {"files"})));
    std::vector<artifacts::ManifestFile> files;
    for (const RemoteFile& one : remote.files) {
        files.push_back(one.file);
    }
    TRY(const auto manifest, artifacts::make_manifest(std::move(files)));
    if (!names_them(object.digest, manifest)) {
        return failure(ErrorCode::Corrupt,
                       fmt::format("the {} files that the record lists are not {}: nothing was "
                                   "downloaded",
                                   remote.files.size(), named(object)));
    }
    return remote;
}

std::string bytes_path(const Cluster& cluster, const RemoteObject& object, const RemoteFile& file,
                       std::int64_t from) {
    return lineage_path(cluster,
                        fmt::format("{}&file={}&from={}{}", artifact_query(object),
                                    net::percent_encode(file.file.path), from,
                                    file.page > 0 ? fmt::format("&page={}", file.page) : ""));
}

} // namespace pedigree::cli
