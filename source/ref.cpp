#include "source/ref.h"

#include <algorithm>

#include <fmt/format.h>

namespace pedigree::source {
namespace {

// The first reason why the text is no ref, or nothing.
std::string_view ref_problem(std::string_view ref) {
    if (ref.empty()) {
        return "it is empty";
    }
    if (ref.size() > ref_bytes_max) {
        return "it is longer than 255 bytes";
    }
    if (ref.front() == '-') {
        return "it begins with a dash";
    }
    if (ref.front() == '/' || ref.back() == '/' || ref.find("//") != ref.npos) {
        return "a component is empty";
    }
    if (ref.find("..") != ref.npos) {
        return "it holds \"..\"";
    }
    if (ref.find("@{") != ref.npos || ref == "@") {
        return "it holds \"@{\" or is \"@\"";
    }
    const auto forbidden = [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte < 0x21 || byte == 0x7f ||
               std::string_view("~^:?*[\\").find(c) != std::string_view::npos;
    };
    if (std::any_of(ref.begin(), ref.end(), forbidden)) {
        return "it holds a space, a control character or one of ~^:?*[\\";
    }
    for (std::size_t begin = 0; begin <= ref.size();) {
        const std::size_t end = std::min(ref.find('/', begin), ref.size());
        const std::string_view component = ref.substr(begin, end - begin);
        if (component.starts_with('.') || component.ends_with('.') ||
            component.ends_with(".lock")) {
            return "a component begins or ends with a dot or ends with \".lock\"";
        }
        begin = end + 1;
    }
    return {};
}

} // namespace

Status check_ref(std::string_view ref) {
    if (const std::string_view problem = ref_problem(ref); !problem.empty()) {
        return failure(
            ErrorCode::InvalidInput, "RefInvalid",
            fmt::format("E0153 source.git.ref \"{}\" is not a valid ref or 40-hex id: {}",
                        ref.substr(0, 80), problem));
    }
    return {};
}

std::vector<std::string> full_ref_names(const std::string& ref) {
    if (ref.starts_with("refs/")) {
        return {ref};
    }
    return {"refs/heads/" + ref, "refs/tags/" + ref};
}

tl::unexpected<Error> ambiguous_ref(std::string_view repository, std::string_view ref) {
    return failure(ErrorCode::InvalidInput, "RefAmbiguous",
                   fmt::format("\"{0}\" is a branch and a tag of {1}; write refs/heads/{0} or "
                               "refs/tags/{0}",
                               ref, repository));
}

Status check_commit(std::string_view commit) {
    // Forty zeros are git's word for "none".
    if (commit.size() != commit_digits ||
        commit.find_first_not_of("0123456789abcdef") != commit.npos ||
        commit.find_first_not_of('0') == commit.npos) {
        return failure(ErrorCode::InvalidInput, "RefInvalid",
                       fmt::format("E0153 source.git.commit \"{}\" is not a 40-hex id; "
                                   "`git rev-parse HEAD` prints one",
                                   commit.substr(0, 80)));
    }
    return {};
}

Status check_subdirectory(std::string_view path) {
    if (path == ".") {
        return {};
    }
    const auto refuse = [&] {
        return failure(ErrorCode::InvalidInput, "SubdirectoryInvalid",
                       fmt::format("E0137 \"{}\" is not a relative path inside the repository",
                                   path.substr(0, 80)));
    };
    if (path.empty() || path.find_first_of(std::string_view("\\\0", 2)) != path.npos) {
        return refuse();
    }
    for (std::size_t begin = 0; begin <= path.size();) {
        const std::size_t end = std::min(path.find('/', begin), path.size());
        const std::string_view component = path.substr(begin, end - begin);
        if (component.empty() || component == "." || component == "..") {
            return refuse();
        }
        begin = end + 1;
    }
    return {};
}

} // namespace pedigree::source
