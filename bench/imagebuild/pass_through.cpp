// How fast a wheel becomes a layer: passed through as a build does it, and with the same bytes
// compressed anew by zlib at level 6. Both verify the wheel: they inflate it and hash every file
// and the tar; so that part is measured by itself, and what lies beyond it is the writing alone.
//   pass_through FOLDER WHEEL     prints JSON: unpacked bytes and seconds, the best of three rounds
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>

#include <fmt/format.h>
#include <zlib.h>

#include "base/file.h"
#include "imagebuild/layers.h"

namespace pedigree::imagebuild {
namespace {

constexpr int rounds = 3, level = 6;

// What the three ways do with the bytes of the wheel's members.
using Way = std::function<Status(const Wheel&, const std::filesystem::path& file)>;

Status pass_through(const Wheel& wheel, const std::filesystem::path& file) {
    const InstallScheme scheme{.site = "usr/lib/python3/dist-packages",
                               .scripts = "usr/bin",
                               .headers = "usr/include/python3",
                               .data = "usr",
                               .interpreter = "/usr/bin/python3"};
    TRY(const InstalledWheel installed, plan_install(wheel, scheme));
    TRY(LayerWriter writer, LayerWriter::create(file));
    for (const auto& [path, one] : installed.files) {
        TRY(one.member != nullptr
                ? writer.member(path, one.mode, *one.archive, *one.member, one.digest)
                : writer.file(path, one.mode, one.bytes));
    }
    TRY(writer.finish());
    return {};
}

Status verify(const Wheel& wheel, const ByteSink& verified) {
    Sha256 content, tar;
    for (const ZipMember& member : wheel.archive.members()) {
        TRY(wheel.archive.read(member, [&](std::string_view piece) {
            content.update(piece);
            tar.update(piece);
            return verified(piece);
        }));
        content.finish();
    }
    return {};
}

Status verify_alone(const Wheel& wheel, const std::filesystem::path&) {
    return verify(wheel, [](std::string_view) { return Status(); });
}

Status recompress(const Wheel& wheel, const std::filesystem::path& file) {
    z_stream stream{};
    ::deflateInit2(&stream, level, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY);
    std::string out(256 * 1024, '\0');
    std::ofstream layer(file, std::ios::binary);
    Sha256 blob;
    const auto deflate = [&](std::string_view piece, int flush) {
        stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(piece.data()));
        stream.avail_in = static_cast<uInt>(piece.size());
        do {
            stream.next_out = reinterpret_cast<Bytef*>(out.data());
            stream.avail_out = static_cast<uInt>(out.size());
            ::deflate(&stream, flush);
            const std::size_t count = out.size() - stream.avail_out;
            blob.update({out.data(), count});
            layer.write(out.data(), static_cast<std::streamsize>(count));
        } while (stream.avail_out == 0);
        return Status();
    };
    const Status done =
        verify(wheel, [&](std::string_view piece) { return deflate(piece, Z_NO_FLUSH); });
    deflate("", Z_FINISH);
    ::deflateEnd(&stream);
    return done;
}

Result<double> best_seconds(const Way& way, const Wheel& wheel, const std::filesystem::path& file) {
    double best = 0;
    for (int round = 0; round < rounds; ++round) {
        const auto begin = std::chrono::steady_clock::now();
        TRY(way(wheel, file));
        const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - begin;
        best = round == 0 ? passed.count() : std::min(best, passed.count());
    }
    return best;
}

Status compare(const std::filesystem::path& folder, const std::filesystem::path& file) {
    TRY(const Digest digest, digest_file(file));
    TRY(const Wheel wheel, open_wheel(file, digest));
    std::uint64_t bytes = 0;
    for (const ZipMember& member : wheel.archive.members()) {
        bytes += member.unpacked_bytes;
    }
    TRY(const double verified, best_seconds(verify_alone, wheel, folder / "layer"));
    TRY(const double passed, best_seconds(pass_through, wheel, folder / "layer"));
    TRY(const double compressed, best_seconds(recompress, wheel, folder / "layer"));
    fmt::print("{{\"bytes\":{},\"verify\":{:.3f},\"passThrough\":{:.3f},\"recompress\":{:.3f}}}\n",
               bytes, verified, passed, compressed);
    return {};
}

} // namespace
} // namespace pedigree::imagebuild

int main(int argc, char** argv) {
    using namespace pedigree::imagebuild;
    if (argc != 3) {
        fmt::print(stderr, "usage: pass_through FOLDER WHEEL\n");
        return 2;
    }
    const auto done = compare(argv[1], argv[2]);
    if (!done) {
        fmt::print(stderr, "error: {}\n", done.error().message);
        return 1;
    }
    return 0;
}
