#pragma once
// How a command writes its answer: the words of -o. Which of them a command takes, it says itself
// (Syntax::format in cli/app/syntax.h). Pure.

#include "base/words.h"

namespace pedigree::cli {

// Table and Wide are for people and may change; Json, the others are for programs or
// for other people.
enum class Format { Table, Wide, Json, Yaml, Name, Dot, Mermaid, Csv, Markdown, Html };
Words<Format> words_of(Format);

} // namespace pedigree::cli
