#pragma once
// A table's columns, each named once with the field that it holds; SELECT, upsert and decoding
// follow from that one list:
//
//     constexpr auto intents = table<IntentRow>("intent", "experiment_uid",
//                                               key("effect", &IntentRow::effect),
//                                               key("target", &IntentRow::target));
//     TRY(const auto rows, transaction.query(select(intents) + "WHERE target = $1", {target}));
//     TRY(auto all, read(intents, rows));
//
// The field's type decides how it is written and read: text, integer, bool, Instant, optional, an
// enum by its Words (store/value.h, store/rows.h). A word that an enum lacks, a NULL or a number of
// columns that does not fit is Corrupt and names the column. Pure.

#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "store/rows.h"
#include "store/value.h"

namespace pedigree::control {

enum class Writing {
    Key,    // finds the row
    Once,   // written with the row, then as it is
    Always, // replaced by each upsert
};

template <typename Row, typename Value>
struct Column {
    using value_type = Value;

    std::string_view name;
    Value Row::* member;
    Writing writing = Writing::Always;
    std::string_view read_as = {}; // what SELECT reads in its place; "": the column
};

template <typename Row, typename Value>
constexpr Column<Row, Value> key(std::string_view name, Value Row::* member) {
    return {name, member, Writing::Key};
}
template <typename Row, typename Value>
constexpr Column<Row, Value> once(std::string_view name, Value Row::* member) {
    return {name, member, Writing::Once};
}
template <typename Row, typename Value>
constexpr Column<Row, Value> column(std::string_view name, Value Row::* member,
                                    std::string_view read_as = {}) {
    return {name, member, Writing::Always, read_as};
}

template <typename Row, typename... Values>
struct Table {
    std::string_view name;
    std::string_view owner; // a first key column that stands in no field; "": none
    std::tuple<Column<Row, Values>...> columns;
};

template <typename Row, typename... Values>
constexpr Table<Row, Values...> table(std::string_view name, std::string_view owner,
                                      Column<Row, Values>... columns) {
    return {name, owner, {columns...}};
}

// The statements, from what they are made of: a name for each column, in order.
struct ColumnNames {
    std::string_view name, read_as;
    Writing writing;
};
std::string select_statement(std::string_view table, const std::vector<ColumnNames>& columns);
std::string upsert_statement(std::string_view table, const std::vector<ColumnNames>& columns);

template <typename Row, typename... Values>
std::vector<ColumnNames> names_of(const Table<Row, Values...>& table) {
    return std::apply(
        [](const auto&... column) {
            return std::vector<ColumnNames>{{column.name, column.read_as, column.writing}...};
        },
        table.columns);
}

// "SELECT ... FROM table ", to go on from.
template <typename Row, typename... Values>
std::string select(const Table<Row, Values...>& table) {
    return select_statement(table.name, names_of(table));
}

// What a select() answered.
template <typename Row, typename... Values>
Result<std::vector<Row>> read(const Table<Row, Values...>& table, const store::Rows& rows) {
    TRY(auto tuples, rows.as<Values...>());
    std::vector<Row> out;
    out.reserve(tuples.size());
    for (auto& tuple : tuples) {
        Row& row = out.emplace_back();
        [&]<std::size_t... I>(std::index_sequence<I...>) {
            ((row.*std::get<I>(table.columns).member = std::move(std::get<I>(tuple))), ...);
        }(std::index_sequence_for<Values...>{});
    }
    return out;
}

// Inserts the row, or replaces what Always columns hold of the one with its key. `owner`: the value
// of the table's owner column, not looked at where there is none.
template <typename Row, typename... Values>
std::string upsert(const Table<Row, Values...>& table) {
    std::vector<ColumnNames> names = names_of(table);
    if (!table.owner.empty()) {
        names.insert(names.begin(), ColumnNames{table.owner, "", Writing::Key});
    }
    return upsert_statement(table.name, names);
}
template <typename Row, typename... Values>
store::Parameters parameters(const Table<Row, Values...>& table, const std::string& owner,
                             const Row& row) {
    store::Parameters values;
    if (!table.owner.empty()) {
        values.emplace_back(owner);
    }
    std::apply([&](const auto&... column) { (values.emplace_back(row.*column.member), ...); },
               table.columns);
    return values;
}

} // namespace pedigree::control
