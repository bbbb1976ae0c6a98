#include "cli/doctor/check.h"

#include <algorithm>
#include <utility>

#include "cli/app/advice.h"

namespace pedigree::cli {

Words<Verdict> words_of(Verdict) {
    static constexpr Word<Verdict> table[] = {
        {Verdict::Ok, "ok"}, {Verdict::Finding, "finding"}, {Verdict::Unknown, "unknown"}};
    return table;
}

Check Check::ok(std::string name, std::string message) {
    return {std::move(name), Verdict::Ok, std::move(message), "", ""};
}

Check Check::finding(std::string name, std::string message, std::string fix) {
    return {std::move(name), Verdict::Finding, std::move(message), std::move(fix), ""};
}

Check Check::unknown(std::string name, std::string why) {
    return {std::move(name), Verdict::Unknown, std::move(why), "", ""};
}

// "choose another namespace" is no advice where the command chose the object itself.
Check Check::unknown(std::string name, const Error& why) {
    return unknown(std::move(name), without_advice(why).message);
}

Check Check::of(std::string object) && {
    about = std::move(object);
    return std::move(*this);
}

std::size_t count_of(const std::vector<Check>& checks, Verdict verdict) {
    return static_cast<std::size_t>(
        std::count_if(checks.begin(), checks.end(),
                      [&](const Check& check) { return check.verdict == verdict; }));
}

} // namespace pedigree::cli
