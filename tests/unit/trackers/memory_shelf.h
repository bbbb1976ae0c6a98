#pragma once
// Stands for the recorder's shelf: what was kept, by path; "" for what was only read.

#include <algorithm>
#include <map>
#include <memory>
#include <string>

#include "trackers/shelf.h"

namespace pedigree::trackers {

struct MemoryShelf final : Shelf {
    struct File final : ArrivingFile {
        File(MemoryShelf& of, std::string where) : shelf(of), path(std::move(where)) {}
        void write(std::string_view bytes) override {
            text += bytes;
            shelf.piece_bytes_max = std::max(shelf.piece_bytes_max, bytes.size());
        }
        Shelved keep() override {
            shelf.kept[path] = text;
            return {sha256(text), text.size()};
        }
        MemoryShelf& shelf;
        const std::string path;
        std::string text;
    };
    std::unique_ptr<ArrivingFile> begin(const std::string& path) override {
        return std::make_unique<File>(*this, path);
    }
    std::map<std::string, std::string> kept;
    std::size_t piece_bytes_max = 0;
};

} // namespace pedigree::trackers
