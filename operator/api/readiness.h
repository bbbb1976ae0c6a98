#pragma once
// Readiness: whether this process serves, and if not, what it waits for, in words that a person can
// act on. Answers /readyz from memory: a probe never waits for a database or for another client.
// What is away once the process serves makes it not unready: the read API says of each answer what
// it cannot give, and an APIService without a backend would block the deletion of all namespaces.
// Any thread may call.

#include <optional>
#include <string>

#include "base/result.h"
#include "base/sync.h"

namespace pedigree::control {

class Readiness {
  public:
    void waits(std::string for_what) { *waiting_.lock() = std::move(for_what); }
    void serves() { waiting_.lock()->reset(); }

    // Unavailable says what is waited for.
    Status status() const {
        const auto waiting = *waiting_.lock();
        return waiting ? Status(failure(ErrorCode::Unavailable, *waiting)) : Status();
    }

  private:
    mutable Sync<std::optional<std::string>> waiting_{std::optional<std::string>("starting")};
};

} // namespace pedigree::control
