// What one look at a big search costs the operator, PostgreSQL included: right after a restart,
// with nothing new, and with one new point of a running trial.
//   bench_look [TRIALS [POINTS [RULE]]]     default 1000 100 Median
// The search has TRIALS ended trials with POINTS reported values each, and one that runs. A server
// of PostgreSQL is started for it; the API server is a fake.

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <memory>

#include <nlohmann/json.hpp>

#include "base/log.h"
#include "experiment/activity.h"
#include "lineage/migrations.h"
#include "operator/reconcile/reconciler.h"
#include "operator/storage/migrations.h"
#include "operator/storage/postgres_history.h"
#include "pipeline/search/document/event_json.h"
#include "records/names.h"
#include "store/epoch.h"
#include "store/migration.h"
#include "tests/fakes/fake_api.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/sample.h"
#include "tests/integration/postgres/migrated_database.h"

namespace pedigree::control {
namespace {

constexpr int looks = 20;
const std::string running_pod = "pod-running";

template <typename T>
T must(Result<T> result) {
    if (!result) {
        std::fprintf(stderr, "%s\n", result.error().message.c_str());
        std::_Exit(1);
    }
    return *std::move(result);
}
void must(const Status& status) {
    if (!status) {
        std::fprintf(stderr, "%s\n", status.error().message.c_str());
        std::_Exit(1);
    }
}

struct Size {
    std::int64_t trials = 1000, points = 100;
    std::string rule = "Median";
};

struct MirrorCluster final : Cluster {
    explicit MirrorCluster(const FakeApi& source) : api(source) {}

    k8s::Object experiment(const k8s::ObjectKey& key) const override {
        return api.seen(experiments, key);
    }
    std::vector<k8s::Object> jobs_of(const std::string&) const override {
        return api.all(k8s::jobs);
    }
    std::vector<k8s::Object> jobs_named(const k8s::ObjectKey& experiment) const override {
        auto jobs = api.all(k8s::jobs);
        std::erase_if(jobs, [&](const k8s::Object& job) {
            return k8s::key_of(*job).name_space != experiment.name_space ||
                   k8s::label_of(*job, records::experiment_name_label) != experiment.name;
        });
        return jobs;
    }
    std::vector<k8s::Object> pods_of(const std::string& job_uid) const override {
        auto pods = all_pods();
        std::erase_if(
            pods, [&](const k8s::Object& pod) { return k8s::controller_uid_of(*pod) != job_uid; });
        return pods;
    }
    std::vector<k8s::Object> left_pods_of(const std::string& uid) const override {
        auto pods = all_pods();
        std::erase_if(pods, [&](const k8s::Object& pod) {
            return k8s::label_of(*pod, records::experiment_label) != uid ||
                   !k8s::controller_uid_of(*pod).empty();
        });
        return pods;
    }
    std::vector<k8s::Object> all_pods() const override { return api.all(k8s::pods); }

    const FakeApi& api;
};

Json resource_of(const Size& size) {
    Json object = sample::experiment();
    object["spec"]["search"] = {
        {"objective", {{"metric", "score"}, {"goal", "Maximize"}}},
        {"space",
         {{{"name", "train.learning_rate"}, {"type", "Float"}, {"min", 0.0001}, {"max", 0.1}},
          {{"name", "train.batch_size"}, {"type", "Discrete"}, {"values", {16, 32, 64}}}}},
        {"maxTrials", size.trials + 1},
        {"earlyStopping", {{"name", size.rule}}}};
    return object;
}

// Better with each trial, so that none is stopped by comparison.
double score(std::int64_t trial, std::int64_t step) {
    return static_cast<double>(trial) + 1 - std::exp(-static_cast<double>(step) / 20);
}

class Bench {
  public:
    explicit Bench(const Size& size) : size_(size) {
        must(store::migrate(database_.dsn,
                            {store::migrations(), lineage::migrations(), migrations()}));
        epoch_ = must(store::claim_epoch(database_.writer, "bench"));
        for (const Json& secret : sample::secrets()) {
            api_.put(k8s::secrets, secret);
        }
        api_.put(experiments, resource_of(size));
        restart();
        begin_search();
        write_trials();
        restart();
    }

