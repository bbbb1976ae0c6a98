#include "cli/app/man_page.h"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

namespace pedigree::cli {

namespace {

constexpr std::string_view program = "pedigree";

// A hyphen would be set as a typographer's, which no shell takes; a period or an apostrophe at the
// beginning of a line makes it a request.
std::string roff(std::string_view text) {
    std::string out;
    bool at_line_start = true;
    for (const char c : text) {
        if (at_line_start && (c == '.' || c == '\'')) {
            out += "\\&";
        }
        at_line_start = c == '\n';
        out += c == '\\' ? "\\e" : c == '-' ? "\\-" : std::string(1, c);
    }
    return out;
}

std::string heading(const std::string& name) {
    std::string title = name;
    std::transform(title.begin(), title.end(), title.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return fmt::format(".TH \"{}\" 1 \"\" \"pedigree {}\" \"User Commands\"\n", roff(title),
                       PEDIGREE_VERSION);
}

std::string synopsis(const Command& command) {
    std::string text =
        fmt::format(".SH SYNOPSIS\n\\fB{} {}\\fR", program, roff(command.texts.name));
    for (const Parameter& parameter : command.syntax.parameters()) {
        if (parameter.is_argument()) {
            const std::string name = fmt::format("\\fI{}\\fR", roff(parameter.placeholder));
            text += parameter.count_min > 0 ? " " + name : " [" + name + "]";
        }
    }
    return text + " [\\fIOPTIONS\\fR]\n";
}

std::string parameter_text(const Parameter& parameter) {
    std::string names;
    for (const std::string& name : parameter.option_names()) {
        names += fmt::format("{}\\fB{}\\fR", names.empty() ? "" : ", ", roff(name));
    }
    if (!parameter.placeholder.empty()) {
        names += fmt::format("{}\\fI{}\\fR", names.empty() ? "" : " ", roff(parameter.placeholder));
    }
    std::string text = parameter.text;
    if (!parameter.usual.empty()) {
        text += fmt::format(" (default: {})", parameter.usual);
    }
    return fmt::format(".TP\n{}\n{}\n", names, roff(text));
}

std::string parameters_of(const Command& command, bool arguments) {
    std::string text;
    for (const Parameter& parameter : command.syntax.parameters()) {
        text += parameter.is_argument() == arguments ? parameter_text(parameter) : "";
    }
    return text;
}

std::string section(std::string_view name, const std::string& text) {
    return text.empty() ? "" : fmt::format(".SH {}\n{}", name, text);
}

std::string examples_of(const Command& command) {
    std::string text = command.texts.examples;
    for (std::size_t at = text.find("{}"); at != std::string::npos; at = text.find("{}")) {
        text.replace(at, 2, program);
    }
    return text.empty() ? "" : fmt::format(".nf\n{}\n.fi\n", roff(text));
}

} // namespace

std::string man_page(const Command& command) {
    const std::string name = fmt::format("{}-{}", program, command.texts.name);
    return heading(name) +
           fmt::format(".SH NAME\n{} \\- {}\n", roff(name), roff(command.texts.summary)) +
           synopsis(command) + section("ARGUMENTS", parameters_of(command, true)) +
           section("OPTIONS", parameters_of(command, false)) +
           section("EXAMPLES", examples_of(command)) + ".SH SEE ALSO\n\\fBpedigree\\fR(1)\n";
}

std::string man_page_of_all(const std::vector<Command>& commands) {
    std::string text =
        heading(std::string(program)) +
        fmt::format(".SH NAME\n{0} \\- trains models whose whole ancestry can be asked\n"
                    ".SH SYNOPSIS\n\\fB{0}\\fR \\fICOMMAND\\fR [\\fIOPTIONS\\fR]\n.SH COMMANDS\n",
                    program);
    for (const Command& command : commands) {
        text += fmt::format(".TP\n\\fB{}\\-{}\\fR(1)\n{}\n", program, roff(command.texts.name),
                            roff(command.texts.summary));
    }
    return text;
}

} // namespace pedigree::cli
