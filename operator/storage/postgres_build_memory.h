#pragma once
// PostgresBuildMemory: BuildMemory in PostgreSQL, over a pool that it borrows. A piece is one
// transaction of its own: it may be remembered although the outcome that brought it is not. Any
// thread may call.

#include "operator/storage/build_memory.h"
#include "store/pool.h"

namespace pedigree::control {

class PostgresBuildMemory final : public BuildMemory {
  public:
    PostgresBuildMemory(store::Pool& pool, store::Epoch epoch) : pool_(pool), epoch_(epoch) {}

    Result<Layers> known_layers(const std::string& repository, const std::string& tree) override;
    Status remember_layers(const std::string& repository, const Layers& layers) override;
    Result<std::string> base_inventory(const std::string& name_space,
                                       const std::string& base) override;
    Status remember_base_inventory(const std::string& name_space, const std::string& base,
                                   const std::string& inventory) override;
    Result<std::string> wheel_plan(const WheelPlanPlace& place) override;
    Status remember_wheel_plan(const WheelPlanPlace& place, const std::string& plan) override;
    Result<Wheels> derived_wheels(const DerivedWheelPlace& place) override;
    Status remember_derived_wheels(const DerivedWheelPlace& place, const Wheels& wheels) override;
    Result<bool> imports_known(const std::string& name_space, const std::string& key) override;
    Status remember_imports(const std::string& name_space, const std::string& key,
                            const std::string& experiment_uid) override;

  private:
    store::Pool& pool_;
    const store::Epoch epoch_;
};

} // namespace pedigree::control
