#pragma once
// Ships the launcher's complete log segments to the artifact store, in order and as they are, and
// removes what has arrived. The command sees none of the pod's credentials, so what it prints holds
// none; were its words compared with them, it could guess. Beyond log_bytes_max segments
// are counted as dropped and removed, so that a script that never stops talking fills neither the
// store nor the volume. A store that is away is tried again at the next call. One thread.

#include <filesystem>
#include <stop_token>

#include "artifacts/s3.h"
#include "base/untrusted_folder.h"
#include "recorder/notebook.h"

namespace pedigree::recorder {

enum class Segments { Complete, All }; // All: also one that a killed launcher left unfinished

class LogShipper {
  public:
    struct Target {
        artifacts::S3Object key; // of the log: segments are <key>0000001.out ...
        std::filesystem::path folder;
        std::int64_t log_bytes_max;
    };
    LogShipper(artifacts::S3Client& store, Notebook& notebook, Target target);

    // Unavailable: the store did not take a segment; it stays.
    Status ship(Segments which, std::stop_token stop);

  private:
    Status ship_one(const UntrustedFolder& folder, const std::string& name, std::stop_token stop);

    artifacts::S3Client& store_;
    Notebook& notebook_;
    Target target_;
};

} // namespace pedigree::recorder
