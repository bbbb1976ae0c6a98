#include "imagebuild/layers.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "imagebuild/wheel/install_order.h"

namespace pedigree::imagebuild {
namespace {

constexpr int links_followed_max = 40;

// The folders that must stand before the path; those the base has are left as they are.
class Folders {
  public:
    Folders(std::set<std::string> there) : there_(std::move(there)) {}

    Status enter(const std::string& path, LayerWriter& writer) {
        for (std::size_t slash = path.find('/'); slash != path.npos;
             slash = path.find('/', slash + 1)) {
            const std::string folder = path.substr(0, slash);
            if (there_.insert(folder).second) {
                TRY(writer.directory(folder));
            }
        }
        return {};
    }

  private:
    std::set<std::string> there_;
};

void add_with_parents(std::set<std::string>& folders, const std::string& path) {
    for (std::size_t slash = 0; slash != path.npos;) {
        slash = path.find('/', slash + 1);
        folders.insert(path.substr(0, slash));
    }
}

// The places of the scheme count as there: whoever made the base chose their owner and mode.
std::set<std::string> base_folders(const BaseInventory& base) {
    std::set<std::string> folders = base.directories;
    for (const std::string& place : {base.scheme.site, base.scheme.scripts, base.scheme.data}) {
        add_with_parents(folders, place);
    }
    for (const auto& [link, target] : base.links) {
        if (!target.starts_with(base.scheme.data + "/")) {
            add_with_parents(folders, target);
        }
    }
    return folders;
}

// Where a file of this path comes to lie: behind the links on its way. A link in its own place is
// replaced, as an installer does.
std::string behind_links(std::string path, const std::map<std::string, std::string>& links) {
    for (int followed = 0; followed < links_followed_max; ++followed) {
        bool changed = false;
        for (std::size_t slash = path.find('/'); slash != path.npos && !changed;
             slash = path.find('/', slash + 1)) {
            const auto link = links.find(path.substr(0, slash));
            if (link != links.end()) {
                path = link->second + path.substr(slash);
                changed = true;
            }
        }
        if (!changed) {
            break;
        }
    }
    return path;
}

InstalledFiles behind_links(InstalledFiles files, const BaseInventory& base) {
    if (base.links.empty()) {
        return files;
    }
    InstalledFiles placed;
    for (auto& [path, file] : files) {
        placed.insert_or_assign(behind_links(path, base.links), std::move(file));
    }
    return placed;
}

// Which wheel brought what, in the order in which pip would install them.
class Overlaps {
  public:
    void add(const InstalledFiles& files) {
        for (const auto& [path, file] : files) {
            const auto [there, is_new] = seen_.try_emplace(path, Seen{file.owner, file.digest});
            if (is_new) {
                continue;
            }
            Seen& before = there->second;
            if (before.digest != file.digest && ++count_ <= overlaps_shown_max) {
                warnings_.push_back(fmt::format("{} and {} both install {}; the one of {} is kept",
                                                before.owner, file.owner, path, file.owner));
            }
            before = {file.owner, file.digest};
        }
    }
    std::vector<std::string> warnings() && {
        if (count_ > overlaps_shown_max) {
            warnings_.push_back(fmt::format("and {} more files that two wheels both install",
                                            count_ - overlaps_shown_max));
        }
        return std::move(warnings_);
    }

