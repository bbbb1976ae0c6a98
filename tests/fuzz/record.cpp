#include "imagebuild/wheel/wheel_tables.h"
#include "tests/fuzz/targets.h"

namespace pedigree::fuzz {

void record(std::string_view input) {
    using namespace imagebuild;
    const auto rows = parse_record(input);
    if (!rows) {
        return;
    }
    for (const RecordRow& row : *rows) {
        if (const auto digest = parse_record_hash(row.hash)) {
            const auto again = parse_record_hash(record_hash(*digest));
            require(again && *again == *digest);
        }
        // What is written is read again; a carriage return belongs to the line's end.
        const bool plain = !row.path.empty() && row.path.find('\r') == std::string::npos;
        const auto again = parse_record(record_row(row.path, "", ""));
        require(!plain || (again && again->size() == 1 && again->front().path == row.path));
    }
}

} // namespace pedigree::fuzz
