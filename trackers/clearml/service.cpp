#include "trackers/clearml/service.h"

#include <map>
#include <tuple>

#include "base/sync.h"
#include "trackers/call_journal.h"
#include "trackers/clearml/arrival.h"
#include "trackers/clearml/endpoint.h"
#include "trackers/clearml/observed.h"
#include "trackers/clearml/pod.h"

namespace pedigree::trackers::clearml {
namespace {

using records::pod::MetricPoint;
using records::pod::ObservedArtifact;
using records::pod::ObservedGap;
using records::pod::ObservedRun;

// What has to differ before a task is told of again.
using Face = std::tuple<std::int64_t, TaskStatus, std::size_t>;
Face face_of(const Task& task) {
    std::size_t text_bytes = 0;
    for (const auto& [name, text] : task.fields) {
        text_bytes += text.size();
    }
    return {task.values, task.status, text_bytes};
}

// Under one lock, since calls come on any thread and their order makes the book.
struct Told {
    Told(Settings settings, ScalarSink on_scalar)
        : endpoint(std::move(settings), std::move(on_scalar)) {}

    Endpoint endpoint;
    CallJournal journal;
    std::map<std::string, Face> faces;  // of the tasks, as they were told
    std::vector<MetricPoint> objective; // values that were not told yet
};

class Service final : public Follower, public PodEndpoint {
  public:
    explicit Service(FollowOptions options)
        : options_(std::move(options)),
          told_(std::make_unique<Told>(
              Settings{.base_url = options_.endpoint_url, .seed = options_.pod_uid},
              [this](const Task&, std::string_view key, std::int64_t step, double value) {
                  note_objective(key, step, value);
              })) {}

    Status open() override;
    PodEndpoint* endpoint() override { return this; }
    void handle(net::Exchange& exchange, std::string_view path) override;

    bool look(const UntrustedFolder& workspace, const FollowNews& news,
              std::stop_token stop) override;
    void finish() override {}

    std::vector<ObservedRun> runs() const override;
    std::vector<FollowedFile> files() const override { return {}; }
    std::vector<ObservedArtifact> uploads() const override;
    std::vector<ObservedGap> gaps() const override;

  private:
    void answer_call(net::Exchange& exchange, std::string_view path);
    void take_upload(net::Exchange& exchange);
    void send_back(net::Exchange& exchange, std::string_view path);
    void note_objective(std::string_view key, std::int64_t step, double value);

    const FollowOptions options_;
    Told* telling_ = nullptr; // whose scalar is being told; set under the lock
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
                                      told.endpoint.uploaded(path, shelved.bytes, shelved.sha256);
                                  }});
}

// Under the lock, from within answer().
void Service::note_objective(std::string_view key, std::int64_t step, double value) {
    if (!options_.objective_metric.empty() && key == options_.objective_metric &&
        telling_ != nullptr) {
        telling_->objective.push_back({step, MetricValue(value)});
    }
}

void Service::handle(net::Exchange& exchange, std::string_view path) {
    switch (Endpoint::kind(exchange.request().method, path)) {
    case Kind::Call:
        return answer_call(exchange, path);
    case Kind::Upload:
        return take_upload(exchange);
    case Kind::Download:
        return send_back(exchange, path);
    case Kind::None:
        return send_json(exchange, 404, "{}");
    }
}

void Service::answer_call(net::Exchange& exchange, std::string_view path) {
    const auto body = read_call(exchange);
    if (!body) {
        return; // cut off: the SDK sends it again
    }
    Reply reply;
    {
        const auto held = told_.lock();
        Told& told = **held;
        telling_ = &told;
        const Call call{exchange.request().method, path, body->text, SystemClock().now(),
                        body->state};
        reply = told.endpoint.answer(call);
        if ((reply.status == 200 && !only_asks(reply.name)) || call.state == Body::Cut) {
            told.journal.add(call);
        }
    }
    send_json(exchange, reply.status, std::move(reply.body));
}

void Service::take_upload(net::Exchange& exchange) {
    const auto last =
        take_files(exchange, *options_.shelf,
                   {.is_wanted =
                        [&](const std::string& path) {
                            return (*told_.lock())->endpoint.book().has_room_for(path);
                        },
                    .came =
                        [&](const std::string& path, const Shelved& shelved) {
                            const auto held = told_.lock();
                            (**held).endpoint.uploaded(path, shelved.bytes, shelved.sha256);
                            (**held).journal.add_upload(path, shelved);
                        }});
    send_json(exchange, last ? 200 : 400,
              last ? upload_text(*last) : upload_error_text(last.error()));
}

void Service::send_back(net::Exchange& exchange, std::string_view path) {
    const auto file = (*told_.lock())->endpoint.stored(path);
    if (!file) {
        return send_json(exchange, 404, "{}");
    }
    send_shelved(*options_.shelf, exchange, std::string(endpoint_path) + "/" + place_of(*file));
}

bool Service::look(const UntrustedFolder&, const FollowNews& news, std::stop_token) {
    std::vector<ObservedRun> changed;
    std::vector<MetricPoint> objective;
    {
        const auto held = told_.lock();
        Told& told = **held;
        objective = std::exchange(told.objective, {});
        for (const auto& [id, task] : told.endpoint.book().tasks) {
            const Face face = face_of(*task);
            const auto [at, fresh] = told.faces.try_emplace(id, face);
            if (fresh || at->second != face) {
                at->second = face;
                changed.push_back(observed_run(told.endpoint.book(), *task, Points::Leave));
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

std::vector<ObservedRun> Service::runs() const {
    std::vector<ObservedRun> all;
    const auto held = told_.lock();
    const Book& book = (**held).endpoint.book();
    for (const auto& [id, task] : book.tasks) {
        all.push_back(observed_run(book, *task, Points::Take));
    }
    return all;
}

std::vector<ObservedArtifact> Service::uploads() const {
    const auto held = told_.lock();
    const Book& book = (**held).endpoint.book();
    std::vector<ObservedArtifact> all = observed_strays(book);
    for (const auto& [id, task] : book.tasks) {
        for (ObservedArtifact& artifact : observed_artifacts(book, *task)) {
            all.push_back(std::move(artifact));
        }
    }
    for (ObservedArtifact& artifact : all) {
        artifact.location = std::string(endpoint_path) + "/" + artifact.location;
    }
    return all;
}

std::vector<ObservedGap> Service::gaps() const {
    const auto held = told_.lock();
    std::vector<ObservedGap> all = observed_gaps((**held).endpoint.book());
    if ((**held).journal.was_full()) {
        all.push_back({"NotSeenByRecorder",
                       "the recorder was restarted after more calls of ClearML's SDK than it "
                       "writes down: what came then before the restart is missing"});
    }
    return all;
}

} // namespace

std::unique_ptr<Follower> serve(const FollowOptions& options) {
    return std::make_unique<Service>(options);
}

} // namespace pedigree::trackers::clearml
