#pragma once
// BuildMemory: what earlier builds and gates left, so that no wheel is fetched, opened or imported
// twice. Only a memory: without it everything is done again and comes to the same. PostgreSQL in
// production (postgres_build_memory.h), a plain struct in tests. Writes are fenced by the leader's
// epoch: Conflict means that a newer leader exists. Any thread may call.
//
// What stands here was said by a child that read one namespace's bytes, and rests on what that
// namespace may read. So each part is told to that namespace alone: by its repository, which is one
// namespace's, or by its name.

#include <map>
#include <string>

#include "base/result.h"
#include "records/work/work.h"

namespace pedigree::control {

// What a wheel from a source distribution depends on beside that one, and where it lies.
struct DerivedWheelPlace {
    std::string repository, base, recipe;
};

// What a plan of wheels was made for.
struct WheelPlanPlace {
    std::string repository, base, lock, layer_form;
};

class BuildMemory {
  public:
    using Layers = std::map<std::string, records::work::KnownLayer>;   // by layer key
    using Wheels = std::map<std::string, records::work::DerivedWheel>; // by the source's digest

    virtual ~BuildMemory() = default;

    // Of layers of code only the one of this tree.
    virtual Result<Layers> known_layers(const std::string& repository, const std::string& tree) = 0;
    virtual Status remember_layers(const std::string& repository, const Layers& layers) = 0;

    // What is in a base image, as JSON; "" if this namespace has not built on it yet.
    virtual Result<std::string> base_inventory(const std::string& name_space,
                                               const std::string& base) = 0;
    virtual Status remember_base_inventory(const std::string& name_space, const std::string& base,
                                           const std::string& inventory) = 0;

    virtual Result<std::string> wheel_plan(const WheelPlanPlace& place) = 0; // "" if unknown
    virtual Status remember_wheel_plan(const WheelPlanPlace& place, const std::string& plan) = 0;

    // Wheels that were built from source distributions on this base and lie in this repository;
    // `recipe` says how they were built.
    virtual Result<Wheels> derived_wheels(const DerivedWheelPlace& place) = 0;
    virtual Status remember_derived_wheels(const DerivedWheelPlace& place,
                                           const Wheels& wheels) = 0;

    // What imports once, imports again: by what the result depends on (auxiliary/imports.h).
    virtual Result<bool> imports_known(const std::string& name_space, const std::string& key) = 0;
    virtual Status remember_imports(const std::string& name_space, const std::string& key,
                                    const std::string& experiment_uid) = 0;
};

} // namespace pedigree::control
