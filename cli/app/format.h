#pragma once
// How a command writes its answer: the words of -o. Which of them a command takes, it says itself
// (Syntax::format in cli/app/syntax.h). Pure.

#include "base/words.h"

namespace pedigree::cli {

// Table and Wide are for people and may change; Json, Yaml, Name, Dot and Csv are for programs.
enum class Format { Table, Wide, Json, Yaml, Name, Dot, Csv };
Words<Format> words_of(Format);

} // namespace pedigree::cli
