#include "cli/app/documents.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <iostream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/json_text.h"
#include "records/names.h"

namespace pedigree::cli {

namespace {

bool is_plain_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.' || c == '/' || c == ' ' || c == '(' || c == ')';
}

// What some reader of YAML takes for a boolean, null or number.
bool is_reserved(std::string word) {
    std::transform(word.begin(), word.end(), word.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    constexpr std::array words{"true", "false", "yes",  "no",  "on", "off",
                               "y",    "n",     "null", "nan", "inf"};
    return std::find(words.begin(), words.end(), word) != words.end();
}

// Whether every YAML reader takes the bare text for this string and nothing else.
bool is_plain(const std::string& text) {
    const bool begins_well =
        !text.empty() && ((text[0] >= 'a' && text[0] <= 'z') || (text[0] >= 'A' && text[0] <= 'Z'));
    return begins_well && text.back() != ' ' && !is_reserved(text) &&
           std::all_of(text.begin(), text.end(), is_plain_character);
}

std::string scalar(const Json& value) {
    if (value.is_string() && is_plain(value.get_ref<const std::string&>())) {
        return value.get<std::string>();
    }
    // JSON is YAML; "{}" and "[]" are the empty collections.
    return json_text(value);
}

void append_yaml(std::string& text, const Json& value, std::size_t indent);

// What stands behind a key or a dash: a scalar on the same line, else a block below it.
void append_member(std::string& text, const Json& value, std::size_t indent) {
    if (value.is_structured() && !value.empty()) {
        text += '\n';
        append_yaml(text, value, indent);
    } else {
        text += " " + scalar(value) + "\n";
    }
}

void append_yaml(std::string& text, const Json& value, std::size_t indent) {
    const std::string margin(indent, ' ');
    if (value.is_object() && !value.empty()) {
        for (const auto& [key, member] : value.items()) {
            text += margin + scalar(key) + ":";
            append_member(text, member, member.is_array() ? indent : indent + 2);
        }
    } else if (value.is_array() && !value.empty()) {
        for (const Json& item : value) {
            if (item.is_structured() && !item.empty()) {
                // The first line of the block moves up behind the dash.
                std::string block;
                append_yaml(block, item, indent + 2);
                block.replace(indent, 2, "- ");
                text += block;
            } else {
                text += margin + "- " + scalar(item) + "\n";
            }
        }
    } else {
        text += margin + scalar(value) + "\n";
    }
}

} // namespace

Result<std::string> read_document(const std::string& file) {
    if (file != "-") {
        return read_file(file, document_bytes_max);
    }
    std::string text(document_bytes_max + 1, '\0');
    std::cin.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(std::cin.gcount()));
    if (text.size() > document_bytes_max) {
        return failure(ErrorCode::TooLarge,
                       fmt::format("standard input is larger than {} bytes", document_bytes_max));
    }
    return text;
}

Json enveloped(std::string_view kind, Json document) {
    document["apiVersion"] = records::api_version;
    document["kind"] = kind;
    return document;
}

std::string document_text(const Json& document, Format format) {
    if (format != Format::Yaml) {
        return json_text(document, JsonForm::Indented) + "\n";
    }
    std::string text;
    append_yaml(text, document, 0);
    return text;
}

} // namespace pedigree::cli