    void restart() {
        reconciler_.reset();
        state_ = std::make_unique<PostgresHistory>(database_.writer, epoch_);
        reconciler_ = std::make_unique<Reconciler>(
            Dependencies{.api = api_,
                         .cluster = cluster_,
                         .state = *state_,
                         .clock = clock_,
                         .configuration = configuration_,
                         .build = "bench",
                         .begin_activity = [this](const PendingActivity& activity) {
                             begun_.push_back(activity);
                         }});
    }
    // Milliseconds.
    double look() {
        const auto began = std::chrono::steady_clock::now();
        must(reconciler_->reconcile({sample::name_space, sample::name}));
        return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - began)
            .count();
    }
    void report_one() {
        ++reported_;
        Json points = Json::array();
        for (std::int64_t step = 0; step < reported_; ++step) {
            points.push_back({step, std::to_string(score(size_.trials + 1, step))});
        }
        auto transaction = must(database_.writer.begin());
        must(transaction.execute(
            "INSERT INTO progress (pod_uid, document, updated_at) VALUES ($1, $2, $3) "
            "ON CONFLICT (pod_uid) DO UPDATE SET document = excluded.document",
            {running_pod,
             canonical_json(Json::array({{{"kind", "Objective"}, {"points", points}}})),
             clock_.now()}));
        must(transaction.commit());
    }

    std::size_t events() { return must(state_->load(sample::experiment_uid)).search_events.size(); }

