#pragma once
// Syntax: the options and arguments that a command takes. Each is described once, with the place
// that its value goes to, what help says of it, and where candidates for its value come from.
//
//     syntax.value("--project", options.project, "NAME", "Only of this project")
//         .from(Source::Projects);
//     syntax.number("--limit", options.limit, "N", "At most so many", 1);
//     syntax.flag("-A,--all-namespaces", options.all_namespaces, "Of all namespaces");
//
// The targets are borrowed and must outlive the Syntax. Pure; one thread.

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cli/app/format.h"

namespace pedigree::cli {

// Where the candidates for a value come from.
enum class Source {
    Nowhere,     // anything may stand there
    Words,       // the words of the parameter
    Files,       // names of files
    Experiments, // their names in the namespace
    Subjects,    // exp/NAME, or a file
    Projects,
    Namespaces,
};

// Takes the value, "" of a flag; InvalidInput says what may stand there.
using Take = std::function<Status(const std::string& value)>;

// An option or an argument.
struct Parameter {
    std::string names;       // "-o,--output"; of an argument "file", without dashes
    std::string placeholder; // "FILE"; empty: a flag
    std::string text;        // what help says
    Take take;
    bool repeatable = false; // of an argument: any number of them
    std::size_t count_min = 0;
    Source source = Source::Nowhere;
    std::vector<std::string> words;
    bool only_words = false; // others are refused
    std::string excludes;    // an option that cannot stand beside it, "--commit"
    std::string environment; // a variable that is read where the option is not given
    std::string usual;       // what help shows as the default

    Parameter& from(Source where);
    // Offered by the completion; others may stand there, too.
    Parameter& such_as(std::vector<std::string> examples);
    // Others are refused, with the nearest one named.
    Parameter& one_of(std::vector<std::string> all);
    Parameter& repeated(); // may be given several times
    Parameter& required(std::size_t count = 1);
    Parameter& never_with(std::string option);
    Parameter& or_variable(std::string name);
    Parameter& usually(std::string value);

    bool is_argument() const { return !names.starts_with('-'); }
    bool is_flag() const { return placeholder.empty(); }
    // "-o" and "--output".
    std::vector<std::string> option_names() const;
    // Checks the words, then takes it.
    Status accept(const std::string& value) const;
};

class Syntax {
  public:
    Parameter& flag(std::string names, bool& target, std::string text);
    Parameter& value(std::string names, std::string& target, std::string placeholder,
                     std::string text);
    // May be given several times.
    Parameter& values(std::string names, std::vector<std::string>& target, std::string placeholder,
                      std::string text);
    // A whole number of at least `smallest`.
    Parameter& number(std::string names, std::optional<std::int64_t>& target, std::string text,
                      std::int64_t smallest);
    // A value of another type: what `take` makes of it.
    Parameter& taken(std::string names, Take take, std::string placeholder, std::string text);
    // -o; the first of the formats is the default.
    Parameter& format(Format& target, const std::vector<Format>& allowed,
                      std::string names = "-o,--output");
    // Asked when the whole line was read: what does not go together.
    void check(std::function<Status()> whole);

    const std::deque<Parameter>& parameters() const { return parameters_; }
    const Parameter* option(std::string_view name) const; // "--output" or "-o"; nullptr: none
    Status checked() const;

  private:
    std::deque<Parameter> parameters_; // a reference to one stays valid
    std::function<Status()> check_;
};

// "; did you mean \"find\"?" for the nearest of the words, or nothing.
std::string did_you_mean(std::string_view word, const std::vector<std::string>& words);

} // namespace pedigree::cli