  private:
    struct Seen {
        std::string owner;
        Digest digest;
    };
    std::map<std::string, Seen> seen_;
    std::vector<std::string> warnings_;
    std::size_t count_ = 0;
};

// Whoever unpacks a file where a folder stands removes that folder, and the other way round.
Status check_places(const InstalledFiles& files, const std::set<std::string>& there) {
    const auto refuse = [](const InstalledFile& file, const std::string& path,
                           std::string_view what) {
        return failure(ErrorCode::Corrupt, "WheelRefused",
                       fmt::format("{} installs {}, which {}", file.owner, path, what));
    };
    for (const auto& [path, file] : files) {
        if (there.contains(path)) {
            return refuse(file, path, "is a folder of the base image");
        }
        for (std::size_t slash = path.find('/'); slash != path.npos;
             slash = path.find('/', slash + 1)) {
            const auto parent = files.find(path.substr(0, slash));
            if (parent != files.end()) {
                return refuse(parent->second, parent->first,
                              fmt::format("is a folder for {}", file.owner));
            }
        }
    }
    return {};
}

Status write_files(const InstalledFiles& files, const std::set<std::string>& there,
                   LayerWriter& writer) {
    TRY(check_places(files, there));
    Folders folders(there);
    for (const auto& [path, file] : files) {
        TRY(folders.enter(path, writer));
        TRY(file.member != nullptr
                ? writer.member(path, file.mode, *file.archive, *file.member, file.digest)
                : writer.file(path, file.mode, file.bytes));
    }
    return {};
}

// What decides a layer's bytes: places, paths, modes, contents.
std::string content_key(const InstalledFiles& files, const Digest& folders) {
    Sha256 hash;
    hash.update(folders.text());
    for (const auto& [path, file] : files) {
        hash.update(fmt::format("{}\n{:o}\n{}\n", path, file.mode, file.digest.hex()));
    }
    return hash.finish().hex();
}

std::uint64_t packed_bytes(const InstalledFiles& files) {
    std::uint64_t sum = 0;
    for (const auto& [path, file] : files) {
        sum += file.member != nullptr ? file.member->packed_bytes : 0;
    }
    return sum;
}

Digest digest_of(const std::set<std::string>& lines) {
    Sha256 hash;
    for (const std::string& line : lines) {
        hash.update(line + "\n");
    }
    return hash.finish();
}

} // namespace

std::string layer_format(LayerForm form) {
    return fmt::format("{}{}", layer_format_version, form == LayerForm::Estargz ? "-estargz" : "");
}

Result<std::vector<PlannedLayer>>
plan_wheel_layers(std::shared_ptr<const std::vector<Wheel>> wheels, const BaseInventory& base,
                  LayerForm form, std::vector<std::string>& warnings) {
    const auto folders = std::make_shared<const std::set<std::string>>(base_folders(base));
    const Digest folders_digest = digest_of(*folders);
    const auto layer = [&](std::string kind, std::string made_by, InstalledFiles files) {
        std::string key =
            fmt::format("{}:{}:{}", kind, layer_format(form), content_key(files, folders_digest));
        const std::uint64_t bytes = packed_bytes(files);
        return PlannedLayer{std::move(key), std::move(made_by),
                            [wheels, folders, kept = std::move(files)](LayerWriter& writer) {
                                return write_files(kept, *folders, writer);
                            },
                            true, bytes};
    };
    std::vector<InstalledFiles> files(wheels->size());
    InstalledFiles scripts;
    Overlaps overlaps, of_scripts;
    std::map<std::string, std::size_t> owners; // of each path: the wheel that is installed last
    for (const std::size_t i : install_order(*wheels, base.python)) {
        TRY(InstalledWheel installed, plan_install((*wheels)[i], base.scheme));
        files[i] = behind_links(std::move(installed.files), base);
        overlaps.add(files[i]);
        for (const auto& [path, file] : files[i]) {
            owners[path] = i;
        }
        installed.scripts = behind_links(std::move(installed.scripts), base);
        of_scripts.add(installed.scripts);
        merge_files(scripts, std::move(installed.scripts));
    }
    std::vector<PlannedLayer> layers;
    InstalledFiles together;
    for (std::size_t i = 0; i < files.size(); ++i) {
        // Which layer lies above must not decide: only the last one's file is written.
        std::erase_if(files[i], [&](const auto& one) { return owners.at(one.first) != i; });
        const Wheel& wheel = (*wheels)[i];
        if (wheel.bytes < own_layer_bytes_min) {
            merge_files(together, std::move(files[i]));
        } else {
            layers.push_back(layer(
                "wheel", fmt::format("wheel {}-{}", wheel.name.distribution, wheel.name.version),
                std::move(files[i])));
        }
    }
    if (!together.empty()) {
        layers.push_back(layer("wheels", "wheels", std::move(together)));
    }
    if (!scripts.empty()) {
        overlaps.add(scripts);
        layers.push_back(layer("scripts", "scripts", std::move(scripts)));
    }
    for (Overlaps* one : {&overlaps, &of_scripts}) {
        auto more = std::move(*one).warnings();
        warnings.insert(warnings.end(), more.begin(), more.end());
    }
    return layers;
}

CodeBelow code_below(bool with_lock, const BaseInventory& base) {
    return with_lock && !base.has_code ? CodeBelow::None : CodeBelow::Hidden;
}

PlannedLayer plan_code_layer(const std::string& tree, std::vector<CodeFile> files, LayerForm form,
                             CodeBelow below) {
    std::sort(files.begin(), files.end(),
              [](const CodeFile& a, const CodeFile& b) { return a.path < b.path; });
    const bool alone = below == CodeBelow::Hidden;
    const auto write = [kept = std::move(files), alone](LayerWriter& writer) -> Status {
        Folders folders({"opt"});
        TRY(folders.enter(std::string(code_directory) + "/", writer));
        if (alone) {
            TRY(writer.hide_below(std::string(code_directory)));
        }
        for (const CodeFile& file : kept) {
            const std::string path = fmt::format("{}/{}", code_directory, file.path);
            TRY(folders.enter(path, writer));
            TRY(const std::string bytes, file.read());
            if (file.kind == CodeFile::Kind::Symlink) {
                TRY(writer.symlink(path, bytes));
            } else {
                TRY(writer.file(path, file.kind == CodeFile::Kind::Executable ? 0755 : 0644,
                                bytes));
            }
        }
        return {};
    };
    return {fmt::format("code:{}:{}{}", layer_format(form), tree, alone ? ":alone" : ""),
            alone ? "code alone" : "code", write, false, 0};
}

} // namespace pedigree::imagebuild
