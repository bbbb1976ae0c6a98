// BuildImage: base, lock and tree become an image. Where the worker asks for wheels of source
// distributions, Jobs build those first (wheels.cpp), and it is asked again.

#include <nlohmann/json.hpp>

#include "operator/activity/credentials.h"
#include "operator/activity/kinds/kind.h"
#include "operator/activity/kinds/wheels.h"
#include "operator/auxiliary/wheel_build.h"

namespace pedigree::control {
namespace {

namespace work = records::work;

Result<work::Registry> push_target(const Subject& subject) {
    const auto& registry = subject.platform.registry;
    const std::string& directory = subject.from.credentials.registry_directory;
    TRY(const Secret username, mounted(directory, "username"));
    TRY(const Secret password, mounted(directory, "password"));
    return work::Registry{
        .host = registry.host,
        .repository = subject.repository(),
        .credential = work::BasicCredential{.username = username.reveal(), .password = password},
        .plain_http = registry.plain_http};
}

// What earlier builds of this namespace left.
Status recall(const Subject& subject, work::BuildImageInput& input) {
    BuildMemory& memory = subject.from.memory;
    const std::string repository = input.push.host + "/" + input.push.repository;
    TRY(input.known_layers, memory.known_layers(repository, input.tree));
    if (const std::string& lock = subject.experiment.lock_digest; !lock.empty()) {
        TRY(input.wheel_plan, memory.wheel_plan({repository, input.base, lock, input.layer_form}));
    }
    if (!input.base.empty()) {
        TRY(std::string inventory,
            memory.base_inventory(subject.experiment.name_space, input.base));
        if (!inventory.empty()) {
            input.base_inventory = std::move(inventory);
        }
    }
    return {};
}

Result<work::BuildImageInput> input_of(const Subject& subject) {
    const spec::ImageSpec& image = subject.spec.image;
    const auto& registry = subject.platform.registry;
    work::BuildImageInput input;
    TRY(input.git, git_source(subject));
    input.git.ref.clear();
    input.git.commit = subject.experiment.commit;
    input.tree = subject.experiment.tree;
    input.lock_file = image.lock_file;
    input.base = image.base;
    if (image.prebuilt) {
        input.prebuilt = image.prebuilt->image;
        input.as_is = image.prebuilt->as_is;
    }
    if (!image.pull_secret_name.empty()) {
        TRY(auto values, secret_of(subject, image.pull_secret_name));
        input.pull_config = values[".dockerconfigjson"];
    }
    input.layer_form = to_string(image.layers);
    input.program = subject.spec.command.empty() ? "" : subject.spec.command.front();
    // To read a base's layers once is less than to find out after a wait for GPUs.
    input.look_for_program = subject.spec.resources.gpu_count > 0;
    TRY(input.push, push_target(subject));
    if (registry.plain_http) {
        input.plain_http_hosts = {registry.host};
    }
    input.index_url = subject.platform.index_url;
    input.ca_pem = subject.platform.ca_bundle;
    TRY(recall(subject, input));
    return input;
}

// `fresh`: wheels that were built just now.
Result<ActivityOrder> order_with(const Subject& subject, const BuildMemory::Wheels& fresh) {
    TRY(auto input, input_of(subject));
    TRY(input.derived_wheels, subject.from.memory.derived_wheels(wheel_place(subject)));
    for (const auto& [source, wheel] : fresh) {
        input.derived_wheels[source] = wheel;
    }
    return worker_order(
        subject.request(work::WorkKind::BuildImage, subject.spec.deadlines.build_seconds),
        work::to_json(input));
}

Result<ActivityOrder> order(const Subject& subject) {
    if (!subject.build_outcome.empty()) { // it asks for wheels
        TRY(const Json asked, parse_json(subject.build_outcome));
        TRY(const auto outcome, work::build_image_outcome_from(asked));
        TRY(auto wheels, wheels_order(subject, outcome));
        if (!wheels.jobs.empty()) {
            return wheels;
        }
    }
    return order_with(subject, {});
}

Result<ActivityOrder> order_after_jobs(const Subject& subject, const ActivityOrder& order) {
    TRY(const auto fresh, wheels_of(subject, order));
    return order_with(subject, fresh);
}

Status remember(BuildMemory& memory, const Done& done) {
    TRY(const auto built, work::build_image_outcome_from(done.outcome));
    const std::string repository = built.image.substr(0, built.image.find('@'));
    const std::string base = string_or(done.input, "base"); // as the next build will ask for it
    TRY(memory.remember_layers(repository, built.layers));
    TRY(memory.remember_derived_wheels({repository, base, wheel_recipe}, built.derived_wheels));
    if (!built.wheel_plan.empty()) {
        TRY(memory.remember_wheel_plan(
            {repository, base, built.lock_digest, string_or(done.input, "layerForm")},
            built.wheel_plan));
    }
    if (!base.empty() && !built.base_inventory.empty()) {
        TRY(memory.remember_base_inventory(done.activity.name_space, base, built.base_inventory));
    }
    return {};
}

} // namespace

extern const Kind build_image{
    .order = order,
    .give_up_seconds = [](const spec::DeadlinesSpec& deadlines) { return deadlines.build_seconds; },
    .has_jobs = true,
    .order_after_jobs = order_after_jobs,
    .is_partial = [](const Json& outcome) { return !at_path(outcome, {"unbuilt"}).empty(); },
    .remember = remember};

} // namespace pedigree::control
