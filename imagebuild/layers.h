#pragma once
// From planned files to layers: which wheels share one, what each is called in the caches, and its
// bytes. The same files give the same layer; the key says so without making it. Files lie where the
// kernel would put them: behind the base's symlinks, which stay. Layers of one plan may be written
// by several threads at once. Errors: those of wheel/install.h, and WheelRefused for a file where
// the base or another wheel has a folder.

#include <memory>
#include <set>

#include "imagebuild/inventory/inventory.h"
#include "imagebuild/wheel/install.h"

namespace pedigree::imagebuild {

constexpr int layer_format_version = 1; // in every key: other bytes for the same inputs raise it
// What keys, tags and labels say of the form: "1", "1-estargz".
std::string layer_format(LayerForm form);

constexpr std::uint64_t own_layer_bytes_min =
    8 * 1024 * 1024; // a wheel this large has its own layer

constexpr std::size_t overlaps_shown_max = 20; // in warnings

struct CodeFile {
    std::string path;
    enum class Kind { Regular, Executable, Symlink } kind = Kind::Regular;
    std::function<Result<std::string>()> read; // the bytes or the symlink's target
};

struct PlannedLayer {
    std::string key;
    std::string made_by; // "wheel scipy-1.15.3", "wheels", "scripts", "code"
    std::function<Status(LayerWriter&)> write;
    bool of_wheels = false;         // its bytes come out of the wheel cache
    std::uint64_t packed_bytes = 0; // in the wheels: how long it takes
};

// The wheels' layers, bottom to top: large ones in the lock's order, the rest as one, the scripts.
// Of files of one path that are not the same only one is in them, that of the wheel which pip would
// install last; a warning names both.
// The result keeps the wheels alive.
Result<std::vector<PlannedLayer>>
plan_wheel_layers(std::shared_ptr<const std::vector<Wheel>> wheels, const BaseInventory& base,
                  LayerForm form, std::vector<std::string>& warnings);

// What may already lie where the code comes to lie.
enum class CodeBelow {
    None,
    Hidden, // a base that has code there, or of which nobody knows: nothing of it is seen any more
};

// The code at code_directory. `tree` names the content.
PlannedLayer plan_code_layer(const std::string& tree, std::vector<CodeFile> files, LayerForm form,
                             CodeBelow below);
// A base whose layers were not read may have code: one with a lock always was.
CodeBelow code_below(bool with_lock, const BaseInventory& base);

} // namespace pedigree::imagebuild
