#include "base/redaction.h"

#include <algorithm>
#include <map>

#include "base/digest.h"

namespace pedigree {
namespace {

constexpr std::size_t secret_bytes_min = 6;

std::string url_encoded(std::string_view text) {
    constexpr std::string_view plain = "-._~";
    std::string out;
    for (const char c : text) {
        const bool keep = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                          (c >= 'A' && c <= 'Z') || plain.find(c) != std::string_view::npos;
        out += keep ? std::string(1, c) : "%" + to_hex(std::string_view(&c, 1));
    }
    return out;
}

// Letters and digits alone, in small letters: what no rewriting on the way changes.
std::string core_of(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (letter || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80) {
            out += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        }
    }
    return out;
}

bool holds(const std::vector<std::string>& texts, const std::string& part) {
    return std::any_of(texts.begin(), texts.end(), [&](const std::string& text) {
        return text.find(part) != std::string::npos;
    });
}

// A secret of hardly any letters and digits would stand in every text by these alone.
bool stands_in(const std::vector<std::string>& sent, const std::vector<std::string>& cores,
               const std::set<std::string>& forms) {
    return std::any_of(forms.begin(), forms.end(), [&](const std::string& form) {
        const std::string core = core_of(form);
        return holds(sent, form) || (core.size() >= secret_bytes_min && holds(cores, core));
    });
}

} // namespace

std::set<std::string> forms_of(const Secret& secret) {
    const std::string& value = secret.reveal();
    if (value.size() < secret_bytes_min) {
        return {};
    }
    return {value, to_base64(value), url_encoded(value)};
}

std::string without(std::string_view text, const std::set<std::string>& forms) {
    // All are looked for in the text as it came: one secret may hold another, or the mark.
    std::map<std::size_t, std::size_t> found; // begin to end
    for (const std::string& form : forms) {
        for (auto at = text.find(form); at != text.npos; at = text.find(form, at + 1)) {
            found[at] = std::max(found[at], at + form.size());
        }
    }
    std::string out;
    std::size_t done = 0;
    for (const auto& [begin, end] : found) {
        if (begin >= done) {
            out.append(text.substr(done, begin - done)).append("[redacted]");
        }
        done = std::max(done, end);
    }
    return out.append(text.substr(done));
}

std::string redacted(std::string_view answer, const std::vector<Secret>& secrets,
                     const std::vector<std::string>& sent) {
    std::vector<std::string> cores;
    cores.reserve(sent.size());
    for (const std::string& text : sent) {
        cores.push_back(core_of(text));
    }
    std::set<std::string> taken;
    for (const Secret& secret : secrets) {
        const std::set<std::string> forms = forms_of(secret);
        if (!stands_in(sent, cores, forms)) {
            taken.insert(forms.begin(), forms.end());
        }
    }
    return without(answer, taken);
}

} // namespace pedigree
