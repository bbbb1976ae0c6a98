#include "cli/app/report.h"

#include <fmt/format.h>

#include "cli/app/terminal.h"

namespace pedigree::cli {

namespace {

// What to do next, where the message cannot know it.
std::string_view next_step(ErrorCode code) {
    switch (code) {
    case ErrorCode::Unauthorized:
        return "check the user of the kubeconfig: kubectl auth whoami";
    case ErrorCode::Forbidden:
        return "ask for the right, or choose another namespace with -n";
    case ErrorCode::Unavailable:
    case ErrorCode::Timeout:
        return "check that the cluster answers: kubectl cluster-info";
    case ErrorCode::TooMany:
        return "the server is busy; try again";
    default:
        return "";
    }
}

} // namespace

std::string error_text(const Error& error, bool in_colour) {
    std::string text = coloured("error:", Colour::Red, in_colour);
    text += " " + printable(error.message) + "\n";
    const std::string_view next = next_step(error.code);
    return next.empty() ? text : text + fmt::format("  {}\n", next);
}

} // namespace pedigree::cli
