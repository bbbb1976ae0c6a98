#include "tests/world/images/images.h"

#include <algorithm>
#include <random>

#include <gtest/gtest.h>
#include <openssl/evp.h>

#include "base/file.h"
#include "imagebuild/archive/gunzip.h"
#include "imagebuild/archive/tar_reader.h"
#include "imagebuild/layer/tar_entry.h"
#include "imagebuild/wheel/wheel_tables.h"

namespace pedigree::imagebuild {
namespace {

constexpr const char* index_url = "https://index.example.com/simple";

std::string octal(std::uint64_t value, int digits) {
    return fmt::format("{:0{}o}", value, digits) + std::string(1, '\0');
}

std::string header_of(const BaseFile& one) {
    constexpr char types[] = {'0', '2', '1', '5'};
    const bool link = one.kind == BaseFile::Kind::Symlink || one.kind == BaseFile::Kind::HardLink;
    const std::size_t bytes = one.kind == BaseFile::Kind::File ? one.text.size() : 0;
    std::string block = one.path;
    block.resize(100);
    block += octal(one.mode, 7) + octal(0, 7) + octal(0, 7) + octal(bytes, 11) + octal(0, 11);
    block += "        ";
    block += types[static_cast<int>(one.kind)];
    block += link ? one.text : "";
    block.resize(257);
    block += std::string("ustar\0", 6) + "00";
    block.resize(tar_block_bytes);
    unsigned sum = 0;
    for (const char c : block) {
        sum += static_cast<unsigned char>(c);
    }
    block.replace(148, 8, fmt::format("{:06o}", sum) + std::string("\0 ", 2));
    return block;
}

std::string record_digest(const std::string& algorithm, const std::string& bytes) {
    std::string raw(EVP_MAX_MD_SIZE, '\0');
    unsigned int length = 0;
    const std::string name = algorithm == "blake2b" ? "BLAKE2b512" : algorithm;
    EVP_Digest(bytes.data(), bytes.size(), reinterpret_cast<unsigned char*>(raw.data()), &length,
               EVP_get_digestbyname(name.c_str()), nullptr);
    raw.resize(length);
    std::string text = to_base64(raw);
    std::replace(text.begin(), text.end(), '+', '-');
    std::replace(text.begin(), text.end(), '/', '_');
    text.erase(std::min(text.find('='), text.size()));
    return algorithm + "=" + text;
}

class Listing final : public TarVisitor {
  public:
    explicit Listing(Outcome& outcome) : files_(outcome.files), texts_(outcome.texts) {}
    std::size_t content_bytes_wanted(const TarItem&) override { return text_bytes_max; }
    Status take(const TarItem& item, std::string_view content) override {
        if (item.type == TarItemType::File && content.size() < text_bytes_max) {
            texts_[item.path].emplace_back(content);
        }
        files_[item.path] = item.type == TarItemType::Directory ? "d"
                            : item.type == TarItemType::Symlink ? "-> " + item.target
                                                                : "f";
        return {};
    }

