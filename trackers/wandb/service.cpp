#include "trackers/wandb/service.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "base/sync.h"
#include "base/text.h"
#include "trackers/call_journal.h"
#include "trackers/find_files.h"
#include "trackers/wandb/endpoint.h"
#include "trackers/wandb/limits.h"
#include "trackers/wandb/observed.h"
#include "trackers/wandb/pod.h"
#include "trackers/wandb/run_file.h"
#include <fmt/format.h>

namespace pedigree::trackers::wandb {
namespace {

using records::pod::MetricPoint;
using records::pod::ObservedArtifact;
using records::pod::ObservedGap;
using records::pod::ObservedRun;

constexpr std::size_t piece_bytes = 64 * 1024;
constexpr std::size_t path_bytes_max = 200;

constexpr WantedFiles run_files = {
    [](std::string_view name) { return name.starts_with("run-") && name.ends_with(".wandb"); },
    wandb_runs_max, "files of W&B runs"};

// What has to differ before a run is told of again.
using Face = std::tuple<std::int64_t, State, std::string, std::size_t>;
Face face_of(const Run& run) {
    return {run.rows, run.state, run.name, run.config_text.size()};
}

// A .wandb file as it was last read.
struct ReadFile {
    std::int64_t bytes = 0;
    std::string run_id; // "" if it told of none
    std::string missing;
};

// Under one lock, since calls come on any thread and their order makes the book.
struct Told {
    explicit Told(Settings settings, RowSink on_row)
        : endpoint(std::move(settings), std::move(on_row)) {}

    Endpoint endpoint;
    CallJournal journal;
    std::map<std::string, Face> faces;  // of the runs, as they were told
    std::vector<MetricPoint> objective; // values that were not told yet
    std::map<std::string, ReadFile> files;
    std::string files_left_out;
    bool finished = false;
};

class Service final : public Follower, public PodEndpoint {
  public:
    explicit Service(FollowOptions options)
        : options_(std::move(options)),
          told_(
              std::make_unique<Told>(Settings{.base_url = options_.endpoint_url},
                                     [this](const Run&, const Row& row) { note_objective(row); })) {
    }

    Status open() override;
    PodEndpoint* endpoint() override { return this; }
    void handle(net::Exchange& exchange, std::string_view path) override;

    bool look(const UntrustedFolder& workspace, const FollowNews& news,
              std::stop_token stop) override;
    void finish() override { (*told_.lock())->finished = true; }

    std::vector<ObservedRun> runs() const override;
    std::vector<FollowedFile> files() const override;
    std::vector<ObservedArtifact> uploads() const override;
    std::vector<ObservedGap> gaps() const override;

  private:
    void take_upload(net::Exchange& exchange, std::string_view path, const Upload& upload);
    void note_objective(const Row& row);
    void read_files(Told& told, const UntrustedFolder& workspace, const std::stop_token& stop);
    Result<ReadFile> read_file(Told& told, const OpenFile& file, const std::stop_token& stop);

