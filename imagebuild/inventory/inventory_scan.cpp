#include "imagebuild/inventory/inventory_scan.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "imagebuild/inventory/interpreters.h"
#include "imagebuild/inventory/telling_files.h"
#include "imagebuild/wheel/wheel_tables.h"

namespace pedigree::imagebuild {
namespace {

constexpr int shallow_depth = 9; // of folders and links where wheels may lay data

} // namespace

// The name under which a file's content counts.
const std::string& InventoryScan::counts_as(const TarItem& item) const {
    const auto hidden = hidden_.find(item.path);
    return hidden == hidden_.end() ? item.path : hidden->second;
}

std::size_t InventoryScan::content_bytes_wanted(const TarItem& item) {
    return item.type == TarItemType::File ? telling_bytes_max(counts_as(item)) : 0;
}

Status InventoryScan::take(const TarItem& item, std::string_view content) {
    const bool shallow = std::count(item.path.begin(), item.path.end(), '/') < shallow_depth;
    const bool place = shallow || !site_of(item.path).empty();
    switch (item.type) {
    case TarItemType::Directory:
        return files_.take(item, place, "");
    case TarItemType::Symlink:
        return files_.take(item, place || is_program(item.path), item.target);
    case TarItemType::File:
        return files_.take(item, is_telling(counts_as(item)) || is_program(item.path),
                           telling_text(counts_as(item), content));
    default:
        if (is_program(item.path) && !is_telling(item.path)) {
            TarItem program = item; // what it holds does not matter, so it needs no other name
            program.type = TarItemType::File;
            return files_.take(program, true, "");
        }
        return files_.take(item, is_telling(item.path), "");
    }
}

void InventoryScan::find_distributions(BaseInventory& inventory) const {
    for (const auto& [path, entry] : files_.all()) {
        if (!is_metadata(path) || entry.type == TarItemType::Directory) {
            continue;
        }
        const auto fields = parse_header_fields(entry.text);
        const auto name = fields.find("name");
        const auto version = fields.find("version");
        if (name == fields.end() || version == fields.end()) {
            continue;
        }
        InstalledDistribution one{
            name->second, version->second, std::string(site_of(path)), {}, licenses_of(fields)};
        const auto [begin, end] = fields.equal_range("requires-dist");
        std::for_each(begin, end,
                      [&](const auto& field) { one.requirements.push_back(field.second); });
        inventory.distributions.push_back(std::move(one));
    }
}

// Where wheels may lay files.
void InventoryScan::find_places(BaseInventory& inventory) const {
    const InstallScheme& scheme = inventory.scheme;
    for (const auto& [path, entry] : files_.all()) {
        if (!path.starts_with(scheme.site + "/") && !path.starts_with(scheme.data + "/")) {
            continue;
        }
        if (entry.type == TarItemType::Directory) {
            inventory.directories.insert(path);
        } else if (entry.type == TarItemType::Symlink && !is_python(path)) {
            inventory.links[path] = files_.resolved(path);
        }
    }
}

int InventoryScan::glibc_minor() const {
    int best = 0;
    for (const auto& [path, entry] : files_.all()) {
        if (is_libc(path) && entry.type != TarItemType::Symlink) {
            const std::string_view name = file_name(path);
            constexpr std::string_view prefix = "libc-2.";
            best = std::max(best, name.starts_with(prefix) ? number_of(name.substr(prefix.size()))
                                                           : number_of(entry.text));
        }
    }
    return best;
}

Result<BaseInventory> InventoryScan::finish(const Json& config) const {
    BaseInventory inventory;
    const std::string architecture = string_or(config, "architecture", "amd64");
    inventory.python.machine = architecture == "arm64"   ? "aarch64"
                               : architecture == "amd64" ? "x86_64"
                                                         : architecture;
    const auto& files = files_.all();
    inventory.has_code = std::any_of(files.begin(), files.end(),
                                     [](const auto& file) { return is_code(file.first); });
    const Interpreters interpreters(files_, search_path(config));
    inventory.programs = interpreters.programs();
    const auto interpreter = interpreters.first(inventory.closed_folder);
    if (!interpreter) {
        return inventory;
    }
    inventory.has_python = true;
    inventory.python.minor = interpreter->minor;
    inventory.python.patch = interpreter->patch;
    inventory.python.glibc_minor = glibc_minor();
    inventory.scheme = interpreters.scheme_of(*interpreter);
    inventory.interpreter_sites = interpreters.sites();
    find_distributions(inventory);
    find_places(inventory);
    return inventory;
}

} // namespace pedigree::imagebuild
