#include "artifacts/s3_xml.h"

#include <array>
#include <utility>

namespace pedigree::artifacts {
namespace {

constexpr std::array<std::pair<std::string_view, char>, 5> entities{
    {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}}};

} // namespace

std::vector<std::string_view> xml_elements(std::string_view document, std::string_view name) {
    const std::string open = "<" + std::string(name);
    const std::string close = "</" + std::string(name) + ">";
    std::vector<std::string_view> out;
    for (std::size_t at = 0; (at = document.find(open, at)) != std::string_view::npos;) {
        at += open.size();
        if (at >= document.size() || (document[at] != '>' && document[at] != ' ')) {
            continue; // a longer name
        }
        const auto begin = document.find('>', at);
        const auto end = document.find(close, at);
        if (begin == std::string_view::npos || end == std::string_view::npos) {
            break;
        }
        out.push_back(document.substr(begin + 1, end - begin - 1));
        at = end + close.size();
    }
    return out;
}

std::string xml_text(std::string_view document, std::string_view name) {
    const auto found = xml_elements(document, name);
    return found.empty() ? "" : xml_unescape(found.front());
}

std::string xml_unescape(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        bool replaced = false;
        for (const auto& [entity, character] : entities) {
            if (text.starts_with(entity)) {
                out += character;
                text.remove_prefix(entity.size());
                replaced = true;
                break;
            }
        }
        if (!replaced) {
            out += text.front();
            text.remove_prefix(1);
        }
    }
    return out;
}

std::string xml_escape(std::string_view text) {
    std::string out;
    for (const char c : text) {
        bool replaced = false;
        for (const auto& [entity, character] : entities) {
            if (c == character) {
                out += entity;
                replaced = true;
            }
        }
        if (!replaced) {
            out += c;
        }
    }
    return out;
}

} // namespace pedigree::artifacts
