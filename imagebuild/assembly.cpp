#include "imagebuild/assembly.h"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/together.h"
#include "imagebuild/exposed_secrets.h"
#include "imagebuild/inventory/telling_files.h"
#include "imagebuild/lock/marker.h"
#include "imagebuild/lock/python_name.h"
#include "imagebuild/selection.h"
#include "imagebuild/wheel_plan.h"

namespace pedigree::imagebuild {
namespace {

constexpr std::size_t requires_python_shown_max = 100; // bytes
constexpr std::size_t threads_max = 2;                 // each holds buffers of about 2 MiB

bool fits(const WheelName& wheel, const LockedPackage& package, const TargetPython& target) {
    return normalized_name(wheel.distribution) == normalized_name(package.name) &&
           version_fits(package.version, wheel.version) && wheel_rank(wheel, target);
}

} // namespace

Result<std::variant<ImageDocuments, UnbuiltWheels>> Assembly::run() {
    TRY(read_inventory());
    TRY(check_program());
    if (request_.lock) {
        TRY(plan_wheels());
        if (!unbuilt_.empty()) {
            return unbuilt_;
        }
        warnings_.insert(warnings_.end(), wheel_warnings_.begin(), wheel_warnings_.end());
    }
    planned_.push_back(plan_code_layer(request_.source.tree, request_.code, request_.layer_form,
                                       code_below(request_.lock.has_value(), inventory_)));
    TRY(describe_layers());
    TRY(ImageDocuments documents, compose());
    return documents;
}

Status Assembly::read_inventory() {
    const bool layers = request_.lock || (request_.look_for_program && !request_.program.empty());
    const BaseDepth depth = layers ? BaseDepth::Layers : BaseDepth::Documents;
    if (!request_.known_inventory.empty()) {
        auto known = parse_inventory(request_.known_inventory);
        if (known && (known->scanned || depth == BaseDepth::Documents)) {
            inventory_ = std::move(*known);
            inventory_text_ = request_.known_inventory;
        }
    }
    if (inventory_text_.empty()) {
        TRY(inventory_, read_wherever_it_is(depth));
        inventory_text_ = inventory_text(inventory_);
    }
    const auto config = parse_json(inventory_.config); // compose() says what is wrong with it
    if (std::string warning = config ? secret_variables_warning(*config) : ""; !warning.empty()) {
        warnings_.push_back(std::move(warning));
    }
    return {};
}

Result<BaseInventory> Assembly::read_wherever_it_is(BaseDepth depth) {
    const auto progress = [&](std::size_t done, std::size_t total) {
        places_.progress("Base", "Reading the base image's layers", done, total);
    };
    auto base = read_base(places_.base, request_.base.digest, depth, progress);
    base_was_read_ = base.has_value();
    // A login that is refused stays refused.
    if (base || places_.kept == nullptr ||
        !(base.error().retryable() || base.error().code == ErrorCode::NotFound)) {
        return base;
    }
    auto kept = read_kept_base(*places_.kept, request_.base.digest, depth, progress);
    if (!kept) {
        return base;
    }
    const RepositoryAddress& ours = places_.kept->address();
    warnings_.push_back(fmt::format("the base image was read from {}/{}, where an earlier build "
                                    "kept it (its digest is the proof): {}",
                                    ours.host, ours.repository, base.error().message));
    return kept;
}

Status Assembly::plan_wheels() {
    lock_ = UsedLock{request_.lock->file, sha256(request_.lock->bytes)};
    TRY(check_python());
    if (!plan_as_before()) {
        TRY(planned_, open_wheels());
    }
    return {};
}

// What a command names without a path has to lie on the image's PATH: that can be said now, before
// anybody waits for a node and its GPUs. A lock's wheels bring programs of their own.
Status Assembly::check_program() const {
    const std::string& program = request_.program;
    if (request_.lock || program.empty() || program.find('/') != program.npos ||
        !inventory_.scanned || !inventory_.programs || inventory_.programs->contains(program)) {
        return {};
    }
    if (!inventory_.has_python && !inventory_.closed_folder.empty() &&
        is_interpreter_name(program)) {
        return closed();
    }
    return failure(
        ErrorCode::InvalidInput, "BaseRefused",
        fmt::format("the command starts {}, which is no program in the folders of PATH of "
                    "the image {}; write its path, or take an image that has it",
                    program, request_.base.pull_text()));
}

tl::unexpected<Error> Assembly::closed() const {
    return failure(
        ErrorCode::InvalidInput, "BaseRefused",
        fmt::format("the Python of the base image {} lies below /{}, which only its owner "
                    "may enter, and containers run as another user; take a base with "
                    "Python elsewhere, or make the folder 0755 there",
                    request_.base.pull_text(), inventory_.closed_folder));
}

// The lock is laid for one Python, and the command must start that one.
Status Assembly::check_python() const {
    const auto refuse = [](std::string what) {
        return failure(ErrorCode::InvalidInput, "BaseRefused", std::move(what));
    };
    if (!inventory_.has_python && !inventory_.closed_folder.empty()) {
        return closed();
    }
    if (!inventory_.has_python) {
        return refuse(fmt::format("the base image {} has no python3 on its PATH, so {} cannot "
                                  "be installed",
                                  request_.base.pull_text(), request_.lock->file));
    }
    const auto started = inventory_.interpreter_sites.find(request_.program);
    if (started != inventory_.interpreter_sites.end() &&
        started->second != inventory_.scheme.site) {
        return refuse(fmt::format(
            "the command starts {}, which has its packages in /{}, but those of {} are laid for {} "
            "in /{}; start that one, or take a base where both are one",
            request_.program, started->second, request_.lock->file, inventory_.scheme.interpreter,
            inventory_.scheme.site));
    }
    return {};
}

// As pip: a wheel says for which Pythons it is, and for others it is not installed.
Status Assembly::check_requires_python(const Wheel& wheel, const LockedPackage& package) const {
    if (wheel.requires_python.empty()) {
        return {};
    }
    const auto fits =
        marker_holds(marker_of_requires_python(wheel.requires_python), {inventory_.python, {}});
    if (fits && *fits) {
        return {};
    }
    return failure(ErrorCode::InvalidInput, "NoFittingWheel",
                   fmt::format("E0127 {} line {}: {}=={} has Requires-Python: {}, and the base's "
                               "Python is {}{}",
                               request_.lock->file, package.line, package.name, package.version,
                               wheel.requires_python.substr(0, requires_python_shown_max),
                               inventory_.python.version(),
                               fits ? "" : "; " + fits.error().message));
}

// All that the plan rests on is as it was, and each layer is known: no wheel needs to be opened.
bool Assembly::plan_as_before() {
    auto plan = parse_wheel_plan(request_.known_wheels);
    if (!plan || plan->lock != lock_->digest || plan->base != sha256(inventory_.manifest) ||
        plan->layer_format != layer_format(request_.layer_form)) {
        return false;
    }
    for (const WheelPlan::Layer& layer : plan->layers) {
        if (!request_.known_layers.contains(layer.key)) {
            return false;
        }
    }
    for (const UsedWheel& wheel : plan->wheels) {
        if (wheel.built_from && !request_.derived_wheels.contains(wheel.built_from->text())) {
            return false;
        }
    }
    for (WheelPlan::Layer& layer : plan->layers) {
        planned_.push_back({std::move(layer.key), std::move(layer.made_by), {}, true});
    }
    used_wheels_ = std::move(plan->wheels);
    wheel_warnings_ = std::move(plan->warnings);
    return true;
}

Result<std::vector<PlannedLayer>> Assembly::open_wheels() {
    TRY(const Lock lock, parse_lock(request_.lock->bytes, request_.lock->file));
    TRY(const auto packages, select_packages(lock, inventory_, request_.lock->file));
    WheelIndex index(places_.http, request_.index_url, places_.cache / "wheels", places_.stop);
    auto wheels = std::make_shared<std::vector<Wheel>>();
    used_wheels_.clear();
    wheel_warnings_.clear();
    for (const LockedPackage& package : packages) {
        places_.progress("Wheels",
                         fmt::format("Fetching wheel {} {}", package.name, package.version),
                         wheels->size(), packages.size());
        TRY(take_wheel(index, package, *wheels));
    }
    if (!unbuilt_.empty()) {
        return std::vector<PlannedLayer>();
    }
    wheels_ = wheels;
    return plan_wheel_layers(wheels_, inventory_, request_.layer_form, wheel_warnings_);
}

Status Assembly::take_wheel(WheelIndex& index, const LockedPackage& package,
                            std::vector<Wheel>& wheels) {
    TRY(const auto found, find_wheel_of(package, index));
    if (!found) {
        return {}; // it is among the unbuilt
    }
    TRY(Wheel wheel, open_wheel(found->file.path, found->file.digest));
    if (found->built_from && !fits(wheel.name, package, inventory_.python)) {
        return failure(ErrorCode::InvalidInput, "WheelRefused",
                       fmt::format("what was built from the source distribution of {}=={} is {}",
                                   package.name, package.version, wheel.file_name));
    }
    TRY(check_requires_python(wheel, package));
    used_wheels_.push_back({wheel.name.distribution, wheel.name.version, wheel.file_name,
                            wheel.digest, wheel.licenses, found->built_from});
    wheel_paths_.push_back(found->file.path);
    wheels.push_back(std::move(wheel));
    return {};
}

// The index's own wheel, if there is one; else the one that was built for this base; nothing, if it
// has to be built.
Result<std::optional<Assembly::Found>> Assembly::find_wheel_of(const LockedPackage& package,
                                                               WheelIndex& index) {
    auto there = index.fetch(package, inventory_.python, request_.lock->file);
    if (!there) {
        // Without an index nobody can say that there is no wheel.
        if (request_.index_url.empty() && places_.derived) {
            TRY(auto derived, derived_wheel(package));
            if (derived) {
                return derived;
            }
        }
        return tl::unexpected(std::move(there.error()));
    }
    if (auto* file = std::get_if<WheelFile>(&*there)) {
        return Found{std::move(*file), std::nullopt};
    }
    auto& source = std::get<SourceOnly>(*there);
    if (!places_.derived) {
        return failure(ErrorCode::InvalidInput, "SdistRefused", std::move(source.refusal));
    }
    TRY(auto derived, derived_wheel(package));
    if (!derived) {
        unbuilt_.push_back(std::move(source.distribution));
    }
    return derived;
}

Result<std::optional<Assembly::Found>> Assembly::derived_wheel(const LockedPackage& package) const {
    for (const Digest& digest : package.hashes) {
        const auto known = request_.derived_wheels.find(digest.text());
        if (known != request_.derived_wheels.end()) {
            const DerivedWheel& wheel = known->second;
            TRY(auto path, places_.derived(wheel));
            return Found{
                WheelFile{std::move(path), wheel.digest, static_cast<std::uint64_t>(wheel.bytes)},
                digest};
        }
    }
    return std::nullopt;
}

// Known descriptors are taken on trust until the manifest is looked for; the rest is made.
// Layers do not depend on each other; the largest is begun first, so that nothing waits for it.
Status Assembly::describe_layers() {
    std::vector<ReadyLayer*> unknown;
    layers_.reserve(planned_.size());
    for (PlannedLayer& plan : planned_) {
        ReadyLayer& layer = layers_.emplace_back(ReadyLayer{std::move(plan), {}, {}});
        const auto known = request_.known_layers.find(layer.plan.key);
        if (known != request_.known_layers.end()) {
            layer.descriptor = known->second;
        } else {
            unknown.push_back(&layer);
        }
    }
    std::stable_sort(unknown.begin(), unknown.end(), [](const auto* a, const auto* b) {
        return a->plan.packed_bytes > b->plan.packed_bytes;
    });
    std::vector<Task> tasks;
    for (ReadyLayer* layer : unknown) {
        TRY(prepare(*layer));
        tasks.emplace_back([this, layer] { return make(*layer); });
    }
    return do_together(tasks, threads_max);
}

Status Assembly::make_again(ReadyLayer& layer) {
    TRY(prepare(layer));
    return make(layer);
}

// Its wheels are open, and their bytes are those of the lock.
Status Assembly::prepare(ReadyLayer& layer) {
    if (!layer.plan.write) {
        TRY(plan_anew(layer));
    }
    return layer.plan.of_wheels ? verify_wheels() : Status();
}

Status Assembly::make(ReadyLayer& layer) const {
    const auto index = static_cast<std::size_t>(&layer - layers_.data());
    places_.progress("Layers", "Making the layer of " + layer.plan.made_by, index, layers_.size());
    layer.file = places_.scratch / fmt::format("layer-{}", index);
    TRY(LayerWriter writer, LayerWriter::create(layer.file, request_.layer_form));
    TRY(layer.plan.write(writer));
    TRY(layer.descriptor, writer.finish());
    return {};
}

// A layer that was known is missing after all: its wheels are opened now.
Status Assembly::plan_anew(ReadyLayer& layer) {
    if (opened_.empty()) {
        TRY(opened_, open_wheels());
    }
    for (const PlannedLayer& plan : opened_) {
        if (plan.key == layer.plan.key) {
            layer.plan.write = plan.write;
            return {};
        }
    }
    return failure(ErrorCode::Internal, "LayerNotReproducible",
                   fmt::format("the layer of {} is planned other than before", layer.plan.made_by));
}

std::string Assembly::wheel_plan() const {
    WheelPlan plan{lock_->digest,
                   sha256(inventory_.manifest),
                   layer_format(request_.layer_form),
                   used_wheels_,
                   {},
                   wheel_warnings_};
    for (const ReadyLayer& layer : layers_) {
        if (layer.plan.of_wheels) {
            plan.layers.push_back({layer.plan.key, layer.plan.made_by});
        }
    }
    return wheel_plan_text(plan);
}

// The cache may hold anything under a wheel's name: before wheels become layers, once, their bytes
// are hashed against the lock.
Status Assembly::verify_wheels() {
    if (wheels_verified_) {
        return {};
    }
    std::vector<Task> tasks;
    for (std::size_t i = 0; i < wheel_paths_.size(); ++i) {
        tasks.emplace_back([this, i]() -> Status {
            TRY(const Digest digest, digest_file(wheel_paths_[i]));
            if (digest == (*wheels_)[i].digest) {
                return {};
            }
            std::error_code ignored;
            std::filesystem::remove(wheel_paths_[i], ignored);
            return failure(ErrorCode::Unavailable, "WheelCacheCorrupt",
                           fmt::format("{} in the wheel cache had changed and was removed",
                                       wheel_paths_[i].filename().string()));
        });
    }
    TRY(do_together(tasks, threads_max));
    wheels_verified_ = true;
    return {};
}

ImageFacts Assembly::facts(const std::string& name, const Digest& digest) const {
    return {.name = name,
            .image = digest,
            .base = request_.base,
            .base_manifest = sha256(inventory_.manifest),
            .base_distributions = inventory_.distributions,
            .lock = lock_,
            .wheels = used_wheels_,
            .source = request_.source,
            .layer_form = request_.layer_form,
            .builder_version = PEDIGREE_VERSION};
}

Result<ImageDocuments> Assembly::compose() const {
    std::vector<AddedLayer> added;
    for (const ReadyLayer& layer : layers_) {
        added.push_back({layer.descriptor, layer.plan.made_by});
    }
    const auto labels =
        image_labels(request_.source.tree, lock_ ? lock_->digest.text() : "", request_.layer_form);
    const Manifest base{inventory_.manifest, "", sha256(inventory_.manifest)};
    return compose_image(base, inventory_.config, added, labels);
}

} // namespace pedigree::imagebuild
