#include "k8s/watch.h"

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
        const bool whole = partial_.empty() && !too_large_ && head.size() <= event_bytes_max;
        if (whole) { // the usual case: no copy
            TRY(decode_line(head));
            continue;
        }
        take(head);
        TRY(end_line());
    }
    take(bytes);
    return {};
}

void WatchDecoder::take(std::string_view piece) {
    if (!too_large_ && partial_.size() + piece.size() > event_bytes_max) {
        too_large_.emplace().feed(std::exchange(partial_, {}));
    }
    if (too_large_) {
        too_large_->feed(piece);
    } else {
        partial_ += piece;
    }
}

Status WatchDecoder::end_line() {
    if (!too_large_) {
        return decode_line(std::exchange(partial_, {}));
    }
    skipped_({too_large_->name.text(), too_large_->bytes});
    too_large_.reset();
    return {};
}

Status WatchDecoder::decode_line(std::string_view line) {
    if (line.find_first_not_of(" \r\t") == std::string_view::npos) {
        return {};
    }
    auto parsed = parse_json(line, {event_bytes_max, event_depth_max});
    if (!parsed) {
        EventName name;
        name.feed(line);
        if (name.text().empty()) {
            return failure(ErrorCode::Corrupt,
                           "a line of the watch stream is " + parsed.error().message);
        }
        skipped_({name.text(), line.size()});
        return {};
    }
    const auto object = parsed->is_object() ? parsed->find("object") : parsed->end();
    if (object == parsed->end() || !object->is_object()) {
        return failure(ErrorCode::Corrupt, "a line of the watch stream holds no object");
    }
    return handler_(
        {type_of(string_or(*parsed, "type")), std::make_shared<Json>(std::move(*object))});
}

} // namespace pedigree::k8s
