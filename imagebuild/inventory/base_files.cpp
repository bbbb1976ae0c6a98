#include "imagebuild/inventory/base_files.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

namespace pedigree::imagebuild {
namespace {

constexpr int links_followed_max = 40; // as Linux does

// What is still to be walked, the next component last.
void put_before(std::vector<std::string>& todo, std::string_view path) {
    for (std::size_t end = path.size();;) {
        const std::size_t slash = path.substr(0, end).rfind('/');
        const std::size_t begin = slash == path.npos ? 0 : slash + 1;
        todo.emplace_back(path.substr(begin, end - begin));
        if (slash == path.npos) {
            return;
        }
        end = slash;
    }
}

} // namespace

std::string folder_of(std::string_view path) {
    const std::size_t slash = path.rfind('/');
    return std::string(slash == path.npos ? std::string_view() : path.substr(0, slash));
}

std::string_view file_name(std::string_view path) {
    return path.substr(path.rfind('/') + 1); // npos + 1 is 0
}

const BaseFiles::Entry* BaseFiles::at(const std::string& path) const {
    const auto found = entries_.find(path);
    return found == entries_.end() ? nullptr : &found->second;
}

Status BaseFiles::take(const TarItem& item, bool keep, std::string text) {
    const std::string_view name = file_name(item.path);
    if (name.starts_with(".wh.")) {
        white_out(folder_of(item.path), name);
        return {};
    }
    Entry entry{item.type, std::move(text), item.path, item.mode, layer_};
    if (item.type == TarItemType::HardLink) {
        if (item.target == item.path) {
            return {}; // a name of itself changes nothing
        }
        entry = linked(item);
        if (keep && at(item.target) == nullptr) {
            unknown_.emplace(entry.inode, item.path);
        }
    }
    if (item.type != TarItemType::Directory) {
        remove(item.path);
    } else if (const Entry* there = at(item.path);
               there != nullptr && there->type != TarItemType::Directory) {
        entries_.erase(item.path);
    }
    if (!keep) {
        return {};
    }
    taken_bytes_ += item.path.size() + entry.text.size() + entry.inode.size();
    if (entries_.size() >= entries_max || taken_bytes_ > taken_bytes_max) {
        return failure(ErrorCode::TooLarge, "BaseRefused",
                       "the base image holds more Python packages than are read");
    }
    entries_.insert_or_assign(item.path, std::move(entry));
    return {};
}

// The file that has this name besides its own. Its target may lie in a layer below.
BaseFiles::Entry BaseFiles::linked(const TarItem& item) {
    if (const Entry* target = at(item.target)) {
        Entry entry = *target;
        entry.layer = layer_;
        return entry;
    }
    return {TarItemType::File, "", item.target, item.mode, layer_};
}

void BaseFiles::white_out(const std::string& folder, std::string_view name) {
    if (name == ".wh..wh..opq") {
        remove_below(folder);
        return;
    }
    const std::string gone = (folder.empty() ? "" : folder + "/") + std::string(name.substr(4));
    const Entry* there = at(gone);
    if (there == nullptr || there->layer < layer_) {
        remove(gone);
    }
}

void BaseFiles::remove(const std::string& path) {
    remove_below(path);
    entries_.erase(path);
}

// What the layers below have under the folder; a layer's own entries stay.
void BaseFiles::remove_below(const std::string& path) {
    const std::string prefix = path.empty() ? "" : path + "/";
    for (auto at = entries_.lower_bound(prefix);
         at != entries_.end() && at->first.starts_with(prefix);) {
        at = at->second.layer < layer_ ? entries_.erase(at) : std::next(at);
    }
}

// Component by component: what ".." means depends on the links before it.
std::string BaseFiles::resolved(std::string path) const {
    std::vector<std::string> todo;
    put_before(todo, path);
    std::string here;
    for (int followed = 0; !todo.empty();) {
        const std::string part = std::move(todo.back());
        todo.pop_back();
        if (part.empty() || part == ".") {
            continue;
        }
        if (part == "..") {
            here = folder_of(here);
            continue;
        }
        const std::string next = here.empty() ? part : here + "/" + part;
        const Entry* entry = at(next);
        if (entry != nullptr && entry->type == TarItemType::Symlink &&
            followed < links_followed_max) {
            ++followed;
            here = entry->text.starts_with('/') ? "" : here;
            put_before(todo, entry->text);
            continue;
        }
        here = next;
    }
    return here;
}

std::string BaseFiles::closed_folder(const std::string& path) const {
    constexpr unsigned others_may_enter = 0001;
    for (std::size_t slash = path.find('/'); slash != path.npos;
         slash = path.find('/', slash + 1)) {
        const std::string folder = path.substr(0, slash);
        const Entry* entry = at(folder);
        if (entry != nullptr && entry->type == TarItemType::Directory &&
            (entry->mode & others_may_enter) == 0) {
            return folder;
        }
    }
    return {};
}

} // namespace pedigree::imagebuild