    const FollowOptions options_;
    Told* telling_ = nullptr; // whose row is being told; set under the lock
    mutable Sync<std::unique_ptr<Told>> told_;
};

Status Service::open() {
    const auto held = told_.lock();
    Told& told = **held;
    telling_ = &told;
    return told.journal.open(options_.journal,
                             {.call = [&](const Call& call) { (void)told.endpoint.answer(call); },
                              .upload =
                                  [&](std::string_view path, const Shelved& shelved) {
                                      if (const auto upload = told.endpoint.upload("PUT", path)) {
                                          told.endpoint.uploaded(*upload, shelved.bytes,
                                                                 shelved.sha256);
                                      }
                                  }});
}

// Under the lock, from within answer() or a RunFile.
void Service::note_objective(const Row& row) {
    if (options_.objective_metric.empty() || telling_ == nullptr) {
        return;
    }
    for (const auto& [key, value] : row.values) {
        if (key == options_.objective_metric) {
            telling_->objective.push_back({row.step.value_or(0), MetricValue(value)});
        }
    }
}

void Service::handle(net::Exchange& exchange, std::string_view path) {
    const std::string& method = exchange.request().method;
    if (const auto upload = (*told_.lock())->endpoint.upload(method, path)) {
        take_upload(exchange, path, *upload);
        return;
    }
    const auto body = read_call(exchange);
    if (!body) {
        return; // cut off: the SDK sends it again
    }
    Reply reply;
    {
        const auto held = told_.lock();
        Told& told = **held;
        telling_ = &told;
        const Call call{method, path, body->text, SystemClock().now(), body->state};
        reply = told.endpoint.answer(call);
        if (reply.status == 200) {
            told.journal.add(call);
        }
    }
    send_json(exchange, reply.status, std::move(reply.body));
}

void Service::take_upload(net::Exchange& exchange, std::string_view path, const Upload& upload) {
    const std::string place = upload.place();
    const auto shelved = take_body(*options_.shelf, exchange,
                                   place.empty() ? "" : std::string(endpoint_path) + "/" + place);
    if (!shelved) {
        return;
    }
    {
        const auto held = told_.lock();
        (**held).endpoint.uploaded(upload, shelved->bytes, shelved->sha256);
        (**held).journal.add_upload(path, *shelved);
    }
    send_json(exchange, 200, "{}");
}

bool Service::look(const UntrustedFolder& workspace, const FollowNews& news, std::stop_token stop) {
    std::vector<ObservedRun> changed;
    std::vector<MetricPoint> objective;
    {
        const auto held = told_.lock();
        Told& told = **held;
        telling_ = &told;
        if (told.finished) {
            read_files(told, workspace, stop);
        }
        objective = std::exchange(told.objective, {});
        for (const auto& [key, run] : told.endpoint.runs().all()) {
            Face face = face_of(*run);
            const auto [at, fresh] = told.faces.try_emplace(key, face);
            if (fresh || at->second != face) {
                at->second = std::move(face);
                changed.push_back(observed_run(*run, Points::Leave));
            }
        }
    }
    for (ObservedRun& run : changed) {
        news.run(std::move(run));
    }
    for (const MetricPoint& point : objective) {
        news.objective(point.step, point.value);
    }
    return false;
}

void Service::read_files(Told& told, const UntrustedFolder& workspace,
                         const std::stop_token& stop) {
    const FoundFiles found = find_files(workspace, run_files, stop);
    told.files_left_out = found.left_out;
    for (const std::string& path : found.paths) {
        const auto file = workspace.file(path);
        ReadFile& read = told.files[path];
        if (!file || file->bytes == read.bytes || stop.stop_requested()) {
            continue;
        }
        if (auto now = read_file(told, *file, stop)) {
            read = *std::move(now);
        } else {
            read.missing = now.error().message;
        }
    }
}

Result<ReadFile> Service::read_file(Told& told, const OpenFile& file, const std::stop_token& stop) {
    RunFile reader(told.endpoint.runs(), told.endpoint.book().settings.entity,
                   [this](const Run&, const Row& row) { note_objective(row); });
    std::string buffer(piece_bytes, '\0');
    ReadFile read;
    while (!stop.stop_requested()) {
        TRY(const std::size_t count, file.read_at(read.bytes, buffer));
        if (count == 0) {
            break;
        }
        read.bytes += static_cast<std::int64_t>(count);
        reader.feed(std::string_view(buffer).substr(0, count));
    }
    if (const Run* run = reader.finish()) {
        read.run_id = record_id(*run);
    }
    const TransactionLog& log = reader.log();
    read.missing = log.is_foreign()      ? "it is no such file"
                   : log.damaged() > 0   ? "bytes in it are damaged; what stands there is not read"
                   : log.too_large() > 0 ? "records in it are too large"
                   : !log.is_at_end()    ? "its last record was not finished"
                                         : "";
    return read;
}

std::vector<ObservedRun> Service::runs() const {
    std::vector<ObservedRun> all;
    const auto held = told_.lock();
    for (const auto& [key, run] : (**held).endpoint.runs().all()) {
        all.push_back(observed_run(*run, Points::Take));
    }
    return all;
}

std::vector<FollowedFile> Service::files() const {
    std::vector<FollowedFile> all;
    const auto held = told_.lock();
    for (const auto& [path, read] : (**held).files) {
        const std::size_t end = path.rfind('/');
        all.push_back({path, end == path.npos ? "." : path.substr(0, end), read.run_id});
    }
    return all;
}

std::vector<ObservedArtifact> Service::uploads() const {
    const auto held = told_.lock();
    std::vector<ObservedArtifact> all = observed_uploads((**held).endpoint.book());
    for (ObservedArtifact& artifact : all) {
        artifact.location = std::string(endpoint_path) + "/" + artifact.location;
    }
    return all;
}

std::vector<ObservedGap> Service::gaps() const {
    std::vector<ObservedGap> all;
    const auto add = [&](const std::string& sentence) {
        all.push_back({"NotSeenByRecorder", sentence});
    };
    const auto held = told_.lock();
    const Told& told = **held;
    for (const auto& [key, run] : told.endpoint.book().runs.all()) {
        for (const std::string& sentence : missing_of(*run)) {
            add(sentence);
        }
    }
    if (const auto left_out = told.endpoint.book().runs.left_out(); left_out > 0) {
        add(fmt::format("{} calls of further W&B runs are more than a record holds", left_out));
    }
    for (const auto& [path, read] : told.files) {
        if (!read.missing.empty()) {
            add(fmt::format("W&B's file {}: {}", clean_text(path, path_bytes_max), read.missing));
        }
    }
    if (!told.files_left_out.empty()) {
        add("W&B's files were not searched for everywhere below the working directory: " +
            told.files_left_out);
    }
    if (told.journal.was_full()) {
        add("the recorder was restarted after more calls of W&B's SDK than it writes down: rows "
            "that are in no .wandb file are missing");
    }
    return all;
}

} // namespace

std::unique_ptr<Follower> serve(const FollowOptions& options) {
    return std::make_unique<Service>(options);
}

} // namespace pedigree::trackers::wandb
