#pragma once
// Check: one thing that was looked at, and what came of it. `Unknown` is a verdict of its own: what
// could not be looked at (a right that is missing, a server that did not answer) is never Ok. Pure.

#include <string>
#include <vector>

#include "base/error.h"
#include "base/words.h"

namespace pedigree::cli {

enum class Verdict { Ok, Finding, Unknown };
Words<Verdict> words_of(Verdict);

struct Check {
    std::string name; // "ApiService": what programs branch on
    Verdict verdict = Verdict::Unknown;
    std::string message; // a sentence without its full stop
    std::string fix;     // of a finding: the next step
    std::string about;   // the object, where several checks have a name

    static Check ok(std::string name, std::string message);
    static Check finding(std::string name, std::string message, std::string fix);
    static Check unknown(std::string name, std::string why);
    // Why a call gave nothing, as whoever was asked says it.
    static Check unknown(std::string name, const Error& why);

    Check of(std::string object) &&;
};

std::size_t count_of(const std::vector<Check>& checks, Verdict verdict);

} // namespace pedigree::cli
