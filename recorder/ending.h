#pragma once
// Ending: how the record of a pod is closed. The launcher's report says when the command has ended,
// but it is the word of user code: a script may write it and go on. So the record is closed when
// the report says so, and the tracker's endpoint with it (nothing passes later), the launcher may
// go; and when the kubelet then ends this container, which it does after the training container's
// true end, the record is closed again if anything was seen since: another report, or calls that
// were refused. The second bundle replaces the first. One thread.

#include <cstdint>
#include <stop_token>
#include <string>
#include <utility>

#include "artifacts/s3.h"
#include "recorder/followers.h"
#include "recorder/log_shipper.h"
#include "recorder/movement.h"
#include "recorder/notebook.h"
#include "recorder/pending.h"
#include "recorder/record_key.h"
#include "recorder/settings.h"

namespace pedigree::recorder {

class Ending {
  public:
    struct Parts {
        const Settings& settings;
        artifacts::S3Client& store;
        LogShipper& shipper;
        Notebook& notebook;
        PendingAppends& pending;
        RecordKey& key;
        Followers& followers;
        Movement& movement;              // of the store's calls, too
        std::stop_token terminated = {}; // by the kubelet
    };
    explicit Ending(Parts parts) : parts_(std::move(parts)) {}

    // Delivers, ships and uploads what is left, until it stands still for deadlines.drainSeconds or
    // has taken drain_moving_seconds_max; once the kubelet ends this container, within drainSeconds
    // from then on. Waits for a key that the operator has not given yet, puts the bundle, writes
    // the termination message, and lets the launcher go.
    Status conclude();
    // Whether something was seen since.
    bool outdated() const;

  private:
    void add_followed_files(UploadedOutputs& outputs, std::stop_token stop) const;

    Parts parts_;
    std::string report_;      // the text that was concluded from
    std::uint64_t notes_ = 0; // how many there were
};

} // namespace pedigree::recorder
