#include "cli/support/bundle.h"

#include <limits>
#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <zlib.h>

#include "base/digest.h"
#include "base/redaction.h"
#include "base/text.h"
#include "cli/app/documents.h"
#include "cli/support/struck.h"
#include "imagebuild/layer/tar_entry.h"

namespace pedigree::cli {

namespace {

// A shorter value may be an ordinary word, which would be taken out of every sentence.
constexpr std::size_t credential_bytes_min = 8;
constexpr unsigned bundle_file_mode = 0600;

void append_file(std::string& tar, const std::string& path, std::string_view bytes) {
    tar += imagebuild::tar_header({.path = path, .mode = bundle_file_mode, .bytes = bytes.size()});
    tar += bytes;
    tar.append(imagebuild::tar_padding_bytes(bytes.size()), '\0');
}

// zlib's gzip form, whose header has no time.
Result<std::string> gzipped(std::string& bytes) {
    z_stream stream{};
    constexpr int gzip_window = 15 + 16;
    constexpr int memory_level = 8;
    if (bytes.size() > std::numeric_limits<uInt>::max() ||
        deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, gzip_window, memory_level,
                     Z_DEFAULT_STRATEGY) != Z_OK) {
        return failure(ErrorCode::TooLarge, "the bundle cannot be compressed");
    }
    std::string out(deflateBound(&stream, bytes.size()), '\0');
    stream.next_in = reinterpret_cast<Bytef*>(bytes.data());
    stream.avail_in = static_cast<uInt>(bytes.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    const int outcome = deflate(&stream, Z_FINISH);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return outcome == Z_STREAM_END
               ? Result<std::string>(std::move(out))
               : failure(ErrorCode::Internal, "the bundle cannot be compressed");
}

} // namespace

void Bundle::add(const std::string& path, const Json& document) {
    files[path] = document_text(document, Format::Json);
}

void strike_credentials(Bundle& bundle) {
    std::set<std::string> found;
    for (auto& [path, text] : bundle.files) {
        text = struck(text, found);
    }
    std::set<std::string> forms;
    for (const std::string& credential : found) {
        if (credential.size() >= credential_bytes_min) {
            forms.merge(forms_of(Secret(credential)));
        }
    }
    for (auto& [path, text] : bundle.files) {
        text =
            clean_text(without(text, forms), std::numeric_limits<std::size_t>::max(), Lines::Keep);
    }
}

Json bundle_manifest(const Bundle& bundle) {
    Json document{{"version", PEDIGREE_VERSION},
                  {"madeAt", bundle.made_at},
                  {"systemNamespace", bundle.system_namespace},
                  {"namespace", bundle.name_space},
                  {"items", Json::array()},
                  {"leftOut", Json::array()}};
    for (const auto& [path, text] : bundle.files) {
        document["items"].push_back(
            {{"path", path}, {"bytes", text.size()}, {"sha256", sha256(text).hex()}});
    }
    for (const LeftOut& part : bundle.left_out) {
        document["leftOut"].push_back({{"what", part.what}, {"why", part.why}});
    }
    return enveloped("SupportBundle", std::move(document));
}

Result<std::string> archive_of(const Bundle& bundle, const std::string& folder) {
    std::string tar;
    append_file(tar, folder + "/manifest.json",
                document_text(bundle_manifest(bundle), Format::Json));
    for (const auto& [path, text] : bundle.files) {
        append_file(tar, fmt::format("{}/{}", folder, path), text);
    }
    tar.append(2 * imagebuild::tar_block_bytes, '\0');
    return gzipped(tar);
}

} // namespace pedigree::cli
