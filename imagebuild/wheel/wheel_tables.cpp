#include "imagebuild/wheel/wheel_tables.h"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

namespace pedigree::imagebuild {
namespace {

std::string_view trimmed(std::string_view text) {
    const std::size_t begin = text.find_first_not_of(" \t\r\n");
    return begin == text.npos ? std::string_view()
                              : text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

// Takes the next line off the text, without its line end.
std::string_view next_line(std::string_view& text) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) {
        line.remove_suffix(1);
    }
    return line;
}

bool is_dotted_name(std::string_view text) {
    bool begins = true;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        const bool letter = std::isalpha(byte) != 0 || c == '_' || byte >= 0x80;
        if (begins ? !letter : !(letter || std::isdigit(byte) != 0 || c == '.')) {
            return false;
        }
        begins = c == '.';
    }
    return !begins;
}

bool is_script_name(std::string_view name) {
    return !name.empty() && name.front() != '.' && name.size() <= 128 &&
           std::all_of(name.begin(), name.end(), [](char c) {
               return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.' ||
                      c == '-' || c == '+';
           });
}

} // namespace

Result<std::vector<RecordRow>> parse_record(std::string_view text) {
    std::vector<RecordRow> rows;
    std::vector<std::string> fields(1);
    bool quoted = false;
    const auto not_three = [&] {
        return failure(ErrorCode::Corrupt,
                       fmt::format("row {} has not three fields", rows.size() + 1));
    };
    const auto end_row = [&]() -> Status {
        if (fields.size() > 1 || !fields[0].empty()) {
            if (fields.size() != 3) {
                return not_three();
            }
            if (rows.size() == record_rows_max) {
                return failure(ErrorCode::Corrupt,
                               fmt::format("it has more than {} rows", record_rows_max));
            }
            rows.push_back({std::move(fields[0]), std::move(fields[1]), std::move(fields[2])});
        }
        fields.assign(1, "");
        return {};
    };
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        const bool doubled = quoted && c == '"' && i + 1 < text.size() && text[i + 1] == '"';
        if (doubled) {
            fields.back() += '"';
            ++i;
        } else if (c == '"') {
            quoted = !quoted;
        } else if (quoted) {
            fields.back() += c;
        } else if (c == ',') {
            if (fields.size() == 3) {
                return not_three();
            }
            fields.emplace_back();
        } else if (c == '\n') {
            TRY(end_row());
        } else if (c != '\r') {
            fields.back() += c;
        }
    }
    if (quoted) {
        return failure(ErrorCode::Corrupt, "a quoted field has no end");
    }
    TRY(end_row());
    return rows;
}

std::string record_hash(const Digest& digest) {
    std::string text =
        to_base64({reinterpret_cast<const char*>(digest.bytes.data()), digest.bytes.size()});
    std::replace(text.begin(), text.end(), '+', '-');
    std::replace(text.begin(), text.end(), '/', '_');
    text.erase(std::min(text.find('='), text.size()));
    return "sha256=" + text;
}

std::string record_row(std::string_view path, std::string_view hash, std::string_view bytes) {
    std::string field(path);
    if (path.find_first_of(",\"\n") != path.npos) {
        std::string escaped;
        for (const char c : path) {
            escaped += c;
            escaped += c == '"' ? "\"" : "";
        }
        field = "\"" + escaped + "\"";
    }
    return fmt::format("{},{},{}\n", field, hash, bytes);
}

std::multimap<std::string, std::string> parse_header_fields(std::string_view text) {
    std::multimap<std::string, std::string> fields;
    for (std::size_t lines = 0; !text.empty() && lines < header_lines_max; ++lines) {
        const std::string_view line = next_line(text);
        if (line.empty()) {
            break;
        }
        const std::size_t colon = line.find(':');
        if (colon == line.npos || line.front() == ' ' || line.front() == '\t') {
            continue; // a continuation of a field that is not read here
        }
        std::string name(line.substr(0, colon));
        std::transform(name.begin(), name.end(), name.begin(),
                       [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        fields.emplace(std::move(name), trimmed(line.substr(colon + 1)));
    }
    return fields;
}

Result<std::vector<EntryPoint>> parse_entry_points(std::string_view text) {
    std::vector<EntryPoint> points;
    bool scripts = false;
    while (!text.empty()) {
        const std::string_view line = trimmed(next_line(text));
        if (line.empty() || line.front() == '#' || line.front() == ';') {
            continue;
        }
        if (line.front() == '[') {
            scripts = line == "[console_scripts]" || line == "[gui_scripts]";
            continue;
        }
        const std::size_t equals = line.find('=');
        if (!scripts || equals == line.npos) {
            continue;
        }
        std::string_view target = trimmed(line.substr(equals + 1));
        target = trimmed(target.substr(0, target.find('['))); // extras are of no concern here
        const std::size_t colon = target.find(':');
        EntryPoint point{std::string(trimmed(line.substr(0, equals))),
                         std::string(trimmed(target.substr(0, colon))),
                         colon == target.npos ? ""
                                              : std::string(trimmed(target.substr(colon + 1)))};
        if (!is_script_name(point.name) || !is_dotted_name(point.module) ||
            !is_dotted_name(point.attribute)) {
            return failure(ErrorCode::InvalidInput,
                           fmt::format("\"{}\" is no console script", line.substr(0, 80)));
        }
        if (points.size() == entry_points_max) {
            return failure(ErrorCode::InvalidInput,
                           fmt::format("it has more than {} scripts", entry_points_max));
        }
        points.push_back(std::move(point));
    }
    return points;
}

} // namespace pedigree::imagebuild
