#pragma once
// Wheels that an image's build had made of source distributions, for a command that cannot have
// them made: they lie in the image's repository, and its provenance names them by digest. That they
// come from the source distributions of the lock is the record's word.

#include <map>
#include <string>

#include "imagebuild/assembly.h"
#include "imagebuild/attest/provenance.h"
#include "imagebuild/registry/registry.h"

namespace pedigree::cli {

// By the digest of the source distribution, which the lock lists. Those of the claim that the lock
// lists themselves are left out, and those of which the repository has no artifact.
Result<std::map<std::string, imagebuild::DerivedWheel>>
recorded_wheels(imagebuild::RegistryClient& repository, const imagebuild::ProvenanceClaim& claim,
                const imagebuild::LockText& lock);

} // namespace pedigree::cli
