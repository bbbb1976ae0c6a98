#include "cli/app/format.h"

namespace pedigree::cli {

Words<Format> words_of(Format) {
    static constexpr Word<Format> table[] = {{Format::Table, "table"},     {Format::Wide, "wide"},
                                             {Format::Json, "json"},       {Format::Yaml, "yaml"},
                                             {Format::Name, "name"},       {Format::Dot, "dot"},
                                             {Format::Mermaid, "mermaid"}, {Format::Csv, "csv"},
                                             {Format::Markdown, "md"},     {Format::Html, "html"}};
    return table;
}

} // namespace pedigree::cli
