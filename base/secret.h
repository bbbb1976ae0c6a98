#pragma once
// Secret: a credential in memory. It has no formatter and no operator<<, so it cannot reach a log,
// a status or an event by accident; reveal() is the one place to search for. Wiped when destroyed.

#include <string>
#include <utility>

namespace pedigree {

class Secret {
  public:
    Secret() = default;
    explicit Secret(std::string value) : value_(std::move(value)) {}
    ~Secret() { wipe(); }
    Secret(const Secret&) = default;
    Secret(Secret&& other) noexcept : value_(std::exchange(other.value_, {})) {}
    Secret& operator=(const Secret&) = default;
    Secret& operator=(Secret&& other) noexcept {
        wipe();
        value_ = std::exchange(other.value_, {});
        return *this;
    }

    const std::string& reveal() const { return value_; }
    bool empty() const { return value_.empty(); }

  private:
    void wipe() {
        for (volatile char& c : value_) {
            c = '\0';
        }
    }
    std::string value_;
};

} // namespace pedigree
