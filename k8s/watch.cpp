#include "k8s/watch.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace pedigree::k8s {
namespace {

WatchEvent::Type type_of(std::string_view word) {
    using Type = WatchEvent::Type;
    if (word == "ADDED") {
        return Type::Added;
    }
    if (word == "MODIFIED") {
        return Type::Modified;
    }
    if (word == "DELETED") {
        return Type::Deleted;
    }
    if (word == "BOOKMARK") {
        return Type::Bookmark;
    }
    return word == "ERROR" ? Type::Error : Type::Unknown;
}

} // namespace

Status WatchDecoder::feed(std::string_view bytes) {
    for (auto end = bytes.find('\n'); end != std::string_view::npos; end = bytes.find('\n')) {
        const auto head = bytes.substr(0, end);
        bytes.remove_prefix(end + 1);
        if (partial_.empty()) { // the usual case: no copy
            TRY(decode_line(head));
            continue;
        }
        partial_ += head;
        const std::string line = std::exchange(partial_, {});
        TRY(decode_line(line));
    }
    if (partial_.size() + bytes.size() > event_bytes_max) {
        return failure(ErrorCode::TooLarge,
                       fmt::format("a watch event is larger than {} bytes", event_bytes_max));
    }
    partial_ += bytes;
    return {};
}

Status WatchDecoder::decode_line(std::string_view line) {
    if (line.find_first_not_of(" \r\t") == std::string_view::npos) {
        return {};
    }
    auto parsed = parse_json(line, {event_bytes_max, 128});
    if (!parsed) {
        return failure(parsed.error().code == ErrorCode::TooLarge ? ErrorCode::TooLarge
                                                                  : ErrorCode::Corrupt,
                       "a line of the watch stream is " + parsed.error().message);
    }
    const auto object = parsed->is_object() ? parsed->find("object") : parsed->end();
    if (object == parsed->end() || !object->is_object()) {
        return failure(ErrorCode::Corrupt, "a line of the watch stream holds no object");
    }
    return handler_(
        {type_of(string_or(*parsed, "type")), std::make_shared<Json>(std::move(*object))});
}

} // namespace pedigree::k8s
