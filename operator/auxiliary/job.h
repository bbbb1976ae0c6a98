#pragma once
// An auxiliary Job: one pod that runs somebody's code on the platform's behalf and comes to one
// result, which is kept and used again. It has the walls of a training pod and less: no Secret, no
// token, nothing of pedigree inside. Its name follows from what it is for and from how often that
// was tried, so a restart finds it; it belongs to its Experiment and is not seen by the caches.
// Pure; golden-tested.

#include <string>
#include <vector>

#include "base/json.h"
#include "experiment/history.h"

namespace pedigree::control {

// From the Job's creation, so with pulling the image: 6 GB took 20 minutes on slow nodes.
constexpr std::int64_t auxiliary_seconds_max = 1800;
// After its end it stays for a look; what it came to is a row by then.
constexpr std::int64_t auxiliary_kept_seconds = 900;

constexpr const char* auxiliary_container = "auxiliary";

struct AuxiliaryDemand {
    std::string name, name_space;
    std::string experiment_uid, experiment_name; // its owner
    std::string nonce;                           // of the activity that wants it
    std::string image;                           // by digest
    std::vector<std::string> pull_secrets;       // of the kubelet, never in the pod
    std::vector<std::string> command;
    std::string memory;        // quantity
    std::string failed_reason; // when the command fails: "ImportFailed"
    std::string builds; // the digest of the source distribution of which it makes a wheel; "": none
    // The one address that the pod may read beside DNS, kept by a NetworkPolicy; "": none, nor DNS.
    std::string reads_url;
    // Other digests by which a node may name the image (pipeline/run/image.h). Not all are known of
    // a base: that of its configuration is not.
    std::vector<std::string> image_digests = {};
    bool all_digests_known = false;
};

Json build_auxiliary_job(const AuxiliaryDemand& demand);
// Of its pod: nothing comes in; out go DNS and reads_url's port, to its address where the host is
// one, else anywhere, since a NetworkPolicy knows no names. Without reads_url nothing goes out.
Json build_network_policy(const AuxiliaryDemand& demand);

} // namespace pedigree::control
