#pragma once
// The end of a pod's record: the bundle in the artifact store, its digest in the termination
// message (at most 4096 bytes, written in place since the kubelet mounts that file), and the sign
// to the launcher that it may go.

#include <optional>
#include <stop_token>

#include "artifacts/s3.h"
#include "base/secret.h"
#include "recorder/observations.h"
#include "recorder/outputs.h"
#include "recorder/settings.h"

namespace pedigree::recorder {

constexpr std::size_t report_bytes_max = 256 * 1024;

// The launcher's last report as it stands there, and read; NotFound before the first.
Result<std::string> report_text(const Places& places);
Result<records::pod::LauncherReport> read_report(const Places& places);

struct Conclusion {
    records::pod::LauncherReport report;
    UploadedOutputs outputs;
    std::vector<records::pod::ObservedRun> followed; // runs that were read from files
    bool log_complete = true;
    std::size_t appends_left = 0; // kept for MLflow and not delivered
};

records::pod::Bundle make_bundle(const Settings& settings, const Observations& seen,
                                 Conclusion conclusion, const std::string& finished_at);

// Puts the bundle's pages and the bundle, signed if there is a key; gives what the termination
// message says.
records::pod::Termination put_bundle(artifacts::S3Client& store, const Settings& settings,
                                     records::pod::Bundle bundle, const std::optional<Secret>& key,
                                     std::stop_token stop);

void write_termination(const Places& places, const records::pod::Termination& termination);

} // namespace pedigree::recorder
