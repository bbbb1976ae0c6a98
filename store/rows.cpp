#include "store/rows.h"

#include <charconv>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace pedigree::store {
namespace {

// What jsonb columns of ours hold at most: a ledger body's attributes, far below this.
constexpr JsonLimits json_column_limits{.bytes_max = 64 * 1024 * 1024, .depth_max = 64};

Status unreadable(Cell cell, std::string_view type) {
    if (!cell) {
        return failure(ErrorCode::Corrupt, fmt::format("is NULL where {} is expected", type));
    }
    return failure(ErrorCode::Corrupt, fmt::format("does not read as {}", type));
}

template <typename Integer>
Status decode_integer(Cell cell, Integer& out) {
    if (!cell) {
        return unreadable(cell, "an integer");
    }
    const auto [end, error] = std::from_chars(cell->data(), cell->data() + cell->size(), out);
    return error == std::errc{} && end == cell->data() + cell->size()
               ? Status{}
               : unreadable(cell, "an integer");
}

// A one-dimensional array whose elements hold no comma.
template <typename T, typename Decode>
Status decode_elements(Cell cell, std::vector<T>& out, Decode decode_one) {
    if (!cell || cell->size() < 2 || cell->front() != '{' || cell->back() != '}') {
        return unreadable(cell, "an array");
    }
    std::string_view rest = cell->substr(1, cell->size() - 2);
    while (!rest.empty()) {
        const auto comma = rest.find(',');
        TRY(decode_one(rest.substr(0, comma), out.emplace_back()));
        rest.remove_prefix(comma == std::string_view::npos ? rest.size() : comma + 1);
    }
    return {};
}

} // namespace

Status decode(Cell cell, bool& out) {
    if (cell != "t" && cell != "f") {
        return unreadable(cell, "a boolean");
    }
    out = *cell == "t";
    return {};
}

Status decode(Cell cell, int& out) {
    return decode_integer(cell, out);
}

Status decode(Cell cell, std::int64_t& out) {
    return decode_integer(cell, out);
}

Status decode(Cell cell, std::string& out) {
    if (!cell) {
        return unreadable(cell, "text");
    }
    out = *cell;
    return {};
}

Status decode(Cell cell, Bytes& out) {
    if (!cell || !cell->starts_with("\\x")) {
        return unreadable(cell, "bytea");
    }
    TRY(out.value, from_hex(cell->substr(2)));
    return {};
}

Status decode(Cell cell, Digest& out) {
    Bytes raw;
    TRY(decode(cell, raw));
    if (raw.value.size() != out.bytes.size()) {
        return unreadable(cell, "a SHA-256 digest");
    }
    std::copy(raw.value.begin(), raw.value.end(), out.bytes.begin());
    return {};
}

// ISO DateStyle in UTC, as every connection of ours asks for: "2026-01-31 23:59:59.123456+00".
Status decode(Cell cell, Instant& out) {
    if (!cell || cell->size() < 20 || !cell->ends_with("+00")) {
        return unreadable(cell, "a time in UTC");
    }
    std::string text(cell->substr(0, cell->size() - 3));
    text[10] = 'T';
    TRY(out, parse_instant(text + "Z"));
    return {};
}

Status decode(Cell cell, Json& out) {
    if (!cell) {
        return unreadable(cell, "JSON");
    }
    TRY(out, parse_json(*cell, json_column_limits));
    return {};
}

Status decode(Cell cell, std::vector<std::int64_t>& out) {
    return decode_elements(cell, out, [](std::string_view element, std::int64_t& number) {
        return decode(Cell(element), number);
    });
}

Status decode(Cell cell, std::vector<Digest>& out) {
    return decode_elements(cell, out, [](std::string_view element, Digest& digest) -> Status {
        if (!element.starts_with("\"\\\\x") || !element.ends_with('"')) {
            return unreadable(Cell(element), "a SHA-256 digest");
        }
        TRY(digest, Digest::parse_hex(element.substr(4, element.size() - 5)));
        return {};
    });
}

Rows::Rows(std::vector<std::string> columns, std::string command, std::int64_t affected)
    : columns_(std::move(columns)), command_(std::move(command)), affected_(affected) {}

void Rows::append_cell(Cell cell) {
    Span span;
    if (cell) {
        span = {bytes_.size(), cell->size(), false};
        bytes_ += *cell;
    }
    cells_.push_back(span);
}

Cell Rows::cell(std::size_t row, std::size_t column) const {
    const Span& span = cells_.at(row * columns_.size() + column);
    return span.null ? Cell{} : Cell(std::string_view(bytes_).substr(span.offset, span.length));
}

Status Rows::expect_columns(std::size_t expected) const {
    if (columns_.size() != expected) {
        return failure(ErrorCode::Corrupt, fmt::format("a statement answered {} columns, not {}",
                                                       columns_.size(), expected));
    }
    return {};
}

Status Rows::expect_one() const {
    if (size() != 1) {
        return failure(ErrorCode::Corrupt,
                       fmt::format("a statement answered {} rows, not one", size()));
    }
    return {};
}

Status Rows::expect_at_most_one() const {
    return size() <= 1 ? Status{} : expect_one();
}

Status Rows::named(std::size_t column, Status status) const {
    if (!status) {
        return tl::unexpected(std::move(status).error().within("column " + columns_.at(column)));
    }
    return status;
}

} // namespace pedigree::store
