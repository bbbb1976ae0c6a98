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
    std::optional<Shelved> find(const std::string& path) override {
        const auto found = kept.find(path);
        return found == kept.end()
                   ? std::nullopt
                   : std::optional(Shelved{sha256(found->second), found->second.size()});
    }
    Status read(const std::string& path, const Shelved&, const net::BodySink& sink,
                std::stop_token) override {
        const std::string& text = kept.at(path);
        TRY(sink(text.substr(0, readable_bytes)));
        return text.size() <= readable_bytes ? Status()
                                             : failure(ErrorCode::Unavailable, "it went away");
    }

    std::map<std::string, std::string> kept;
    std::size_t readable_bytes = std::string::npos; // then the store is away
    std::size_t piece_bytes_max = 0;
};

} // namespace pedigree::trackers
