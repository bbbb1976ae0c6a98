#include "recorder/followers.h"

#include <map>
#include <optional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "artifacts/transfer.h"
#include "base/digest.h"
#include "base/log.h"
#include "base/pause.h"
#include "base/text.h"
#include "net/thread_name.h"
#include "records/pod/paths.h"

namespace pedigree::recorder {
namespace {

using namespace std::chrono_literals;
namespace pod = records::pod;

constexpr auto follow_every = 1000ms;
constexpr auto shelf_every = 1000ms;
constexpr std::size_t files_not_kept_named_max = 10;
constexpr std::size_t kept_path_bytes_max = 200;

// What a person finds beside the files: which experiment they are of.
std::string config_json(const Settings& settings, const std::string& started_at) {
    const pod::PodConfig& config = settings.config;
    const auto parameters = parse_json(config.parameters_json);
    return canonical_json({{"experiment", config.experiment_name},
                           {"experimentUid", config.experiment_uid},
                           {"namespace", config.name_space},
                           {"project", config.project},
                           {"trial", config.trial},
                           {"attempt", config.attempt},
                           {"podUid", settings.pod_uid},
                           {"startedAt", started_at},
                           {"parameters", parameters ? *parameters : Json::object()}});
}

// The files of one run. One that cannot be kept is a gap; the others go on.
class RunUpload {
  public:
    RunUpload(artifacts::S3Client& store, artifacts::S3Object target, std::stop_token stop)
        : store_(store), target_(std::move(target)), stop_(std::move(stop)) {}

    // Where it lies is its path below the working directory.
    Status put(const UntrustedFolder& workspace, const trackers::FollowedFile& followed) {
        const std::string& path = followed.path;
        TRY(artifacts::check_manifest_path(path));
        if (!is_utf8(path)) {
            return failure(ErrorCode::InvalidInput, "its name is not UTF-8");
        }
        TRY(auto listed,
            followed.content ? put_content(workspace, followed) : put_file(workspace, path));
        listed.path = path.substr(path.rfind('/') + 1);
        files_.push_back(std::move(listed));
        run_id_ = followed.run_id;
        return {};
    }

    // Nothing: no file of it was kept.
    std::optional<pod::ObservedArtifact> artifact(const char* tracker,
                                                  const std::string& folder) const {
        const auto manifest = artifacts::make_manifest(files_);
        if (files_.empty() || !manifest) {
            return std::nullopt;
        }
        pod::ObservedArtifact artifact;
        artifact.name = folder;
        artifact.kind = "Artifact";
        artifact.source = tracker;
        artifact.run_id = run_id_;
        artifact.location = target_.text() + (folder == "." ? "" : folder + "/");
        artifact.digest = manifest->digest().text();
        for (const auto& file : manifest->files) {
            artifact.files.push_back({file.path, file.digest.text(), file.bytes});
        }
        return artifact;
    }

  private:
    Result<artifacts::ManifestFile> put_file(const UntrustedFolder& workspace,
                                             const std::string& path) {
        TRY(const OpenFile file, workspace.file(path));
        return artifacts::upload_file(store_, target_, file, path, stop_);
    }
    Result<artifacts::ManifestFile> put_content(const UntrustedFolder& workspace,
                                                const trackers::FollowedFile& followed) {
        TRY(const std::string bytes, followed.content(workspace));
        TRY(store_.put({target_.bucket, target_.key + followed.path}, bytes, stop_));
        return artifacts::ManifestFile{followed.path, sha256(bytes),
                                       static_cast<std::int64_t>(bytes.size())};
    }

