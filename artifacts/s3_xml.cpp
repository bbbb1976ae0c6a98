#include "artifacts/s3_xml.h"

#include <algorithm>
#include <cctype>
#include <charconv>

#include "artifacts/xml.h"
#include "net/url.h"

namespace pedigree::artifacts {
namespace {

constexpr std::size_t error_code_bytes_max = 64;

Result<std::int64_t> size_from(std::string_view text) {
    std::int64_t value = 0;
    const char* end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, value);
    if (read.ec != std::errc() || read.ptr != end || value < 0) {
        return failure(ErrorCode::Corrupt, "an object's size is no number of bytes");
    }
    return value;
}

// As stores encode keys for `encoding-type=url`, which is how forms are encoded.
Result<std::string> decoded_key(std::string key) {
    std::replace(key.begin(), key.end(), '+', ' ');
    return net::percent_decode(key);
}

struct Entry {
    std::string key;
    std::optional<std::int64_t> bytes;
};

} // namespace

Result<ListPage> list_page_from(const std::string& document) {
    ListPage page;
    bool is_list = false, is_cut = false, is_encoded = false;
    Entry entry;
    const auto take = [&](std::string_view place, std::string_view text) -> Status {
        constexpr std::string_view root = "ListBucketResult";
        if (place == root) {
            is_list = true;
            return {};
        }
        if (!place.starts_with(root)) {
            return {};
        }
        place.remove_prefix(root.size());
        if (place == "/Contents/Key") {
            entry.key = text;
        } else if (place == "/Contents/Size") {
            TRY(entry.bytes, size_from(text));
        } else if (place == "/Contents") {
            if (entry.key.empty() || !entry.bytes) {
                return failure(ErrorCode::Corrupt, "an object has no key or no size");
            }
            page.objects.push_back({std::move(entry.key), *entry.bytes});
            entry = {};
        } else if (place == "/IsTruncated") {
            is_cut = text == "true";
        } else if (place == "/NextContinuationToken") {
            page.continuation = text;
        } else if (place == "/EncodingType") {
            is_encoded = text == "url";
        }
        return {};
    };
    TRY(read_xml(document, take));
    if (!is_list || (is_cut && page.continuation.empty())) {
        return failure(ErrorCode::Corrupt, "the store's answer is no list of objects");
    }
    if (!is_cut) {
        page.continuation.clear();
    }
    for (ObjectSize& object : page.objects) { // EncodingType may stand behind the objects
        if (is_encoded) {
            TRY(object.key, decoded_key(std::move(object.key)));
        }
    }
    return page;
}

std::string error_code_in(const std::string& document) {
    std::string code;
    const Status read = read_xml(document, [&](std::string_view place, std::string_view text) {
        if (place == "Error/Code") {
            const bool a_word = text.size() <= error_code_bytes_max &&
                                std::all_of(text.begin(), text.end(),
                                            [](unsigned char c) { return std::isalnum(c) != 0; });
            code = a_word ? text : ""; // never a sentence, which may quote the call
        }
        return Status();
    });
    return read ? code : "";
}

Result<std::string> upload_id_from(const std::string& document) {
    std::string id;
    TRY(read_xml(document, [&](std::string_view place, std::string_view text) {
        if (place == "InitiateMultipartUploadResult/UploadId") {
            id = text;
        }
        return Status();
    }));
    if (id.empty()) {
        return failure(ErrorCode::Corrupt, "the store's answer names no upload");
    }
    return id;
}

} // namespace pedigree::artifacts
