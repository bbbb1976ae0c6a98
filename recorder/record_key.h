#pragma once
// RecordKey: what this recorder signs with (records/pod/signature.h). The operator makes it and
// gives it to the first claim that it hears from this pod; the claim is a random word of our own,
// kept in the journal before it is said, so that an answer that was lost, or a restart, gets the
// same key again. The key is kept in the journal too, on a volume that the training container does
// not mount, and nowhere else. The operator may be away: then it is asked again until the end.
//
// One thread at a time: the one that ships while the training runs, then the one that concludes.

#include <optional>
#include <stop_token>

#include "base/secret.h"
#include "net/http.h"
#include "recorder/settings.h"

namespace pedigree::recorder {

class RecordKey {
  public:
    RecordKey(net::Http& http, const Settings& settings) : http_(http), settings_(settings) {}

    // What an earlier start left in the journal; else a new claim, kept there.
    Status open();
    // Asks the operator, unless the key is known.
    Status ask(std::stop_token stop);
    // Asks until the key is known, there is none to be had, or the stop.
    void wait(std::stop_token stop);

    const std::optional<Secret>& known() const { return key_; }

  private:
    Status keep() const;

    net::Http& http_;
    const Settings& settings_;
    Secret claim_;
    std::optional<Secret> key_;
    bool refused_ = false; // for good: another has it, or there is nobody to ask
};

} // namespace pedigree::recorder