  private:
    static constexpr std::size_t text_bytes_max = 64;
    std::map<std::string, std::string>& files_;
    std::map<std::string, std::vector<std::string>>& texts_;
};

} // namespace

BaseFile file(std::string path, std::string text) {
    return {std::move(path), BaseFile::Kind::File, std::move(text), 0755};
}
BaseFile symlink(std::string path, std::string target) {
    return {std::move(path), BaseFile::Kind::Symlink, std::move(target), 0777};
}
BaseFile hard_link(std::string path, std::string target) {
    return {std::move(path), BaseFile::Kind::HardLink, std::move(target), 0755};
}
BaseFile folder(std::string path, unsigned mode) {
    return {std::move(path), BaseFile::Kind::Folder, "", mode};
}

std::string python_program(const std::string& release) {
    return "\x7f"
           "ELF" +
           std::string("\0 3.2.0\0", 8) + "text" + std::string(1, '\0') + release +
           std::string(1, '\0');
}

FileList slim(const FileList& more) {
    FileList files{file("etc/os-release", "ID=debian\n"),
                   file("lib/x86_64-linux-gnu/libc.so.6",
                        "GNU C Library (Debian GLIBC 2.36-9) stable release version 2.36.\n"),
                   file("usr/local/bin/python3.11", python_program("3.11.2")),
                   symlink("usr/local/bin/python3", "python3.11"),
                   symlink("usr/local/bin/python", "python3"),
                   folder("usr/local/share/man"),
                   symlink("usr/local/man", "share/man"),
                   folder("usr/local/lib/python3.11/site-packages")};
    for (const BaseFile& one : more) {
        std::erase_if(files, [&](const BaseFile& there) { return there.path == one.path; });
        files.push_back(one);
    }
    return files;
}

std::string tar_of(const FileList& files) {
    std::string tar;
    for (const BaseFile& one : files) {
        tar += header_of(one);
        if (one.kind == BaseFile::Kind::File) {
            tar += one.text + std::string(tar_padding_bytes(one.text.size()), '\0');
        }
    }
    return tar + std::string(2 * tar_block_bytes, '\0');
}

std::string zstd_of(const std::string& bytes) {
    constexpr std::size_t block_bytes = 65536;
    std::string frame = "\x28\xb5\x2f\xfd\xe0" + little_endian(bytes.size(), 8);
    for (std::size_t at = 0; at < bytes.size(); at += block_bytes) {
        const std::string block = bytes.substr(at, block_bytes);
        const bool last = at + block_bytes >= bytes.size();
        frame += little_endian(block.size() << 3 | (last ? 1 : 0), 3) + block;
    }
    return frame;
}

Digest Images::base(const std::vector<FileList>& layers, const Packed& packed) {
    Json diff_ids = Json::array(), descriptors = Json::array();
    for (const FileList& files : layers) {
        const std::string tar = tar_of(files);
        const std::string blob = packed.zstd ? zstd_of(tar) : tar;
        diff_ids.push_back(sha256(tar).text());
        descriptors.push_back({{"mediaType", packed.type},
                               {"digest", http.add_blob("base", blob)},
                               {"size", blob.size()}});
    }
    const Json config{
        {"architecture", "amd64"},
        {"os", "linux"},
        {"config", {{"Env", {"PATH=" + packed.search_path}}, {"Labels", packed.labels}}},
        {"rootfs", {{"type", "layers"}, {"diff_ids", std::move(diff_ids)}}}};
    return http.add_manifest("base",
                             Json{{"schemaVersion", 2},
                                  {"config", {{"digest", http.add_blob("base", config.dump())}}},
                                  {"layers", std::move(descriptors)}}
                                 .dump());
}

Digest Images::index_of(const std::vector<std::pair<std::string, Digest>>& variants) {
    Json list = Json::array();
    for (const auto& [variant, digest] : variants) {
        Json platform{{"os", "linux"}, {"architecture", "amd64"}};
        if (!variant.empty()) {
            platform["variant"] = variant;
        }
        list.push_back({{"digest", digest.text()}, {"platform", std::move(platform)}});
    }
    return http.add_manifest("base",
                             Json{{"schemaVersion", 2}, {"manifests", std::move(list)}}.dump());
}

std::string Images::wheel_bytes(const MadeWheel& wheel) const {
    const std::string info = fmt::format("{}-{}.dist-info/", wheel.name, wheel.version);
    auto files = wheel.files;
    if (wheel.padding > 0) {
        std::mt19937 numbers(static_cast<unsigned>(wheel.name.back()));
        std::string& padding = files[wheel.name + ".bin"];
        std::generate_n(std::back_inserter(padding), wheel.padding,
                        [&] { return static_cast<char>(numbers()); });
    }
    std::string& words = files[info + "METADATA"];
    words =
        fmt::format("Metadata-Version: 2.1\nName: {}\nVersion: {}\n", wheel.name, wheel.version);
    words +=
        wheel.requires_python.empty() ? "" : "Requires-Python: " + wheel.requires_python + "\n";
    for (const std::string& requirement : wheel.requires_dist) {
        words += "Requires-Dist: " + requirement + "\n";
    }
    files[info + "WHEEL"] =
        "Wheel-Version: 1.0\nGenerator: case\nRoot-Is-Purelib: true\nTag: " + wheel.tags + "\n";
    std::string record;
    MadeZip zip;
    const auto add_row = [&](const std::string& path) {
        record += record_row(path, record_digest(wheel.algorithm, files.at(path)),
                             std::to_string(files.at(path).size()));
    };
    for (const auto& [path, bytes] : files) {
        add_row(path);
        zip.members.push_back({path, bytes});
        zip.members.back().stored = true;
    }
    for (const std::string& path : wheel.twice) {
        add_row(path);
    }
    zip.members.push_back({info + "RECORD", record + info + "RECORD,,\n"});
    return zip_bytes(zip);
}

void Images::add(const MadeWheel& wheel) {
    const std::string bytes = wheel_bytes(wheel);
    const std::string build = wheel.build.empty() ? "" : "-" + wheel.build;
    const std::string name =
        fmt::format("{}-{}{}-{}.whl", wheel.name, wheel.version, build, wheel.tags);
    std::string page_name = wheel.name;
    std::replace(page_name.begin(), page_name.end(), '_', '-');
    auto& page = http.files[fmt::format("{}/{}/", index_url, page_name)];
    page.type = "text/html";
    page.bytes += fmt::format("<a href=\"/f/{0}#sha256={1}\">{0}</a>", name, sha256(bytes).hex());
    http.files["https://index.example.com/f/" + name] = {"application/zip", bytes};
    made[name] = bytes;
    *lock +=
        fmt::format("{}=={} --hash=sha256:{}\n", wheel.name, wheel.version, sha256(bytes).hex());
}

Outcome Images::assemble(const Digest& base) {
    BuildRequest request;
    request.base = {"registry.example.com", "base", "", base};
    if (lock) {
        request.lock = LockText{"requirements.lock", *lock};
    }
    request.source.tree = std::string(40, 'a');
    for (const auto& [path, text] : code) {
        request.code.push_back(
            {path, CodeFile::Kind::Regular, [text = text] { return Result<std::string>(text); }});
    }
    request.index_url = index_url;
    request.program = program;
    request.look_for_program = look_for_program;
    RegistryClient registry(http, {"registry.example.com", "base", false}, std::nullopt,
                            Access::Pull, {});
    const BuildPlaces places{
        http, registry, scratch_.path(), cache_.path(), [](auto, auto, auto, auto) {},
        {},   {},       nullptr};
    Assembly assembly(request, places);
    const auto assembled = assembly.run();
    Outcome outcome;
    if (!assembled) {
        outcome.refusal = assembled.error().message;
        outcome.reason = assembled.error().reason;
        EXPECT_FALSE(assembled.error().retryable()) << outcome.refusal;
        return outcome;
    }
    outcome.manifest = std::get<ImageDocuments>(*assembled).manifest.bytes;
    outcome.warnings = assembly.warnings();
    outcome.inventory = assembly.inventory();
    for (const ReadyLayer& layer : assembly.layers()) {
        Listing listing(outcome);
        TarReader reader(listing);
        Gunzip gunzip(1ull << 30);
        const auto bytes = read_file(layer.file, 1ull << 30);
        EXPECT_TRUE(bytes && gunzip.feed(*bytes, [&](std::string_view piece) {
            return reader.feed(piece);
        }));
    }
    return outcome;
}

} // namespace pedigree::imagebuild
