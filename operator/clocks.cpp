#include "operator/clocks.h"

#include <fmt/format.h>

#include "base/log.h"

namespace pedigree::control {
namespace {

constexpr const char* clock_note = "clocks";
constexpr std::chrono::seconds answer_time_max{2};

double seconds_of(std::chrono::microseconds time) {
    return std::chrono::duration<double>(time).count();
}

} // namespace

Result<DatabaseTime> database_time(store::Pool& pool) {
    TRY(auto transaction, pool.begin({.access = store::Access::ReadOnly}));
    const auto asked = std::chrono::steady_clock::now();
    TRY(const auto rows, transaction.query("SELECT clock_timestamp(), (SELECT event_time FROM "
                                           "ledger ORDER BY seq DESC LIMIT 1)"));
    TRY(const auto found, (rows.as<Instant, std::optional<Instant>>()));
    if (std::chrono::steady_clock::now() - asked > answer_time_max) {
        return failure(ErrorCode::Timeout, "PostgreSQL took too long to tell its time");
    }
    return DatabaseTime{std::get<0>(found.at(0)), std::get<1>(found.at(0))};
}

void Clocks::begin(const DatabaseTime& database) {
    own_.set(start_of(machine_.now(), database.now, database.newest));
    compare(database.now);
    auto watches = watches_.lock();
    (void)watches->machine.look(machine_.now());
    (void)watches->database.look(database.now);
}

void Clocks::look(std::optional<Instant> database) {
    auto watches = watches_.lock();
    tell("machine", watches->machine.look(machine_.now()));
    if (database) {
        tell("database", watches->database.look(*database));
        compare(*database);
    }
}

// A person has to set one of them right; nothing stops meanwhile.
void Clocks::compare(Instant database) {
    const auto apart =
        std::chrono::duration_cast<std::chrono::microseconds>(machine_.now() - database);
    readiness_.note(
        clock_note,
        std::chrono::abs(apart) < clock_jump_min
            ? std::string()
            : fmt::format("the clock of the operator's machine is {:.0f} s ahead of the "
                          "database's: set the wrong one right; deadlines follow "
                          "neither",
                          seconds_of(apart)));
}

void Clocks::tell(const char* clock, std::optional<std::chrono::microseconds> jump) {
    if (!jump) {
        return;
    }
    metrics_.add(Metric::ClockJumps, {clock});
    log_warning("a clock jumped; deadlines go on as before",
                {{"clock", clock}, {"seconds", fmt::format("{:.0f}", seconds_of(*jump))}});
}

} // namespace pedigree::control
