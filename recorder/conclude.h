#pragma once
// The end of a pod's record: the bundle in the artifact store, its digest in the termination
// message (at most 4096 bytes, written in place since the kubelet mounts that file), and the sign
// to the launcher that it may go.

#include <stop_token>

#include "artifacts/s3.h"
#include "recorder/observations.h"
#include "recorder/outputs.h"
#include "recorder/settings.h"

namespace pedigree::recorder {

constexpr std::size_t report_bytes_max = 256 * 1024;

// The launcher's last report; NotFound before the first.
Result<records::pod::LauncherReport> read_report(const Places& places);

struct Conclusion {
    Observations seen;
    records::pod::LauncherReport report;
    UploadedOutputs outputs;
    bool log_complete = true;
    std::size_t appends_left = 0; // kept for MLflow and not delivered
};

records::pod::Bundle make_bundle(const Settings& settings, Conclusion conclusion,
                                 const std::string& finished_at);

// Puts the bundle; gives what the termination message says.
records::pod::Termination put_bundle(artifacts::S3Client& store, const Settings& settings,
                                     const records::pod::Bundle& bundle, std::stop_token stop);

void write_termination(const Places& places, const records::pod::Termination& termination);

} // namespace pedigree::recorder
