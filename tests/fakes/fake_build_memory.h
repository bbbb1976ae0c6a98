#pragma once
// FakeBuildMemory: PostgreSQL's memory of earlier builds, as maps. Never away.

#include <map>
#include <string>
#include <tuple>

#include "operator/storage/build_memory.h"

namespace pedigree {

class FakeBuildMemory final : public control::BuildMemory {
  public:
    Result<Layers> known_layers(const std::string& repository, const std::string& tree) override;
    Status remember_layers(const std::string& repository, const Layers& layers) override;
    Result<std::string> base_inventory(const std::string& name_space,
                                       const std::string& base) override;
    Status remember_base_inventory(const std::string& name_space, const std::string& base,
                                   const std::string& inventory) override;
    Result<std::string> wheel_plan(const control::WheelPlanPlace& place) override;
    Status remember_wheel_plan(const control::WheelPlanPlace& place,
                               const std::string& plan) override;
    Result<Wheels> derived_wheels(const control::DerivedWheelPlace& place) override;
    Status remember_derived_wheels(const control::DerivedWheelPlace& place,
                                   const Wheels& wheels) override;
    Result<bool> imports_known(const std::string& name_space, const std::string& key) override;
    Status remember_imports(const std::string& name_space, const std::string& key,
                            const std::string& experiment_uid) override;

  private:
    using Place = std::tuple<std::string, std::string, std::string, std::string>;

    std::map<std::string, Layers> layers_;
    std::map<Place, std::string> inventories_, wheel_plans_;
    std::map<Place, Wheels> wheels_;
    std::map<Place, std::string> imports_; // who checked it first
};

} // namespace pedigree
