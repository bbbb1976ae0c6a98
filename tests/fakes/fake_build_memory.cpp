#include "tests/fakes/fake_build_memory.h"

namespace pedigree {

Result<control::BuildMemory::Layers> FakeBuildMemory::known_layers(const std::string& repository,
                                                                   const std::string&) {
    return layers_[repository];
}

Status FakeBuildMemory::remember_layers(const std::string& repository, const Layers& layers) {
    layers_[repository].insert(layers.begin(), layers.end());
    return {};
}

Result<std::string> FakeBuildMemory::base_inventory(const std::string& name_space,
                                                    const std::string& base) {
    return inventories_[{name_space, base, "", ""}];
}

Status FakeBuildMemory::remember_base_inventory(const std::string& name_space,
                                                const std::string& base,
                                                const std::string& inventory) {
    inventories_[{name_space, base, "", ""}] = inventory;
    return {};
}

Result<std::string> FakeBuildMemory::wheel_plan(const control::WheelPlanPlace& place) {
    return wheel_plans_[{place.repository, place.base, place.lock, place.layer_form}];
}

Status FakeBuildMemory::remember_wheel_plan(const control::WheelPlanPlace& place,
                                            const std::string& plan) {
    wheel_plans_[{place.repository, place.base, place.lock, place.layer_form}] = plan;
    return {};
}

Result<control::BuildMemory::Wheels>
FakeBuildMemory::derived_wheels(const control::DerivedWheelPlace& place) {
    return wheels_[{place.repository, place.base, place.recipe, ""}];
}

Status FakeBuildMemory::remember_derived_wheels(const control::DerivedWheelPlace& place,
                                                const Wheels& wheels) {
    wheels_[{place.repository, place.base, place.recipe, ""}].insert(wheels.begin(), wheels.end());
    return {};
}

Result<bool> FakeBuildMemory::imports_known(const std::string& name_space, const std::string& key) {
    return imports_.contains({name_space, key, "", ""});
}

Status FakeBuildMemory::remember_imports(const std::string& name_space, const std::string& key,
                                         const std::string& experiment_uid) {
    imports_.emplace(Place{name_space, key, "", ""}, experiment_uid);
    return {};
}

} // namespace pedigree
