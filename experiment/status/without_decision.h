#pragma once
// What a status says while nothing can be decided or done about an Experiment. Nothing is undone:
// training goes on, and the projection (project.h) takes the words back at the first look that
// succeeds. Pure.

#include <optional>
#include <string>

#include "base/clock.h"
#include "base/error.h"
#include "base/json.h"

namespace pedigree::experiment {

struct Obstacle {
    std::string reason, message;
    bool hides_record = false; // also said of the condition LineageRecorded
};

// Whose word an error is (Error::reason): of the API server, of PostgreSQL (store/connection.h).
constexpr const char* api_server_refused_reason = "ApiServerRefused";
constexpr const char* database_refused_reason = "DatabaseRefused";

// PostgreSQL does not answer; whoever knows that calls this.
Obstacle database_away();
// Why the last look failed, if it will fail again: rows that this version cannot read, a call that
// the API server or PostgreSQL refuses, a bug of ours. Nothing for what passes by itself.
std::optional<Obstacle> obstacle_of(const Error& error);

// The status to write; nothing if this one says it already, or if its record was complete before.
std::optional<Json> status_without_decision(Json status, const Obstacle& obstacle,
                                            std::int64_t generation, Instant now);

} // namespace pedigree::experiment
