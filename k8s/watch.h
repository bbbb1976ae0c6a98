#pragma once
// Decodes a watch stream: one JSON document a line, cut anywhere by the transport, also inside a
// UTF-8 character. A line longer than event_bytes_max or one that is no watch event is an error of
// the stream; unknown event types are passed on as such. Not shared between threads.

#include <functional>
#include <string>
#include <string_view>

#include "k8s/object.h"

namespace pedigree::k8s {

constexpr std::size_t event_bytes_max = 4 * 1024 * 1024;

struct WatchEvent {
    enum class Type { Added, Modified, Deleted, Bookmark, Error, Unknown };
    Type type = Type::Unknown;
    std::shared_ptr<Json> object; // the handler's own; Error: a Status
};

// An error from the handler ends the stream with it.
using WatchEventHandler = std::function<Status(WatchEvent event)>;

class WatchDecoder {
  public:
    explicit WatchDecoder(WatchEventHandler handler) : handler_(std::move(handler)) {}

    Status feed(std::string_view bytes);

  private:
    Status decode_line(std::string_view line);

    WatchEventHandler handler_;
    std::string partial_;
};

} // namespace pedigree::k8s
