#pragma once
// Faults: what goes wrong in one run. Everything follows from the seed (random runs) or from the
// name of one effect (crash runs). A crash is an exception that no part of the operator knows:
// whatever it held in memory is gone, what FakeApi and FakeHistory hold is not.

#include <cstdint>
#include <optional>
#include <ostream>
#include <random>
#include <string>
#include <vector>

#include "base/failure_class.h"
#include "base/result.h"
#include "tests/fakes/fake_history.h"

namespace pedigree::simulation {

struct Crash {
    std::string after; // the effect or call
};

// Crash right after this effect, and after as many further effects of any name.
struct CrashPlan {
    std::string effect;
    int times = 0;
};

// One call that is answered with the same refusal each time it is made.
struct Refusal {
    std::string
        call; // "create jobs", "commit", "finish_activity Succeeded", or the word of a WorkKind
    ErrorCode code = ErrorCode::InvalidInput;     // of the API server and of PostgreSQL
    std::optional<experiment::RecordKind> record; // commits that hold it; all others go well
    std::optional<FailureClass> failure_class;    // of the worker

    std::string test_name() const;
};
std::ostream& operator<<(std::ostream& out, const Refusal& refusal);

class Faults {
  public:
    Faults() = default; // nothing goes wrong
    explicit Faults(CrashPlan plan) : plan_(std::move(plan)) {}
    explicit Faults(std::uint64_t seed);
    explicit Faults(Refusal refusal) : refusal_(std::move(refusal)) {}

    // May throw Crash.
    void after_effect(const std::string& name);
    Status of_api(FaultPoint point, const std::string& call);
    Status of_state(FaultPoint point, const std::string& call);
    bool refuses() const { return refusal_.has_value(); }
    Status of_commit(const experiment::Change& change) const;
    // What the worker says of this kind of work, each time; nothing: what it finds.
    std::optional<FailureClass> refused_work(const std::string& kind) const;
    enum class Work { Well, Fails, AnswerLost };
    Work of_worker(const std::string& kind);
    enum class Delivery { Once, Twice, Lost };
    Delivery of_watch();
    std::chrono::milliseconds lag();

    const std::vector<std::string>& told() const { return told_; } // what happened, for a failure
    int crashes() const { return crashes_; }

  private:
    bool happens(double probability);
    void note(std::string what) { told_.push_back(std::move(what)); }
    [[noreturn]] void crash(const std::string& after);

    CrashPlan plan_;
    std::optional<Refusal> refusal_;
    bool random_ = false;
    std::mt19937_64 generator_;
    double api_ = 0, state_ = 0, worker_ = 0, watch_ = 0, crash_ = 0;
    std::int64_t lag_ms_max_ = 0;
    int left_ = 0; // faults, until the world behaves
    int crashes_ = 0;
    std::vector<std::string> told_;
};

} // namespace pedigree::simulation
