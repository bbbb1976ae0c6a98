#include "imagebuild/layer/layer_writer.h"

#include <cerrno>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>
#include <zlib.h>

#include "base/descriptor.h"
#include "base/errno_text.h"
#include "imagebuild/layer/layer_path.h"
#include "imagebuild/layer/run_deflate.h"
#include "imagebuild/layer/stargz.h"

namespace pedigree::imagebuild {
namespace {

constexpr std::string_view opaque_whiteout = ".wh..wh..opq";

constexpr std::size_t own_bytes_max = 1024 * 1024;
constexpr std::size_t write_bytes = 256 * 1024;

std::string little_endian(std::uint64_t value) {
    std::string out;
    for (int i = 0; i < 4; ++i) {
        out += static_cast<char>((value >> (8 * i)) & 0xff);
    }
    return out;
}

// MTIME 0, no name, XFL 0, OS unknown.
constexpr std::string_view gzip_head("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff", 10);

} // namespace

struct LayerWriter::State {
    explicit State(Descriptor opened) : file(std::move(opened)) {}

    // Bytes of the gzip file.
    Status blob(std::string_view bytes) {
        blob_hash.update(bytes);
        blob_bytes += bytes.size();
        buffer += bytes;
        return buffer.size() >= write_bytes ? flush_buffer() : Status();
    }
    Status flush_buffer() {
        std::string_view rest = buffer;
        while (!rest.empty()) {
            const ssize_t count = ::write(file.get(), rest.data(), rest.size());
            if (count < 0 && errno == EINTR) {
                continue;
            }
            if (count <= 0) {
                return failure(ErrorCode::Unavailable,
                               fmt::format("cannot write a layer: {}", errno_text()));
            }
            rest.remove_prefix(static_cast<std::size_t>(count));
        }
        buffer.clear();
        return {};
    }

    void tar(std::string_view bytes) { tar_hash.update(bytes); }

    // Bytes of the tar that we compress ourselves.
    Status own_bytes(std::string_view bytes) {
        while (!bytes.empty()) {
            const std::string_view piece = bytes.substr(0, own_bytes_max - own.size());
            bytes.remove_prefix(piece.size());
            tar(piece);
            own += piece;
            if (own.size() == own_bytes_max) {
                TRY(flush_own());
            }
        }
        return {};
    }
    Status flush_own() {
        if (!own.empty()) {
            TRY(gzip_member(own));
            own.clear();
        }
        return {};
    }
    Status gzip_member(std::string_view bytes) {
        const uLong crc = ::crc32(0, reinterpret_cast<const Bytef*>(bytes.data()),
                                  static_cast<uInt>(bytes.size()));
        TRY(blob(gzip_head));
        TRY(blob(run_deflate(bytes)));
        return blob(little_endian(crc) + little_endian(bytes.size()));
    }

    Status header(const TarEntry& entry) {
        if (const auto problem = layer_path_problem(entry.path)) {
            return failure(ErrorCode::InvalidInput, "PathRefused",
                           fmt::format("\"{}\" {}", entry.path.substr(0, 120), *problem));
        }
        return checked_header(entry);
    }
    Status checked_header(const TarEntry& entry) {
        if (table) {
            table->add(entry);
        }
        return own_bytes(tar_header(entry));
    }
    // The bytes of a file follow: those that a table lists begin a gzip member.
    Status place(std::uint64_t bytes, const Digest& content) {
        if (table && bytes > 0) {
            TRY(flush_own());
            table->place(blob_bytes, content);
        }
        return {};
    }
    // The table is the tar's last file and has to be one member with the end of the tar.
    Result<std::optional<Digest>> finish_table() {
        if (!table) {
            return std::nullopt;
        }
        TRY(flush_own());
        const std::uint64_t offset = blob_bytes;
        const std::string text = table->text();
        const std::string last =
            tar_header({stargz_table_path, TarType::File, 0644, text.size(), ""}) + text +
            std::string(tar_padding_bytes(text.size()) + 2 * tar_block_bytes, '\0');
        tar(last);
        TRY(gzip_member(last));
        TRY(blob(stargz_footer(offset)));
        return sha256(text);
    }

