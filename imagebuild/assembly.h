#pragma once
// From a base, a lock and code to an image's layers and documents, with nothing sent anywhere: what
// a build pushes (build.h) and what a verification compares (comparison.h). Nothing of the user's
// runs. What is known from earlier builds is not made again.
//
//     Assembly assembly(request, places);
//     TRY(const auto assembled, assembly.run());
//     if (const auto* unbuilt = std::get_if<UnbuiltWheels>(&assembled)) ... // build these first
//
// Called by one thread; layers are made on two, which changes no byte of them. Errors: those of
// registry/registry.h, wheel/index.h, wheel/wheel.h, lock/lock.h and selection.h; BaseRefused for a
// base that has not what the lock needs.

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <variant>

#include "imagebuild/attest/image_facts.h"
#include "imagebuild/documents.h"
#include "imagebuild/inventory/base_image.h"
#include "imagebuild/layers.h"
#include "imagebuild/wheel/index.h"
#include "records/work/work.h"

namespace pedigree::imagebuild {

struct LockText {
    std::string file; // for messages
    std::string bytes;
};

// A wheel that was built from a source distribution, elsewhere: an archive like every other.
using records::work::DerivedWheel;
// For these one has to be built first; never empty as an answer of run().
using UnbuiltWheels = std::vector<SourceDistribution>;

struct BuildRequest {
    spec::ImageReference base;
    std::optional<LockText> lock; // empty: a prebuilt image, only the code is laid on top
    CodeSource source;
    std::vector<CodeFile> code;
    std::string index_url;
    std::map<std::string, LayerDescriptor> known_layers; // by key
    std::string known_inventory;                         // as an earlier result gave it, or empty
    std::string known_wheels;                            // the plan of an earlier result, or empty
    std::map<std::string, DerivedWheel> derived_wheels;  // by the source distribution's digest
    LayerForm layer_form = LayerForm::Gzip;
    std::string program; // the command's first word, or empty: what is started is not asked
    bool look_for_program = false; // in the base's layers, though no lock asks for these
};

struct BuildPlaces {
    net::Http& http;
    RegistryClient& base;
    std::filesystem::path scratch, cache;
    std::function<void(std::string stage, std::string message, std::uint64_t done,
                       std::uint64_t total)>
        progress;
    std::stop_token stop;
    // Brings the file of a derived wheel into the cache; it is hashed again before it is used.
    std::function<Result<std::filesystem::path>(const DerivedWheel&)> derived = {};
    RegistryClient* kept = nullptr; // where earlier builds kept their bases, if anywhere
};

// A layer of ours: known from before, or made into a file of the scratch folder.
struct ReadyLayer {
    PlannedLayer plan;
    LayerDescriptor descriptor;
    std::filesystem::path file; // empty: not made
};

class Assembly {
  public:
    // Borrows both for its life.
    Assembly(const BuildRequest& request, const BuildPlaces& places)
        : request_(request), places_(places) {}

    // Once, before anything else is asked.
    Result<std::variant<ImageDocuments, UnbuiltWheels>> run();
    // Makes the file of a layer that was known, and now is missing.
    Status make_again(ReadyLayer& layer);

    std::vector<ReadyLayer>& layers() { return layers_; }
    // For the documents beside the image `digest` of the repository `name`.
    ImageFacts facts(const std::string& name, const Digest& digest) const;
    const BaseInventory& inventory() const { return inventory_; }
    // What the lock came to, for the next build. There must be one.
    std::string wheel_plan() const;
    const std::string& inventory_kept() const { return inventory_text_; }
    // From its registry, now; it was not known, nor read from where bases are kept.
    bool base_was_read() const { return base_was_read_; }
    const std::optional<UsedLock>& lock() const { return lock_; }
    const std::vector<UsedWheel>& wheels() const { return used_wheels_; }
    const std::vector<std::string>& warnings() const { return warnings_; }

  private:
    Status read_inventory();
    Result<BaseInventory> read_wherever_it_is(BaseDepth depth);
    Status plan_wheels();
    Status check_python() const;
    Status check_program() const;
    tl::unexpected<Error> closed() const;
    Status check_requires_python(const Wheel& wheel, const LockedPackage& package) const;
    bool plan_as_before();
    Result<std::vector<PlannedLayer>> open_wheels();
    Status plan_anew(ReadyLayer& layer);
    Status take_wheel(WheelIndex& index, const LockedPackage& package, std::vector<Wheel>& wheels);
    struct Found {
        WheelFile file;
        std::optional<Digest> built_from;
    };
    Result<std::optional<Found>> find_wheel_of(const LockedPackage& package, WheelIndex& index);
    Result<std::optional<Found>> derived_wheel(const LockedPackage& package) const;
    Status describe_layers();
    Status prepare(ReadyLayer& layer);
    Status make(ReadyLayer& layer) const;
    Status verify_wheels();
    Result<ImageDocuments> compose() const;

    const BuildRequest& request_;
    const BuildPlaces& places_;
    BaseInventory inventory_;
    std::string inventory_text_;
    bool base_was_read_ = false;
    std::optional<UsedLock> lock_;
    std::vector<UsedWheel> used_wheels_;
    UnbuiltWheels unbuilt_;
    std::vector<std::string> wheel_warnings_; // part of what is kept of a plan
    std::vector<std::string> warnings_;       // all
    std::shared_ptr<const std::vector<Wheel>> wheels_;
    std::vector<std::filesystem::path> wheel_paths_;
    bool wheels_verified_ = false;
    std::vector<PlannedLayer> planned_;
    std::vector<PlannedLayer> opened_; // what planned_ would be, had the wheels been opened
    std::vector<ReadyLayer> layers_;
};

} // namespace pedigree::imagebuild
