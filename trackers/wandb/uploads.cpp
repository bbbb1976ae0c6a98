#include "trackers/wandb/uploads.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "base/text.h"
#include "net/url.h"
#include "trackers/wandb/limits.h"

namespace pedigree::trackers::wandb {
namespace {

constexpr std::string_view root = "/upload/";

// The part before the first slash; the rest goes on behind it.
std::string_view take_part(std::string_view& path) {
    const std::size_t end = std::min(path.find('/'), path.size());
    const std::string_view part = path.substr(0, end);
    path.remove_prefix(std::min(end + 1, path.size()));
    return part;
}

std::string decoded(std::string_view part) {
    return net::percent_decode(part).value_or(std::string());
}

bool has_control(std::string_view text) {
    while (!text.empty()) {
        const Character one = first_character(text);
        if (!one.valid || is_control(one.code)) {
            return true;
        }
        text.remove_prefix(one.bytes);
    }
    return false;
}

std::size_t number_in(std::string_view text) {
    std::size_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc{} && end == text.data() + text.size() ? number : 0;
}

} // namespace

bool is_id(std::string_view text) {
    return !text.empty() && text.size() <= wandb_name_bytes_max && text != "." && text != ".." &&
           text.find('/') == text.npos && !has_control(text);
}

bool is_file_name(std::string_view name) {
    if (name.empty() || name.size() > wandb_name_bytes_max || has_control(name) ||
        name.back() == '/') {
        return false;
    }
    while (!name.empty()) {
        const std::string_view part = take_part(name);
        if (part.empty() || part == "." || part == "..") {
            return false;
        }
    }
    return true;
}

std::string Upload::path() const {
    const auto encoded = [](std::string_view text) { return net::percent_encode(text, "/"); };
    switch (of) {
    case Of::Run:
        return fmt::format("{}run/{}/{}/{}", root, net::percent_encode(project),
                           net::percent_encode(run), encoded(file));
    case Of::Artifact:
        return fmt::format("{}artifact/{}/{}", root, number, encoded(file));
    case Of::Manifest:
        return fmt::format("{}manifest/{}", root, number);
    case Of::None:
        break;
    }
    return fmt::format("{}none", root);
}

std::string Upload::place() const {
    switch (of) {
    case Of::Run:
        return fmt::format("runs/{}/{}/{}", project, run, file);
    case Of::Artifact:
        return fmt::format("artifacts/{}/{}", number, file);
    case Of::Manifest:
        return fmt::format("artifacts/{}.manifest.json", number);
    case Of::None:
        break;
    }
    return {};
}

Upload run_upload(std::string_view project, std::string_view run, std::string_view file) {
    if (!is_id(project) || !is_id(run) || !is_file_name(file)) {
        return {};
    }
    return {.of = Upload::Of::Run,
            .project = std::string(project),
            .run = std::string(run),
            .file = std::string(file)};
}

Upload artifact_upload(std::size_t number, std::string_view file) {
    if (number == 0 || !is_file_name(file)) {
        return {};
    }
    return {.of = Upload::Of::Artifact, .number = number, .file = std::string(file)};
}

Upload manifest_upload(std::size_t number) {
    return number == 0 ? Upload{} : Upload{.of = Upload::Of::Manifest, .number = number};
}

std::optional<Upload> read_upload(std::string_view path) {
    if (!path.starts_with(root)) {
        return std::nullopt;
    }
    path.remove_prefix(root.size());
    const std::string_view of = take_part(path);
    if (of == "run") {
        const std::string project = decoded(take_part(path));
        const std::string run = decoded(take_part(path));
        return run_upload(project, run, decoded(path));
    }
    if (of == "artifact") {
        const std::size_t number = number_in(take_part(path));
        return artifact_upload(number, decoded(path));
    }
    if (of == "manifest") {
        return manifest_upload(number_in(path));
    }
    return Upload{};
}

} // namespace pedigree::trackers::wandb
