#pragma once
// Decodes a watch stream (Kubernetes API concepts, "Efficient detection of changes"): one JSON
// document a line, cut anywhere by the transport, also inside a UTF-8 character.
//
//     WatchDecoder decoder([&](WatchEvent event) { return store(event); },
//                          [&](const SkippedEvent& event) { log(event); });
//     api.watch(type, options, [&](std::string_view bytes) { return decoder.feed(bytes); }, stop);
//
// A line that is larger than event_bytes_max is passed over in constant memory and told by its
// name, and the stream goes on: an object that one user made large must not stand in the way of
// everybody's. The same goes for one that names its object and cannot be read, such as one deeper
// than event_depth_max. A line that is no watch event at all is an error of the stream (Corrupt);
// unknown event types are passed on as such. Not shared between threads.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "k8s/event_name.h"
#include "k8s/object.h"

namespace pedigree::k8s {

constexpr std::size_t event_bytes_max = 4 * 1024 * 1024;
constexpr std::size_t event_depth_max = 128;

struct WatchEvent {
    enum class Type { Added, Modified, Deleted, Bookmark, Error, Unknown };
    Type type = Type::Unknown;
    std::shared_ptr<Json> object; // the handler's own; Error: a Status
};

struct SkippedEvent {
    std::string object; // "namespace/name"; "" if the line named none
    std::size_t bytes = 0;
};

// An error from the handler ends the stream with it.
using WatchEventHandler = std::function<Status(WatchEvent event)>;
using SkippedEventHandler = std::function<void(const SkippedEvent& event)>;

class WatchDecoder {
  public:
    WatchDecoder(WatchEventHandler handler, SkippedEventHandler skipped)
        : handler_(std::move(handler)), skipped_(std::move(skipped)) {}

    Status feed(std::string_view bytes);

  private:
    void take(std::string_view piece);
    Status end_line();
    Status decode_line(std::string_view line);

    struct TooLarge {
        EventName name;
        std::size_t bytes = 0;
        void feed(std::string_view piece) {
            name.feed(piece);
            bytes += piece.size();
        }
    };

    WatchEventHandler handler_;
    SkippedEventHandler skipped_;
    std::string partial_;               // of a line whose end has not come
    std::optional<TooLarge> too_large_; // instead of it, once the line is one
};

} // namespace pedigree::k8s
