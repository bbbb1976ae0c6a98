#include <fmt/format.h>

#include "cli/report/page.h"

namespace pedigree::cli {

namespace {

// Nothing is loaded and nothing runs, whatever text should find a way through (CSP level 3).
constexpr std::string_view head = R"(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{}</title>
<style>
body {{ font: 15px/1.5 system-ui, sans-serif; max-width: 60em; margin: 2em auto; padding: 0 1em; color: #1a1a1a; }}
h1 {{ font-size: 1.6em; }} h2 {{ font-size: 1.15em; margin-top: 2em; border-bottom: 1px solid #ddd; }}
table {{ border-collapse: collapse; display: block; overflow-x: auto; }}
th, td {{ text-align: left; padding: .2em .8em .2em 0; vertical-align: top; }}
td {{ font-family: ui-monospace, monospace; font-size: .9em; overflow-wrap: anywhere; }}
pre {{ background: #f5f5f5; padding: .8em; overflow-x: auto; }}
svg {{ max-width: 100%; }}
</style>
</head>
<body>
)";

std::string facts_of(const Section& section) {
    std::string text = "<table>\n";
    for (const auto& [name, value] : section.facts) {
        text += fmt::format("<tr><th scope=\"row\">{}</th><td>{}</td></tr>\n", html_escaped(name),
                            html_escaped(value));
    }
    return text + "</table>\n";
}

std::string table_of(const Table& table) {
    std::string text = "<table>\n<tr>";
    for (const std::string& name : table.header) {
        text += fmt::format("<th scope=\"col\">{}</th>", html_escaped(name));
    }
    text += "</tr>\n";
    for (const auto& row : table.rows) {
        text += "<tr>";
        for (const Cell& cell : row) {
            text += fmt::format("<td>{}</td>", html_escaped(cell.text));
        }
        text += "</tr>\n";
    }
    return text + "</table>\n";
}

std::string section_of_html(const Section& section) {
    std::string text = fmt::format("<h2>{}</h2>\n", html_escaped(section.heading));
    if (!section.sentence.empty()) {
        text += fmt::format("<p>{}</p>\n", html_escaped(section.sentence));
    }
    text += section.facts.empty() ? "" : facts_of(section);
    text += section.curve ? svg_of(*section.curve) : "";
    text += section.table.rows.empty() ? "" : table_of(section.table);
    if (!section.items.empty()) {
        text += "<ul>\n";
        for (const std::string& item : section.items) {
            text += fmt::format("<li>{}</li>\n", html_escaped(item));
        }
        text += "</ul>\n";
    }
    if (!section.commands.empty()) {
        text += "<pre>";
        for (const std::string& command : section.commands) {
            text += html_escaped(command) + "\n";
        }
        text += "</pre>\n";
    }
    return text;
}

} // namespace

std::string html_escaped(std::string_view text) {
    std::string escaped;
    for (const char c : printable(text)) {
        switch (c) {
        case '&':
            escaped += "&amp;";
            break;
        case '<':
            escaped += "&lt;";
            break;
        case '>':
            escaped += "&gt;";
            break;
        case '"':
            escaped += "&quot;";
            break;
        case '\'':
            escaped += "&#39;";
            break;
        default:
            escaped += c;
        }
    }
    return escaped;
}

std::string html_of(const Page& page) {
    const std::string title = html_escaped(page.title);
    std::string text = fmt::format(head, title) + fmt::format("<h1>{}</h1>\n", title);
    for (const Section& section : page.sections) {
        text += section_of_html(section);
    }
    return text + "</body>\n</html>\n";
}

} // namespace pedigree::cli
