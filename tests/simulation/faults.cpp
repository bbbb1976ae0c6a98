#include "tests/simulation/faults.h"

#include <algorithm>
#include <array>

#include "store/connection.h"

namespace pedigree::simulation {
namespace {

constexpr int faults_max = 30;
constexpr int crashes_max = 4;

} // namespace

Faults::Faults(std::uint64_t seed) : random_(true), generator_(seed) {
    std::uniform_real_distribution<double> share(0.0, 1.0);
    api_ = 0.15 * share(generator_);
    state_ = 0.15 * share(generator_);
    worker_ = 0.3 * share(generator_);
    watch_ = 0.2 * share(generator_);
    crash_ = 0.05 * share(generator_);
    lag_ms_max_ = std::array{0, 50, 2000, 20000}[generator_() % 4];
    left_ = faults_max;
}

bool Faults::happens(double probability) {
    if (!random_ || left_ == 0 ||
        std::uniform_real_distribution<double>(0.0, 1.0)(generator_) >= probability) {
        return false;
    }
    --left_;
    return true;
}

void Faults::crash(const std::string& after) {
    ++crashes_;
    note("crash after " + after);
    throw Crash{after};
}

void Faults::after_effect(const std::string& name) {
    const bool planned = plan_.times > 0 && (crashes_ > 0 || name == plan_.effect);
    if (planned) {
        --plan_.times;
        crash(name);
    }
    if (crashes_ < crashes_max && happens(crash_)) {
        crash(name);
    }
}

std::string Refusal::test_name() const {
    std::string name = call + " " + (record ? std::string(to_string(*record)) : "") + " " +
                       std::string(failure_class ? to_string(*failure_class) : to_string(code));
    std::erase(name, ' ');
    return name;
}

std::ostream& operator<<(std::ostream& out, const Refusal& refusal) {
    return out << refusal.test_name();
}

Status Faults::of_commit(const experiment::Change& change) const {
    if (!refusal_ || !refusal_->record ||
        std::find(change.records.begin(), change.records.end(), *refusal_->record) ==
            change.records.end()) {
        return {};
    }
    return failure(refusal_->code, "injected: this record is refused");
}

std::optional<FailureClass> Faults::refused_work(const std::string& kind) const {
    return refusal_ && refusal_->call == kind ? refusal_->failure_class : std::nullopt;
}

Status Faults::of_api(FaultPoint point, const std::string& call) {
    if (refusal_ && refusal_->call == call && point == FaultPoint::Before) {
        return failure(refusal_->code, "injected: " + call + " is refused");
    }
    if (point == FaultPoint::After && crashes_ < crashes_max && happens(crash_ / 2)) {
        crash(call);
    }
    if (!happens(api_)) {
        return {};
    }
    if (point == FaultPoint::After) {
        note("answer lost: " + call);
        return failure(ErrorCode::Timeout, "no answer to " + call);
    }
    static constexpr std::array errors{ErrorCode::Conflict, ErrorCode::Gone, ErrorCode::TooMany,
                                       ErrorCode::Unavailable, ErrorCode::Timeout};
    const ErrorCode code = errors[generator_() % errors.size()];
    note("refused: " + call + " " + std::string(to_string(code)));
    return failure(code, "injected: " + call);
}

Status Faults::of_state(FaultPoint point, const std::string& call) {
    if (refusal_ && !refusal_->record && refusal_->call == call && point == FaultPoint::Before) {
        return failure(refusal_->code, "injected: " + call + " is refused");
    }
    if (point == FaultPoint::After && crashes_ < crashes_max && happens(crash_ / 2)) {
        crash(call);
    }
    if (!happens(state_)) {
        return {};
    }
    note((point == FaultPoint::After ? "ambiguous: " : "refused: ") + call);
    return failure(ErrorCode::Unavailable, store::away_reason, "PostgreSQL: injected at " + call);
}

Faults::Work Faults::of_worker(const std::string& kind) {
    if (!happens(worker_)) {
        return Work::Well;
    }
    const bool lost = generator_() % 2 == 0;
    note((lost ? "worker's answer lost: " : "worker fails: ") + kind);
    if (lost && crashes_ < crashes_max && happens(crash_ * 4)) {
        crash(kind);
    }
    return lost ? Work::AnswerLost : Work::Fails;
}

Faults::Delivery Faults::of_watch() {
    if (!happens(watch_)) {
        return Delivery::Once;
    }
    const bool lost = generator_() % 2 == 0;
    note(lost ? "watch event lost" : "watch event doubled");
    return lost ? Delivery::Lost : Delivery::Twice;
}

std::chrono::milliseconds Faults::lag() {
    return std::chrono::milliseconds(
        lag_ms_max_ == 0 || left_ == 0
            ? 0
            : static_cast<std::int64_t>(generator_() % static_cast<std::uint64_t>(lag_ms_max_)));
}

} // namespace pedigree::simulation
