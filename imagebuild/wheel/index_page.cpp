#include <algorithm>

#include <nlohmann/json.hpp>

#include "base/json.h"
#include "imagebuild/wheel/index.h"
#include "net/url.h"

namespace pedigree::imagebuild {
namespace {

constexpr std::size_t files_max = 20'000;
constexpr std::size_t link_bytes_max = 8192;

std::string unescaped(std::string_view text) {
    std::string out(text);
    constexpr std::pair<std::string_view, std::string_view> entities[] = {
        {"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", "\""}, {"&#39;", "'"}, {"&amp;", "&"}};
    for (const auto& [entity, character] : entities) {
        for (std::size_t at = 0; (at = out.find(entity, at)) != out.npos; at += character.size()) {
            out.replace(at, entity.size(), character);
        }
    }
    return out;
}

void add_file(std::vector<IndexFile>& files, const net::Url& page, std::string link,
              std::string hash) {
    if (const std::size_t fragment = link.find('#'); fragment != link.npos) {
        constexpr std::string_view prefix = "sha256=";
        const std::string_view words = std::string_view(link).substr(fragment + 1);
        if (words.starts_with(prefix)) {
            hash = words.substr(prefix.size(), 64);
        }
        link.resize(fragment);
    }
    const auto url = net::join(page, link);
    if (!url || files.size() >= files_max) {
        return;
    }
    const auto name = net::percent_decode(url->path.substr(url->path.rfind('/') + 1));
    if (name && !name->empty() && name->find('/') == name->npos) {
        files.push_back({*name, url->text(), std::move(hash)});
    }
}

std::vector<IndexFile> parse_json_page(const Json& document, const net::Url& page) {
    std::vector<IndexFile> files;
    for (const Json& file : at_path(document, {"files"})) {
        add_file(files, page, string_or(file, "url"),
                 string_or(at_path(file, {"hashes"}), "sha256"));
    }
    return files;
}

std::vector<IndexFile> parse_html_page(std::string_view body, const net::Url& page) {
    std::vector<IndexFile> files;
    for (std::size_t at = 0; (at = body.find("<a ", at)) != body.npos;) {
        const std::size_t end = std::min(body.find('>', at), body.size());
        const std::string_view tag = body.substr(at, end - at);
        at = end;
        const std::size_t href = tag.find("href=");
        if (href == tag.npos || href + 6 > tag.size()) {
            continue;
        }
        const char quote = tag[href + 5];
        const std::string_view rest = tag.substr(href + 6);
        const std::string_view link = rest.substr(0, rest.find(quote));
        if ((quote == '"' || quote == '\'') && link.size() <= link_bytes_max) {
            add_file(files, page, unescaped(link), "");
        }
    }
    return files;
}

} // namespace

std::vector<IndexFile> parse_index_page(std::string_view body, std::string_view content_type,
                                        const std::string& page_url) {
    const auto page = net::parse_url(page_url);
    if (!page) {
        return {};
    }
    if (content_type.find("json") != content_type.npos) {
        const auto document = parse_json(body);
        return document ? parse_json_page(*document, *page) : std::vector<IndexFile>();
    }
    return parse_html_page(body, *page);
}

} // namespace pedigree::imagebuild