    artifacts::S3Client& store_;
    const artifacts::S3Object target_;
    const std::stop_token stop_;
    std::string run_id_;
    std::vector<artifacts::ManifestFile> files_;
};

} // namespace

Followers::Followers(const Settings& settings, Notebook& notebook)
    : settings_(settings), notebook_(notebook) {
    for (const trackers::Tracker& tracker : trackers::all_trackers()) {
        const std::string path = tracker.path;
        const bool answers = !path.empty();
        all_.push_back(
            {tracker.word, answers ? "/" + path + "/" : "",
             tracker.follow(
                 {.objective_metric = settings.config.objective_metric,
                  .endpoint_url = fmt::format("http://127.0.0.1:{}/{}", settings.port, path),
                  .pod_uid = settings.pod_uid,
                  .journal = answers ? settings.places.journal() / path : std::filesystem::path(),
                  .shelf = &shelf_})});
    }
}

Status Followers::open(artifacts::S3Client& store) {
    shelf_.reads_from(store, shelf_target());
    TRY(shelf_.open(settings_.places.journal() / "shelf"));
    for (Followed& each : all_) {
        TRY(each.follower->open());
    }
    return {};
}

bool Followers::answer(net::Exchange& exchange) {
    const std::string_view path = exchange.request().path;
    for (Followed& each : all_) {
        if (each.path.empty() || !path.starts_with(each.path)) {
            continue;
        }
        if (closed_) {
            notebook_.count("afterTheEnd");
            (void)exchange.send({503,
                                 {{"Content-Type", "text/plain"}},
                                 "pedigree: the record of this attempt is closed\n"});
        } else {
            each.follower->endpoint()->handle(exchange, path.substr(each.path.size() - 1));
        }
        return true;
    }
    return false;
}

artifacts::S3Object Followers::shelf_target() const {
    const pod::ObjectStore& store = settings_.config.artifact_store;
    return {store.bucket, pod::upload_key(store.prefix, settings_.pod_uid)};
}

Status Followers::ship(artifacts::S3Client& store, std::stop_token stop) {
    return shelf_.ship(store, shelf_target(), std::move(stop));
}

bool Followers::look(std::stop_token stop) {
    const auto workspace = UntrustedFolder::open(settings_.places.workspace());
    if (!workspace) {
        return false; // prepare makes it
    }
    trackers::FollowNews news;
    news.run = [&](pod::ObservedRun run) { notebook_.followed(std::move(run)); };
    news.objective = [&](std::int64_t step, MetricValue value) {
        notebook_.followed_objective(step, value);
    };
    bool more = false;
    for (Followed& each : all_) {
        more = each.follower->look(*workspace, news, stop) || more;
    }
    return more;
}

void Followers::finish(std::stop_token stop, const std::function<void()>& moved) {
    for (Followed& each : all_) {
        each.follower->finish();
    }
    while (look(stop) && !stop.stop_requested()) {
        moved();
    }
}

std::vector<pod::ObservedRun> Followers::runs() const {
    std::vector<pod::ObservedRun> all;
    for (const Followed& each : all_) {
        for (pod::ObservedRun& run : each.follower->runs()) {
            all.push_back(std::move(run));
        }
    }
    return all;
}

void Followers::command_ended(std::int64_t exit_code) {
    for (const Followed& each : all_) {
        each.follower->command_ended(exit_code);
    }
}

// What the store has of what scripts uploaded; of each file the last.
void Followers::add_shelved(UploadedOutputs& out) {
    std::size_t left_out = 0;
    for (const Followed& each : all_) {
        for (pod::ObservedArtifact& artifact : each.follower->uploads()) {
            std::vector<artifacts::ManifestFile> kept;
            left_out += std::erase_if(artifact.files, [&](const pod::ObservedFile& file) {
                return !shelf_.has(artifact.location + file.path, file.digest);
            });
            for (const pod::ObservedFile& file : artifact.files) {
                kept.push_back({file.path, *Digest::parse(file.digest), file.bytes});
            }
            const auto manifest = artifacts::make_manifest(std::move(kept));
            if (manifest && !artifact.files.empty()) {
                artifact.digest = manifest->digest().text();
                artifact.location = shelf_target().text() + artifact.location;
                out.artifacts.push_back(std::move(artifact));
            }
        }
    }
    if (left_out > 0) {
        out.gaps.push_back(
            {"NotSeenByRecorder",
             fmt::format("{} files that the script uploaded were not kept: there was no room for "
                         "them on their way to the artifact store, or it refused them",
                         left_out)});
    }
}

UploadedOutputs Followers::upload(artifacts::S3Client& store, const std::string& started_at,
                                  std::stop_token stop) {
    UploadedOutputs out;
    out.complete = ship(store, stop).has_value();
    add_shelved(out);
    const auto workspace = UntrustedFolder::open(settings_.places.workspace());
    const artifacts::S3Object target{settings_.config.artifact_store.bucket,
                                     pod::followed_key(settings_.config, started_at)};
    std::size_t left_out = 0, kept = 0;
    for (const Followed& each : all_) {
        const auto gaps = each.follower->gaps();
        out.gaps.insert(out.gaps.end(), gaps.begin(), gaps.end());
        std::map<std::string, RunUpload> runs;
        for (const trackers::FollowedFile& file : each.follower->files()) {
            RunUpload& run = runs.try_emplace(file.folder, store, target, stop).first->second;
            const Status put =
                workspace ? run.put(*workspace, file) : tl::unexpected<Error>(workspace.error());
            kept += put ? 1 : 0;
            out.complete = out.complete && (put || of_the_file(put.error().code));
            if (!put && ++left_out <= files_not_kept_named_max) {
                out.gaps.push_back(
                    {"NotSeenByRecorder",
                     fmt::format("{} was not kept: {}", clean_text(file.path, kept_path_bytes_max),
                                 put.error().message)});
            }
        }
        for (const auto& [folder, run] : runs) {
            if (auto artifact = run.artifact(each.word, folder)) {
                out.artifacts.push_back(*std::move(artifact));
            }
        }
    }
    if (left_out > files_not_kept_named_max) {
        out.gaps.push_back({"NotSeenByRecorder", fmt::format("{} more files were not kept",
                                                             left_out - files_not_kept_named_max)});
    }
    if (kept > 0) {
        const auto put = store.put({target.bucket, target.key + "config.json"},
                                   config_json(settings_, started_at), stop);
        out.complete = out.complete && put.has_value();
    }
    return out;
}

void keep_shipping(Followers& followers, artifacts::S3Client& store, std::stop_token stop) {
    net::name_this_thread("shelf");
    do {
        if (const auto shipped = followers.ship(store, stop); !shipped && !stop.stop_requested()) {
            log_warning("what scripts uploaded waits for the artifact store",
                        {{"problem", shipped.error().message}});
        }
    } while (pause_for(shelf_every, stop));
}

void keep_following(Followers& followers, std::stop_token stop) {
    net::name_this_thread("follow");
    do {
        while (followers.look(stop) && !stop.stop_requested()) {
        }
    } while (pause_for(follow_every, stop));
}

} // namespace pedigree::recorder
