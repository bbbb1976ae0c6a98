#include "launcher/options.h"

#include <charconv>
#include <cstdint>

namespace pedigree::launcher {
namespace {

constexpr std::int64_t seconds_max = 366LL * 24 * 3600;

Result<std::chrono::seconds> parse_seconds(const std::string& name, const std::string& text) {
    std::int64_t value = -1;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (problem != std::errc() || end != text.data() + text.size() || value < 0 ||
        value > seconds_max) {
        return failure(ErrorCode::InvalidInput, name + " takes whole seconds, 0 to " +
                                                    std::to_string(seconds_max) + ", not \"" +
                                                    text + "\"");
    }
    return std::chrono::seconds(value);
}

Status take(Options& options, const std::string& name, const std::string& value) {
    if (name == "--code") {
        options.code = value;
    } else if (name == "--workspace") {
        options.workspace = value;
    } else if (name == "--exchange") {
        options.exchange = value;
    } else if (name == "--configuration") {
        options.configuration = value;
    } else if (name == "--configuration-digest") {
        options.configuration_digest = value;
    } else if (name == "--parameters") {
        options.parameters = value;
    } else if (name == "--parameters-digest") {
        options.parameters_digest = value;
    } else if (name == "--drain-seconds") {
        TRY(options.drain, parse_seconds(name, value));
    } else if (name == "--train-seconds") {
        TRY(options.train, parse_seconds(name, value));
    } else if (name == "--stop-seconds") {
        TRY(options.stop, parse_seconds(name, value));
    } else {
        return failure(ErrorCode::InvalidInput, "unknown option " + name);
    }
    return {};
}

} // namespace

Result<Options> parse_options(const std::vector<std::string>& arguments) {
    Options options;
    std::size_t at = 0;
    while (at < arguments.size() && arguments[at] != "--") {
        if (at + 1 >= arguments.size()) {
            return failure(ErrorCode::InvalidInput, arguments[at] + " needs a value");
        }
        TRY(take(options, arguments[at], arguments[at + 1]));
        at += 2;
    }
    if (at + 1 >= arguments.size()) {
        return failure(ErrorCode::InvalidInput, "no command: write it after --");
    }
    options.command.assign(arguments.begin() + static_cast<std::ptrdiff_t>(at) + 1,
                           arguments.end());
    return options;
}

} // namespace pedigree::launcher
