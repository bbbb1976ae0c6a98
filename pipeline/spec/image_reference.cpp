#include "pipeline/spec/image_reference.h"

#include <algorithm>

#include <fmt/format.h>

namespace pedigree::spec {
namespace {

constexpr std::size_t tag_bytes_max = 128;
constexpr std::size_t port_digits_max = 5;

bool is_lower_alnum(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}
bool is_port_digit(char c) {
    return c >= '0' && c <= '9';
}

// A name with a dot or a port, or "localhost": what tells a registry from a folder of Docker Hub.
bool is_host(std::string_view host) {
    const auto colon = host.find(':');
    const std::string_view name = host.substr(0, colon);
    if (colon != std::string_view::npos) {
        const auto port = host.substr(colon + 1);
        if (port.empty() || port.size() > port_digits_max ||
            !std::all_of(port.begin(), port.end(), is_port_digit)) {
            return false;
        }
    }
    char before = '.';
    for (const char c : name) {
        if (c == '.' ? before == '.' : !(is_lower_alnum(c) || c == '-')) {
            return false;
        }
        before = c;
    }
    if (name.empty() || before == '.') {
        return false;
    }
    const bool dotted = name.find('.') != std::string_view::npos;
    return dotted || colon != std::string_view::npos || host == "localhost";
}

// Letters and digits, joined by one '.', one or two '_', or any number of '-'.
bool is_repository_component(std::string_view component) {
    std::size_t i = 0;
    while (true) {
        const std::size_t word = i;
        while (i < component.size() && is_lower_alnum(component[i])) {
            ++i;
        }
        if (i == word) {
            return false;
        }
        if (i == component.size()) {
            return true;
        }
        const std::size_t joint = i;
        while (i < component.size() && component[i] == component[joint] &&
               !is_lower_alnum(component[i])) {
            ++i;
        }
        const std::size_t length = i - joint;
        const char c = component[joint];
        if (!((c == '.' && length == 1) || (c == '_' && length <= 2) ||
              (c == '-' && length >= 1))) {
            return false;
        }
    }
}

bool is_tag(std::string_view tag) {
    const auto is_word = [](char c) {
        return is_lower_alnum(c) || (c >= 'A' && c <= 'Z') || c == '_';
    };
    return !tag.empty() && tag.size() <= tag_bytes_max && is_word(tag.front()) &&
           std::all_of(tag.begin(), tag.end(),
                       [&](char c) { return is_word(c) || c == '.' || c == '-'; });
}

bool is_repository(std::string_view repository) {
    while (true) {
        const auto slash = repository.find('/');
        if (!is_repository_component(repository.substr(0, slash))) {
            return false;
        }
        if (slash == std::string_view::npos) {
            return true;
        }
        repository.remove_prefix(slash + 1);
    }
}

} // namespace

std::string ImageReference::text() const {
    return fmt::format("{}/{}{}{}@{}", host, repository, tag.empty() ? "" : ":", tag,
                       digest.text());
}

std::string ImageReference::pull_text() const {
    return fmt::format("{}/{}@{}", host, repository, digest.text());
}

bool has_digest(std::string_view text) {
    const auto at = text.rfind('@');
    return at != std::string_view::npos && Digest::parse(text.substr(at + 1)).has_value();
}

bool has_latest_tag(std::string_view text) {
    return text.find(":latest@") != std::string_view::npos;
}

Result<ImageReference> parse_image_reference(std::string_view text) {
    if (!has_digest(text)) {
        return failure(
            ErrorCode::InvalidInput,
            fmt::format("image {} has no digest; pin it by @sha256:...", text.substr(0, 200)));
    }
    if (has_latest_tag(text)) {
        return failure(ErrorCode::InvalidInput, "tag latest is refused, with a digest too");
    }
    ImageReference reference;
    const auto at = text.rfind('@');
    TRY(reference.digest, Digest::parse(text.substr(at + 1)));
    std::string_view name = text.substr(0, at);
    const auto slash = name.find('/');
    if (slash != std::string_view::npos && is_host(name.substr(0, slash))) {
        reference.host = name.substr(0, slash);
        name.remove_prefix(slash + 1);
        if (const auto colon = name.rfind(':'); colon != std::string_view::npos) {
            reference.tag = name.substr(colon + 1);
            name = name.substr(0, colon);
            if (!is_tag(reference.tag)) {
                name = {};
            }
        }
        reference.repository = name;
        if (is_repository(name)) {
            return reference;
        }
    }
    return failure(
        ErrorCode::InvalidInput,
        fmt::format("image {} must be REGISTRY/REPOSITORY[:TAG]@sha256:...", text.substr(0, 200)));
}

} // namespace pedigree::spec
