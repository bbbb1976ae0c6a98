#include "imagebuild/wheel/install_order.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "imagebuild/lock/marker.h"
#include "imagebuild/lock/python_name.h"

namespace pedigree::imagebuild {
namespace {

using Needs = std::map<std::string, std::set<std::string>>; // by normalised name

Needs needs_of(const std::vector<Wheel>& wheels, const TargetPython& python) {
    Needs needs;
    for (const Wheel& wheel : wheels) {
        auto& own = needs[normalized_name(wheel.name.distribution)];
        for (const std::string& requirement : wheel.requirements) {
            const std::string_view marker = requirement_marker(requirement);
            if (marker.empty() || marker_holds(marker, {python, {}}).value_or(true)) {
                own.insert(required_name(requirement));
            }
        }
    }
    for (auto& [name, own] : needs) { // what the base has is installed before all of them
        own.erase(name);
        std::erase_if(own, [&](const std::string& other) { return !needs.contains(other); });
    }
    return needs;
}

// Round by round those that need nothing any more.
std::vector<std::string> order_of(Needs needs) {
    std::vector<std::string> order;
    while (!needs.empty()) {
        std::vector<std::string> ready;
        for (const auto& [name, own] : needs) {
            if (own.empty()) {
                ready.push_back(name);
            }
        }
        if (ready.empty()) { // circles
            for (const auto& [name, own] : needs) {
                ready.push_back(name);
            }
        }
        order.insert(order.end(), ready.rbegin(), ready.rend());
        for (const std::string& name : ready) {
            needs.erase(name);
        }
        for (auto& [name, own] : needs) {
            std::erase_if(own, [&](const std::string& other) { return !needs.contains(other); });
        }
    }
    return order;
}

} // namespace

std::vector<std::size_t> install_order(const std::vector<Wheel>& wheels,
                                       const TargetPython& python) {
    const std::vector<std::string> names = order_of(needs_of(wheels, python));
    std::map<std::string, std::size_t> places;
    for (std::size_t i = 0; i < names.size(); ++i) {
        places[names[i]] = i;
    }
    std::vector<std::size_t> order(wheels.size());
    for (std::size_t i = 0; i < order.size(); ++i) {
        order[i] = i;
    }
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return places[normalized_name(wheels[a].name.distribution)] <
               places[normalized_name(wheels[b].name.distribution)];
    });
    return order;
}

} // namespace pedigree::imagebuild
