#include "cli/app/format.h"

#include <map>

namespace pedigree::cli {

std::string_view word_of(Format format) {
    switch (format) {
    case Format::Table:
        return "table";
    case Format::Wide:
        return "wide";
    case Format::Json:
        return "json";
    case Format::Yaml:
        return "yaml";
    case Format::Name:
        return "name";
    case Format::Dot:
        return "dot";
    case Format::Csv:
        return "csv";
    }
    return "";
}

const std::vector<Format>& allowed_formats(std::string_view subcommand) {
    static const std::map<std::string_view, std::vector<Format>> allowed{
        {"run", {Format::Name, Format::Json, Format::Yaml}},
        {"get", {Format::Table, Format::Wide, Format::Json, Format::Yaml, Format::Name}},
        {"trace", {Format::Table, Format::Json, Format::Dot}},
        {"find", {Format::Table, Format::Json}},
        {"compare", {Format::Table, Format::Json}},
        {"trials", {Format::Table, Format::Wide, Format::Json, Format::Csv}},
        {"search", {Format::Table, Format::Json}},
        {"lock", {Format::Table, Format::Json}},
        {"plan", {Format::Table, Format::Json}},
        {"verify", {Format::Table, Format::Json}},
        {"version", {Format::Table, Format::Json}}};
    static const std::vector<Format> none;
    const auto found = allowed.find(subcommand);
    return found == allowed.end() ? none : found->second;
}

std::vector<std::string> formats_of(std::string_view subcommand) {
    std::vector<std::string> words;
    for (const Format format : allowed_formats(subcommand)) {
        words.emplace_back(word_of(format));
    }
    return words;
}

} // namespace pedigree::cli
