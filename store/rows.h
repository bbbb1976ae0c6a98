#pragma once
// Rows: what a statement answered, copied out of the driver, and the thin mapper that turns columns
// into C++ values by position:
//
//     TRY(const auto rows,
//         transaction.query("SELECT seq, body FROM ledger WHERE seq < $1", {end}));
//     TRY(const auto entries, (rows.as<std::int64_t, Bytes>()));
//     for (const auto& [seq, body] : entries) ...
//
// NULL where the type is not std::optional, another number of columns, or a text that does not read
// as the type is Corrupt and names the column. A value; no thread rules.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/digest.h"
#include "base/json.h"
#include "store/value.h"

namespace pedigree::store {

using Cell = std::optional<std::string_view>;

// One overload for each type that a column may be read as.
Status decode(Cell cell, bool& out);
Status decode(Cell cell, int& out);
Status decode(Cell cell, std::int64_t& out);
Status decode(Cell cell, std::string& out);
Status decode(Cell cell, Bytes& out);
Status decode(Cell cell, Digest& out);
Status decode(Cell cell, Instant& out);
Status decode(Cell cell, Json& out);
Status decode(Cell cell, std::vector<std::int64_t>& out);
Status decode(Cell cell, std::vector<Digest>& out);
// An enum by its word; one that its table lacks is Corrupt: what a row says is never guessed.
template <Worded Enum>
Status decode(Cell cell, Enum& out) {
    std::string word;
    TRY(decode(cell, word));
    const auto known = from_word<Enum>(word);
    if (!known) {
        return failure(ErrorCode::Corrupt, "holds the unknown word \"" + word + "\"");
    }
    out = *known;
    return {};
}
template <Textual Value>
Status decode(Cell cell, Value& out) {
    std::string text;
    TRY(decode(cell, text));
    auto parsed = Value::parse(text);
    if (!parsed) {
        return failure(ErrorCode::Corrupt, parsed.error().message);
    }
    out = *std::move(parsed);
    return {};
}
template <typename T>
Status decode(Cell cell, std::optional<T>& out) {
    return cell ? decode(cell, out.emplace()) : Status{};
}

class Rows {
  public:
    Rows() = default;
    Rows(std::vector<std::string> columns, std::string command, std::int64_t affected);
    void append_cell(Cell cell); // row by row, left to right

    std::size_t size() const { return columns_.empty() ? 0 : cells_.size() / columns_.size(); }
    bool empty() const { return size() == 0; }
    Cell cell(std::size_t row, std::size_t column) const;
    const std::string& command() const { return command_; } // "COMMIT", "INSERT 0 1"
    std::int64_t affected() const { return affected_; }     // rows inserted, updated or deleted

    template <typename... T>
    Result<std::vector<std::tuple<T...>>> as() const {
        std::vector<std::tuple<T...>> out;
        out.reserve(size());
        for (std::size_t row = 0; row < size(); ++row) {
            TRY(read_row(row, out.emplace_back(), std::index_sequence_for<T...>{}));
        }
        return out;
    }

    // The single column of every row.
    template <typename T>
    Result<std::vector<T>> column() const {
        std::vector<T> out(size());
        for (std::size_t row = 0; row < size(); ++row) {
            TRY(read_cell(row, 0, 1, out[row]));
        }
        return out;
    }

    // The single row, or nothing; more than one is Corrupt.
    template <typename... T>
    Result<std::optional<std::tuple<T...>>> at_most_one() const {
        TRY(auto rows, as<T...>());
        TRY(expect_at_most_one());
        return rows.empty() ? std::nullopt : std::optional(std::move(rows.front()));
    }

    // The single column of the single row that such a statement always has.
    template <typename T>
    Result<T> value() const {
        T out{};
        TRY(expect_one());
        TRY(read_cell(0, 0, 1, out));
        return out;
    }

  private:
    struct Span {
        std::size_t offset = 0;
        std::size_t length = 0;
        bool null = true;
    };

    template <typename Tuple, std::size_t... I>
    Status read_row(std::size_t row, Tuple& out, std::index_sequence<I...>) const {
        Status status;
        ((status = read_cell(row, I, sizeof...(I), std::get<I>(out)), status.has_value()) && ...);
        return status;
    }
    template <typename T>
    Status read_cell(std::size_t row, std::size_t column, std::size_t expected, T& out) const {
        TRY(expect_columns(expected));
        return named(column, decode(cell(row, column), out));
    }
    Status expect_columns(std::size_t expected) const;
    Status expect_one() const;
    Status expect_at_most_one() const;
    Status named(std::size_t column, Status status) const;

    std::vector<std::string> columns_;
    std::vector<Span> cells_;
    std::string bytes_;
    std::string command_;
    std::int64_t affected_ = 0;
};

} // namespace pedigree::store
