#include "pipeline/spec/lint.h"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "pipeline/spec/api_names.h"
#include "pipeline/spec/metadata.h"
#include "pipeline/spec/parse.h"
#include "pipeline/spec/yaml_reading.h"

namespace pedigree::spec {
namespace {

constexpr std::string_view group_prefix = "pedigree.dev/";

// The place of the path, or of the nearest thing around it that stands in the file.
Mark place_of(const YamlPlaces& places, std::string path, FieldErrorType type) {
    if (type == FieldErrorType::Unknown) {
        if (const auto key = places.keys.find(path); key != places.keys.end()) {
            return key->second;
        }
    }
    while (true) {
        if (const auto value = places.values.find(path); value != places.values.end()) {
            // What is missing in an object is shown at the object's own key.
            const auto key = places.keys.find(path);
            const bool around = type == FieldErrorType::Required && key != places.keys.end();
            return around ? key->second : value->second;
        }
        const auto cut = path.find_last_of(".[");
        if (cut == std::string::npos) {
            return path.empty() ? Mark{} : place_of(places, "", type);
        }
        path.resize(cut);
    }
}

std::string_view line_at(std::string_view text, std::size_t number) {
    for (std::size_t line = 1; line < number; ++line) {
        const auto end = text.find('\n');
        if (end == std::string_view::npos) {
            return {};
        }
        text.remove_prefix(end + 1);
    }
    text = text.substr(0, text.find('\n'));
    return text.ends_with('\r') ? text.substr(0, text.size() - 1) : text;
}

// The scalar or the key that begins at the column: up to a comment, a comma or a bracket of a flow.
std::size_t token_length(std::string_view line, std::size_t column) {
    if (column == 0 || column > line.size()) {
        return 1;
    }
    const std::string_view rest = line.substr(column - 1);
    if (rest.front() == '"' || rest.front() == '\'') {
        const auto end = rest.find(rest.front(), 1);
        return end == std::string_view::npos ? rest.size() : end + 1;
    }
    std::size_t end = 0;
    while (end < rest.size() && rest[end] != ',' && rest[end] != '}' && rest[end] != ']' &&
           !rest.substr(end).starts_with(": ") && !rest.substr(end).starts_with(" #") &&
           !(rest[end] == ':' && end + 1 == rest.size())) {
        ++end;
    }
    while (end > 0 && rest[end - 1] == ' ') {
        --end;
    }
    return std::max<std::size_t>(end, 1);
}

std::vector<FieldError> envelope_errors(const Json& document) {
    std::vector<FieldError> errors;
    const auto expect = [&](const std::string& field, std::string_view wanted) {
        const Json& value = at_path(document, {field});
        if (value.is_null()) {
            errors.push_back({field, FieldErrorType::Required, "E0100", "", "",
                              fmt::format("write {}: {}", field, wanted)});
        } else if (value != Json(wanted)) {
            errors.push_back({field, FieldErrorType::Unsupported, "E0104", quoted(value),
                              fmt::format("supported values: \"{}\"", wanted), ""});
        }
    };
    expect("apiVersion", api_version);
    expect("kind", experiment_kind);
    for (FieldError& error : metadata_errors(document)) {
        errors.push_back(std::move(error));
    }
    return errors;
}

// A Secret or a ConfigMap that stands in the same file as the Experiment that uses it.
bool is_of_others(const Json& document) {
    const std::string version = string_or(document, "apiVersion");
    return !version.empty() && !string_or(document, "kind").empty() &&
           !version.starts_with(group_prefix);
}

Diagnostic from_yaml(const YamlProblem& problem, std::string_view text) {
    return {problem.code, problem.message, problem.help, problem.mark,
            token_length(line_at(text, problem.mark.line), problem.mark.column)};
}

std::string coloured(Colour colour, std::string_view code, std::string_view text) {
    return colour == Colour::Always ? fmt::format("\x1b[{}m{}\x1b[0m", code, text)
                                    : std::string(text);
}

// Control characters of the file must not reach the terminal.
std::string printable(std::string_view line) {
    std::string out;
    for (const char c : line) {
        out += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
    }
    return out;
}

// What is wrong with one document. A value in doubt for YAML is judged no further.
void append_errors(const YamlDocument& document, std::string_view text, const FurtherRules& further,
                   std::vector<Diagnostic>& diagnostics) {
    std::vector<FieldError> errors;
    if (document.value.is_object()) {
        errors = envelope_errors(document.value);
    }
    const auto append = [&errors](std::vector<FieldError> more) {
        for (FieldError& error : more) {
            const bool known = std::any_of(errors.begin(), errors.end(), [&](const auto& found) {
                return found.path == error.path && found.code == error.code;
            });
            if (!known) {
                errors.push_back(std::move(error));
            }
        }
    };
    append(validate(document.value));
    append(further ? further(document.value) : std::vector<FieldError>());
    const std::size_t of_yaml = diagnostics.size();
    for (FieldError& error : errors) {
        const Mark mark = place_of(document.places, error.path, error.type);
        const bool in_doubt = std::any_of(
            diagnostics.begin(), diagnostics.begin() + static_cast<std::ptrdiff_t>(of_yaml),
            [&](const Diagnostic& found) {
                return found.mark.line == mark.line && found.mark.column == mark.column;
            });
        if (in_doubt) {
            continue;
        }
        Diagnostic diagnostic{std::move(error.code), "", std::move(error.help), mark,
                              token_length(line_at(text, mark.line), mark.column)};
        error.code.clear();
        diagnostic.message = to_text(error);
        diagnostics.push_back(std::move(diagnostic));
    }
}

constexpr std::string_view red = "1;31";
constexpr std::string_view blue = "1;34";

} // namespace

std::vector<Diagnostic> lint(std::string_view text, const FurtherRules& further) {
    const YamlReading reading = read_yaml(text);
    std::vector<Diagnostic> diagnostics;
    for (const YamlProblem& problem : reading.problems) {
        diagnostics.push_back(from_yaml(problem, text));
    }
    bool any = false;
    for (const YamlDocument& document : reading.documents) {
        if (reading.documents.size() == 1 || !is_of_others(document.value)) {
            any = true;
            append_errors(document, text, further, diagnostics);
        }
    }
    if (!any && diagnostics.empty()) {
        diagnostics.push_back({"E0006", "no document of the file is an Experiment", "", {}, 1});
    }
    std::stable_sort(diagnostics.begin(), diagnostics.end(), [](const auto& a, const auto& b) {
        return std::pair(a.mark.line, a.mark.column) < std::pair(b.mark.line, b.mark.column);
    });
    return diagnostics;
}

Result<Json> read_manifest(std::string_view text) {
    YamlReading reading = read_yaml(text);
    if (!reading.problems.empty()) {
        const YamlProblem& problem = reading.problems.front();
        return failure(ErrorCode::InvalidInput,
                       fmt::format("line {} col {}: {} ({})", problem.mark.line,
                                   problem.mark.column, problem.message, problem.code));
    }
    if (reading.documents.size() > 1) {
        std::erase_if(reading.documents,
                      [](const YamlDocument& document) { return is_of_others(document.value); });
    }
    if (reading.documents.size() != 1) {
        return failure(ErrorCode::InvalidInput,
                       fmt::format("the file holds {} Experiments; put each into its own file to "
                                   "use one (E0006)",
                                   reading.documents.empty()
                                       ? "no"
                                       : std::to_string(reading.documents.size())));
    }
    if (!reading.documents.front().value.is_object()) {
        return failure(ErrorCode::InvalidInput, "the document is no object (E0102)");
    }
    return std::move(reading.documents.front().value);
}

std::string render(const std::vector<Diagnostic>& diagnostics, std::string_view text,
                   std::string_view file_name, Colour colour) {
    std::string out;
    const std::size_t shown = std::min(diagnostics.size(), diagnostics_shown_max);
    for (std::size_t i = 0; i < shown; ++i) {
        const Diagnostic& diagnostic = diagnostics[i];
        const std::string line = printable(line_at(text, diagnostic.mark.line));
        const std::string number = fmt::format("{}", diagnostic.mark.line);
        const std::string margin(number.size(), ' ');
        const std::string bar = coloured(colour, blue, "|");
        const std::size_t room =
            line.size() + 1 - std::min(line.size(), diagnostic.mark.column - 1);
        out += coloured(colour, red, fmt::format("error[{}]", diagnostic.code));
        out += fmt::format(": {}\n", diagnostic.message);
        out += fmt::format("{}{} {}:{}:{}\n", margin, coloured(colour, blue, "-->"), file_name,
                           diagnostic.mark.line, diagnostic.mark.column);
        out += fmt::format("{} {}\n", margin, bar);
        out += fmt::format("{} {} {}\n", coloured(colour, blue, number), bar, line);
        out +=
            fmt::format("{} {} {}{}\n", margin, bar, std::string(diagnostic.mark.column - 1, ' '),
                        coloured(colour, red, std::string(std::min(diagnostic.length, room), '^')));
        if (!diagnostic.help.empty()) {
            out += fmt::format("{} {} help: {}\n", margin, coloured(colour, blue, "="),
                               diagnostic.help);
        }
        out += '\n';
    }
    if (diagnostics.size() > shown) {
        out += fmt::format("and {} more\n", diagnostics.size() - shown);
    }
    return out;
}

} // namespace pedigree::spec
