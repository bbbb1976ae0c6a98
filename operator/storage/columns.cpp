#include "operator/storage/columns.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace pedigree::control {

std::string select_statement(std::string_view table, const std::vector<ColumnNames>& columns) {
    std::vector<std::string_view> read;
    for (const ColumnNames& column : columns) {
        read.push_back(column.read_as.empty() ? column.name : column.read_as);
    }
    return fmt::format("SELECT {} FROM {} ", fmt::join(read, ", "), table);
}

std::string upsert_statement(std::string_view table, const std::vector<ColumnNames>& columns) {
    std::vector<std::string> names, values, keys, replaced;
    for (const ColumnNames& column : columns) {
        names.emplace_back(column.name);
        values.push_back(fmt::format("${}", names.size()));
        if (column.writing == Writing::Key) {
            keys.emplace_back(column.name);
        } else if (column.writing == Writing::Always) {
            replaced.push_back(fmt::format("{0} = excluded.{0}", column.name));
        }
    }
    return fmt::format("INSERT INTO {} ({}) VALUES ({}) ON CONFLICT ({}) DO UPDATE SET {}", table,
                       fmt::join(names, ", "), fmt::join(values, ", "), fmt::join(keys, ", "),
                       fmt::join(replaced, ", "));
}

} // namespace pedigree::control
