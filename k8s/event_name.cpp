#include "k8s/event_name.h"

namespace pedigree::k8s {
namespace {

constexpr std::size_t object_name_bytes_max = 253; // of a Kubernetes name

} // namespace

void EventName::feed(std::string_view bytes) {
    for (const char c : bytes) {
        if (!in_string_) {
            structure(c);
        } else if (escaped_) {
            escaped_ = false; // names have no escapes: what is behind one is not compared
        } else if (c == '\\') {
            escaped_ = true;
        } else if (c == '"') {
            end_of_string();
        } else if (token_.size() < object_name_bytes_max) {
            token_ += c;
        }
    }
}

void EventName::structure(char c) {
    switch (c) {
    case '"':
        in_string_ = true;
        token_.clear();
        break;
    case ':':
        if (depth_ < levels) {
            keys_[depth_] = token_;
        }
        value_next_ = true;
        break;
    case '{':
    case '[':
        ++depth_;
        value_next_ = false;
        break;
    case '}':
    case ']':
        depth_ -= depth_ > 0 ? 1 : 0;
        value_next_ = false;
        break;
    case ',':
        value_next_ = false;
        break;
    default:
        break;
    }
}

void EventName::end_of_string() {
    in_string_ = false;
    const bool in_metadata = depth_ == 3 && keys_[1] == "object" && keys_[2] == "metadata";
    if (!value_next_ || !in_metadata) {
        return;
    }
    if (keys_[3] == "name") {
        name_ = token_;
    } else if (keys_[3] == "namespace") {
        namespace_ = token_;
    }
}

std::string EventName::text() const {
    return namespace_.empty() ? name_ : namespace_ + "/" + name_;
}

} // namespace pedigree::k8s
