#pragma once
// A wheel from a source distribution: somebody's setup code runs once, in a pod of the pinned base
// with nothing in reach but the file's own address, and the wheel comes back in the pod's log. The
// worker reads it as it reads every wheel. Pure.

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "records/work/work.h"

namespace pedigree::control {

constexpr const char* wheel_recipe = "pep517-1"; // in every key: another way of building raises it
// In a log it takes a third more, and the kubelet begins a new file after 10 MiB.
constexpr std::size_t derived_wheel_bytes_max = 4 * 1024 * 1024;
constexpr std::size_t source_bytes_max = 64 * 1024 * 1024;
constexpr std::size_t derived_wheel_log_bytes_max = 8 * 1024 * 1024;
constexpr std::size_t unbuilt_wheels_max = 10; // of one lock: they are built beside each other
constexpr const char* derived_wheel_memory = "2Gi";

// argv for the pod: fetches the file, compares its digest, unpacks it, and asks its build backend
// (PEP 517; without one setuptools) for a wheel, with what the base has installed. `inventory` is
// the base's.
std::vector<std::string> wheel_command(const records::work::SourceDistribution& source,
                                       const std::string& inventory, const std::string& ca_pem);

// What the pod printed between its two markers, as base64. InvalidInput if there is none.
Result<records::work::DerivedWheel> wheel_in_log(std::string_view log);

// The base's own interpreter; "python3" if the inventory does not tell.
std::string interpreter_of(const std::string& inventory);

} // namespace pedigree::control
