#pragma once
// Readiness: whether this process serves, and if not, what it waits for, in words that a person can
// act on. Answers /readyz from memory: a probe never waits for a database or for another client.
// What is away once the process serves makes it not unready: the read API says of each answer what
// it cannot give, and an APIService without a backend would block the deletion of all namespaces.
// It is noted beside the "ok", each note under a name of its own. Any thread may call.

#include <map>
#include <optional>
#include <string>

#include "base/result.h"
#include "base/sync.h"

namespace pedigree::control {

class Readiness {
  public:
    void waits(std::string for_what) { *waiting_.lock() = std::move(for_what); }
    void serves() { waiting_.lock()->reset(); }

    // What a person should know although it serves; an empty text takes the note back.
    void note(const std::string& about, std::string text) {
        auto notes = notes_.lock();
        if (text.empty()) {
            notes->erase(about);
        } else {
            (*notes)[about] = std::move(text);
        }
    }
    std::string notes() const { // a line each
        std::string all;
        for (const auto& [about, text] : *notes_.lock()) {
            all += text + "\n";
        }
        return all;
    }

    // Unavailable says what is waited for.
    Status status() const {
        const auto waiting = *waiting_.lock();
        return waiting ? Status(failure(ErrorCode::Unavailable, *waiting)) : Status();
    }

  private:
    mutable Sync<std::optional<std::string>> waiting_{std::optional<std::string>("starting")};
    mutable Sync<std::map<std::string, std::string>> notes_;
};

} // namespace pedigree::control
