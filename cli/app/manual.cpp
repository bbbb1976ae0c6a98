#include "cli/app/manual.h"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "cli/app/words.h"
#include "pipeline/spec/rules.h"

namespace pedigree::cli {

extern const char* const reasons_page;
extern const char* const codes_page;

namespace {

std::string_view cell_text(std::string_view text) {
    const std::size_t first = std::min(text.find_first_not_of(' '), text.size());
    text.remove_prefix(first);
    return text.substr(0, text.find_last_not_of(' ') + 1);
}

// "| a | b |" as its cells; empty: it is no row.
std::vector<std::string_view> cells_of(std::string_view line) {
    std::vector<std::string_view> cells;
    if (!line.starts_with("| ")) {
        return cells;
    }
    line.remove_prefix(1);
    for (std::size_t end = line.find('|'); end != std::string_view::npos; end = line.find('|')) {
        cells.push_back(cell_text(line.substr(0, end)));
        line.remove_prefix(end + 1);
    }
    return cells;
}

// Without backquotes, and of a link its words.
std::string plain(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool is_link = text[i] == ']' && text.substr(i + 1).starts_with('(');
        if (is_link) {
            i = std::min(text.find(')', i), text.size());
        } else if (text[i] != '`' && text[i] != '[') {
            out += text[i];
        }
    }
    return out;
}

bool is_code(std::string_view text) {
    return text.size() == 5 && text[0] == 'E' &&
           std::all_of(text.begin() + 1, text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool is_reason(std::string_view text) {
    return !text.empty() && std::isupper(static_cast<unsigned char>(text[0])) != 0 &&
           std::all_of(text.begin(), text.end(),
                       [](unsigned char c) { return std::isalnum(c) != 0; });
}

// "`A`, `B`" or "E0120".
std::vector<std::string> words_in(std::string_view cell) {
    if (is_code(cell)) {
        return {std::string(cell)};
    }
    std::vector<std::string> words;
    std::size_t begin = cell.find('`');
    while (begin != std::string_view::npos) {
        const std::size_t end = cell.find('`', begin + 1);
        const std::string_view word = cell.substr(begin + 1, end - begin - 1);
        if (end == std::string_view::npos || !is_reason(word)) {
            break;
        }
        words.emplace_back(word);
        begin = cell.find('`', end + 1);
    }
    return words;
}

class PageReader {
  public:
    void take(std::string_view line) {
        if (line.starts_with("## ")) {
            about_ = line.substr(3);
        }
        if (line.starts_with("|-")) { // between the names of the columns and the rows
            return;
        }
        const auto cells = cells_of(line);
        if (cells.empty()) {
            columns_.clear();
        } else if (columns_.empty()) {
            columns_.assign(cells.begin(), cells.end());
        } else if (cells.size() == columns_.size()) {
            take_row(cells);
        }
    }

    std::vector<ManualEntry> found;

  private:
    void take_row(const std::vector<std::string_view>& cells) {
        for (std::string& word : words_in(cells.front())) {
            ManualEntry entry{std::move(word), about_, {}};
            for (std::size_t i = 1; i < cells.size(); ++i) {
                if (!cells[i].empty()) {
                    entry.lines.emplace_back(columns_[i], plain(cells[i]));
                }
            }
            found.push_back(std::move(entry));
        }
    }

    std::string about_;
    std::vector<std::string> columns_;
};

// The fields that a rule is about, and its words.
void append_rules(ManualEntry& entry) {
    for (const spec::Rule& rule : spec::rules()) {
        if (rule.code == entry.word) {
            entry.lines.emplace_back(rule.location, rule.message);
        }
    }
}

std::vector<ManualEntry> read_pages() {
    std::vector<ManualEntry> all = manual_entries_in(reasons_page);
    for (ManualEntry& entry : manual_entries_in(codes_page)) {
        append_rules(entry);
        all.push_back(std::move(entry));
    }
    return all;
}

} // namespace

const std::vector<ManualEntry>& manual_entries() {
    static const std::vector<ManualEntry> all = read_pages();
    return all;
}

const ManualEntry* find_manual_entry(std::string_view word) {
    const auto& all = manual_entries();
    const auto found = std::find_if(all.begin(), all.end(), [&](const ManualEntry& each) {
        return same_word(each.word, word);
    });
    return found == all.end() ? nullptr : &*found;
}

std::vector<ManualEntry> manual_entries_in(std::string_view page) {
    PageReader reader;
    while (!page.empty()) {
        const std::size_t end = std::min(page.find('\n'), page.size());
        reader.take(page.substr(0, end));
        page.remove_prefix(std::min(end + 1, page.size()));
    }
    return std::move(reader.found);
}

} // namespace pedigree::cli