  private:
    // Until its first trial has a Job.
    void begin_search() {
        for (int i = 0; i < 100 && api_.all(k8s::jobs).empty(); ++i) {
            look();
            for (const PendingActivity& activity : std::exchange(begun_, {})) {
                experiment::ActivityRow row = activity.row;
                row.state = experiment::ActivityState::Succeeded;
                row.outcome_json = canonical_json(row.key == experiment::resolve_activity
                                                      ? records::work::to_json(sample::resolved())
                                                  : row.key == experiment::build_activity
                                                      ? records::work::to_json(sample::built())
                                                      : records::work::to_json(sample::opened()));
                must(state_->finish_activity(activity.experiment_uid, row));
            }
        }
        while (must(reconciler_->reconcile({sample::name_space, sample::name})).requeue) {
        }
    }
    void write_trials() {
        const experiment::History history = must(state_->load(sample::experiment_uid));
        experiment::Change change;
        change.search_events_before = static_cast<std::int64_t>(history.search_events.size());
        for (std::int64_t number = 1; number <= size_.trials + 1; ++number) {
            add_trial(history, number, change);
        }
        must(state_->commit(sample::experiment_uid, change, {}, clock_.now()));
        Json job = *api_.all(k8s::jobs).front();
        job["metadata"]["name"] = records::job_name(sample::experiment_uid, size_.trials + 1, 1);
        job["metadata"].erase("uid");
        job["metadata"].erase("resourceVersion");
        api_.put(k8s::jobs, job);
        add_pod();
        while (must(reconciler_->reconcile({sample::name_space, sample::name})).requeue) {
        }
    }
    void add_pod() {
        const std::string name = records::job_name(sample::experiment_uid, size_.trials + 1, 1);
        const k8s::Object job = api_.seen(k8s::jobs, {sample::name_space, name});
        Json pod = *parse_json(R"({"spec": {"nodeName": "node"}, "status": {"phase": "Running",
            "containerStatuses": [{"name": "train",
                "state": {"running": {"startedAt": "2026-01-01T00:00:00Z"}}}]}})");
        pod["metadata"] = {{"name", "running"},
                           {"namespace", sample::name_space},
                           {"uid", running_pod},
                           {"labels",
                            {{records::managed_by_label, records::managed_by_value},
                             {records::experiment_label, sample::experiment_uid},
                             {records::experiment_name_label, sample::name}}}};
        pod["metadata"]["ownerReferences"] =
            Json::array({{{"kind", "Job"}, {"uid", k8s::uid_of(*job)}, {"controller", true}}});
        api_.put(k8s::pods, pod);
    }
    void add_trial(const experiment::History& history, std::int64_t number,
                   experiment::Change& change) {
        const bool ended = number <= size_.trials;
        experiment::TrialRow trial = history.trials.front();
        trial.number = number;
        experiment::AttemptRow attempt = history.attempts.front();
        attempt.trial = number;
        attempt.job_name = records::job_name(sample::experiment_uid, number, 1);
        attempt.stage =
            ended ? experiment::AttemptStage::Deleted : experiment::AttemptStage::Planned;
        attempt.pod_uid = ended ? "pod-" + std::to_string(number) : "";
        const auto add = [&](const search::Event& event) {
            change.search_events.push_back(canonical_json(search::to_json(event)));
        };
        if (number > 1) {
            const double share =
                static_cast<double>(number) / static_cast<double>(size_.trials + 2);
            const search::Parameters parameters{{"train.learning_rate", 0.0001 + 0.09 * share},
                                                {"train.batch_size", std::int64_t{32}}};
            trial.parameters_json = canonical_json(search::to_json(parameters));
            add(search::Asked{number, parameters, {}});
        }
        for (std::int64_t step = 0; ended && step < size_.points; ++step) {
            add(search::Reported{number, step, score(number, step)});
        }
        if (ended) {
            const double value = score(number, size_.points);
            add(search::Told{number, search::Outcome::Completed, value, ""});
            trial.state = experiment::TrialState::Completed;
            trial.value = MetricValue(value);
            trial.ended_at = clock_.now();
        }
        change.trials.push_back(trial);
        change.attempts.push_back(attempt);
    }

    const Size size_;
    test::MigratedDatabase database_;
    store::Epoch epoch_;
    FakeClock clock_;
    FakeApi api_{clock_};
    MirrorCluster cluster_{api_};
    const spec::Configuration configuration_ = sample::configuration();
    std::vector<PendingActivity> begun_;
    std::unique_ptr<PostgresHistory> state_;
    std::unique_ptr<Reconciler> reconciler_;
    std::int64_t reported_ = 0;
};

// With nothing before it, what there is to do is done first.
double settled_look(Bench& bench) {
    double last = 0;
    for (int i = 0; i < 5; ++i) {
        last = bench.look();
    }
    return last;
}

int run(const Size& size) {
    set_log_level(LogLevel::Error);
    Bench bench(size);
    std::printf("%lld trials x %lld points, %s\n", static_cast<long long>(size.trials),
                static_cast<long long>(size.points), size.rule.c_str());
    bench.report_one();
    std::printf("after a restart, with a new point: %8.1f ms\n", bench.look());
    settled_look(bench);
    double idle = 0;
    for (int i = 0; i < looks; ++i) {
        idle += bench.look();
    }
    std::printf("with nothing new:                  %8.1f ms\n", idle / looks);
    double news = 0;
    for (int i = 0; i < looks; ++i) {
        bench.report_one();
        news += bench.look();
    }
    std::printf("with a new point:                  %8.1f ms\n", news / looks);
    const auto expected = static_cast<std::size_t>(size.trials * (size.points + 2) + 2 + looks);
    if (bench.events() != expected) { // else something else was measured
        std::fprintf(stderr, "%zu events, expected %zu\n", bench.events(), expected);
        return 1;
    }
    return 0;
}

} // namespace
} // namespace pedigree::control

int main(int argc, char** argv) {
    pedigree::control::Size size;
    if (argc > 1) {
        size.trials = std::atoll(argv[1]);
    }
    if (argc > 2) {
        size.points = std::atoll(argv[2]);
    }
    if (argc > 3) {
        size.rule = argv[3];
    }
    return pedigree::control::run(size);
}
