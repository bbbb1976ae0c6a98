#pragma once
// Wheels that were built from source distributions, for one build: those that come fresh from a pod
// are as hostile as every archive; those of earlier builds lie in the repository. Borrows what it
// is given; one thread.

#include "imagebuild/wheel/wheel_artifact.h"
#include "records/work/work.h"

namespace pedigree::worker {

class DerivedWheels {
  public:
    // Lays the fresh ones into the cache. InvalidInput: a name or bytes that no wheel has.
    static Result<DerivedWheels> from(const records::work::BuildImageInput& input,
                                      std::filesystem::path cache);

    const std::map<std::string, records::work::DerivedWheel>& known() const { return known_; }
    // Pushes those of `used` that are fresh, and tells which were used, by source distribution.
    Result<std::map<std::string, records::work::DerivedWheel>>
    keep(const std::vector<imagebuild::UsedWheel>& used,
         imagebuild::RegistryClient& repository) const;

  private:
    std::filesystem::path cache_;
    std::map<std::string, records::work::DerivedWheel> known_; // by source distribution
    std::set<std::string> fresh_;
};

} // namespace pedigree::worker