    Descriptor file;
    Sha256 blob_hash, tar_hash;
    std::uint64_t blob_bytes = 0;
    std::string buffer; // of the gzip file, not yet written
    std::string own;    // of the tar, not yet compressed
    std::optional<StargzTable> table;
};

LayerWriter::LayerWriter(std::unique_ptr<State> state) : state_(std::move(state)) {}
LayerWriter::~LayerWriter() = default;
LayerWriter::LayerWriter(LayerWriter&&) noexcept = default;
LayerWriter& LayerWriter::operator=(LayerWriter&&) noexcept = default;

Result<LayerWriter> LayerWriter::create(const std::filesystem::path& file, LayerForm form) {
    Descriptor opened(::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    if (!opened.valid()) {
        return failure(ErrorCode::Unavailable,
                       fmt::format("cannot create {}: {}", file.string(), errno_text()));
    }
    LayerWriter writer(std::make_unique<State>(std::move(opened)));
    if (form == LayerForm::Estargz) {
        writer.state_->table.emplace();
        TRY(writer.file(stargz_landmark_path, 0644, stargz_landmark));
    }
    return writer;
}

Status LayerWriter::directory(const std::string& path) {
    return state_->header({path, TarType::Directory, 0755, 0, ""});
}

Status LayerWriter::hide_below(const std::string& folder) {
    return state_->checked_header(
        {fmt::format("{}/{}", folder, opaque_whiteout), TarType::File, 0644, 0, ""});
}

Status LayerWriter::symlink(const std::string& path, const std::string& target) {
    return state_->header({path, TarType::Symlink, 0777, 0, target});
}

Status LayerWriter::file(const std::string& path, unsigned mode, std::string_view bytes) {
    TRY(state_->header({path, TarType::File, mode, bytes.size(), ""}));
    if (state_->table) {
        TRY(state_->place(bytes.size(), sha256(bytes)));
    }
    TRY(state_->own_bytes(bytes));
    return state_->own_bytes(std::string(tar_padding_bytes(bytes.size()), '\0'));
}

Status LayerWriter::member(const std::string& path, unsigned mode, const ZipArchive& archive,
                           const ZipMember& member, const Digest& expected) {
    State& state = *state_;
    TRY(state.header({path, TarType::File, mode, member.unpacked_bytes, ""}));
    TRY(state.place(member.unpacked_bytes, expected));
    Sha256 content;
    const bool pass_through = member.deflated && member.unpacked_bytes > 0;
    if (pass_through) {
        TRY(state.flush_own());
        TRY(state.blob(gzip_head));
    }
    const auto unpacked = [&](std::string_view piece) -> Status {
        content.update(piece);
        if (pass_through) {
            state.tar(piece);
            return {};
        }
        return state.own_bytes(piece);
    };
    const auto packed = [&](std::string_view piece) {
        return pass_through ? state.blob(piece) : Status();
    };
    TRY(archive.read(member, unpacked, packed));
    if (pass_through) {
        TRY(state.blob(little_endian(member.crc) + little_endian(member.unpacked_bytes)));
    }
    if (content.finish() != expected) {
        return failure(
            ErrorCode::Corrupt, "WheelRefused",
            fmt::format("{} has not the digest that its wheel's RECORD gives", member.name));
    }
    return state.own_bytes(std::string(tar_padding_bytes(member.unpacked_bytes), '\0'));
}

Result<LayerDescriptor> LayerWriter::finish() {
    TRY(const std::optional<Digest> toc_digest, state_->finish_table());
    if (!toc_digest) {
        TRY(state_->own_bytes(std::string(2 * tar_block_bytes, '\0')));
        TRY(state_->flush_own());
    }
    TRY(state_->flush_buffer());
    return LayerDescriptor{state_->blob_hash.finish(), state_->tar_hash.finish(),
                           state_->blob_bytes, toc_digest};
}

} // namespace pedigree::imagebuild
