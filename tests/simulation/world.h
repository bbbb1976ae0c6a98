#pragma once
// World: the operator and everything around it in one thread and virtual time. The operator's part
// is real (Reconciler, decide, act, ActivityRunner, the queue's order); what it meets are doubles.
// A crash throws away all that the operator held in memory; it starts again a moment later from
// what FakeApi and FakeHistory hold.

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "k8s/queue_order.h"
#include "operator/activity/runner.h"
#include "operator/reconcile/reconciler.h"
#include "tests/fakes/fake_build_memory.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/scratch.h"
#include "tests/simulation/lagging_cluster.h"
#include "tests/simulation/node_double.h"
#include "tests/simulation/scenario.h"
#include "tests/simulation/worker_double.h"

namespace pedigree::simulation {

// The machine's clock is set while the operator runs; its process may end then, too, and begin with
// a clock that is wrong.
struct ClockJump {
    int at_look = 0; // 0: never
    std::chrono::hours by{0};
    bool restart = false;
};

// What one run left, without times and ids: compared with the undisturbed run.
struct Ending {
    std::vector<std::string> records; // types, in order
    std::string state;                // outcome, attempts, status
    bool operator==(const Ending&) const = default;
};

class World {
  public:
    World(const Scenario& scenario, Faults faults);
    ~World();

    // Until nothing is left to do. Violations of what must always hold are collected.
    void run();
    void set_jump(ClockJump jump) { jump_ = jump; }

    // A backup is taken after each commit; when all is at rest, one is put back, and it goes on.
    void take_backups();
    std::size_t backups() const { return backups_.size(); }
    void run_on_from_backup(std::size_t number);
    // In the middle of the run, after so many commits, the backup of an earlier one is put back,
    // when the branch has moved on. As run(); the commit that the status named must stay.
    void run_through_restore(std::size_t at_commit, std::size_t backup);

    Ending ending() const;
    const std::vector<std::string>& violations() const { return violations_; }
    const std::set<std::string>& effects() const { return effects_; } // names that occurred
    const Faults& faults() const { return faults_; }
    // What the status said when nothing more happened: "<phase> <reason>".
    const std::string& rests_in() const { return rests_in_; }
    int looks() const { return looks_; } // of the operator at the Experiment
    // When the outcome was committed, by true time.
    std::chrono::microseconds ended_after() const { return ended_after_; }

  private:
    struct Operator; // what a crash takes away
    void start();
    bool step(); // one piece of the operator's work; false: nothing is due
    void work_on(const k8s::ObjectKey& key);
    void try_activity(const std::string& id);
    void act_as_user();
    void take_from_training(Deed deed);
    bool pass_time();
    bool come_to_rest();
    void jump_clock();
    void restore();
    void check_commit();
    k8s::QueueTime queue_time() const;

    void connect();
    void make_foreign_job();
    bool is_foreign(const Json& object) const; // or of the foreign Job
    bool is_kept_for_people(const Json& object) const;
    void check_status(const k8s::Object& before, const k8s::Object& after);
    void check_intent(const std::string& job_name);
    void check_policy_removed(const std::string& job_name);
    void check_rest();
    void check_effort();
    void check_left_behind();
    void check_end();
    void violated(std::string what) { violations_.push_back(std::move(what)); }

    const Scenario& scenario_;
    Faults faults_;
    // What the machine says the time is.
    struct Wall final : Clock {
        explicit Wall(const FakeClock& clock) : true_time(clock) {}
        Instant now() const override { return true_time.now() + ahead; }
        const FakeClock& true_time;
        std::chrono::microseconds ahead{0};
    };

    FakeClock clock_;
    Wall wall_{clock_};
    ClockJump jump_;
    std::vector<FakeHistory::Moment> backups_;
    Instant begun_ = FakeClock().now();
    struct Restore {
        std::size_t at_commit = 0, backup = 0;
        std::string told_commit; // of the status, when it was done
    };
    std::optional<Restore> restore_;
    bool put_back_ = false; // statuses may say less than before, and histories be unknown
    FakeApi api_{clock_};
    FakeHistory state_;
    FakeBuildMemory memory_;
    const spec::Configuration configuration_;
    NodeDouble node_;
    WorkerDouble worker_;
    LaggingCluster cluster_;
    control::InputMaker inputs_;
    std::unique_ptr<Operator> operator_;
    std::size_t deeds_done_ = 0;
    int looks_ = 0;
    std::chrono::microseconds ended_after_{0};
    bool calm_ = false; // faults are over: checks only
    std::map<std::string, int> jobs_made_;
    std::string foreign_uid_; // of a Job that another made; "": none
    std::set<std::string> effects_;
    std::vector<std::string> violations_;
    std::string last_status_; // of the CR, as long as it was there
    std::string rests_in_;
};

// One run and everything that is wrong with it; empty: all is well.
std::vector<std::string> differences(const World& world, const Ending& undisturbed);

} // namespace pedigree::simulation
