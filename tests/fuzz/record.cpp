#include "imagebuild/wheel/record_hash.h"
#include "imagebuild/wheel/wheel_tables.h"
#include "tests/fuzz/targets.h"

namespace pedigree::fuzz {
namespace {

std::optional<Digest> sha256_of(const std::string& hash) {
    const auto parsed = imagebuild::RecordHash::parse(hash);
    return parsed ? parsed->sha256() : std::nullopt;
}

} // namespace

void record(std::string_view input) {
    using namespace imagebuild;
    const auto rows = parse_record(input);
    if (!rows) {
        return;
    }
    for (const RecordRow& row : *rows) {
        if (const auto digest = sha256_of(row.hash)) {
            const auto again = sha256_of(record_hash(*digest));
            require(again && *again == *digest);
        }
        // What is written is read again; a carriage return belongs to the line's end.
        const bool plain = !row.path.empty() && row.path.find('\r') == std::string::npos;
        const auto again = parse_record(record_row(row.path, "", ""));
        require(!plain || (again && again->size() == 1 && again->front().path == row.path));
    }
}

} // namespace pedigree::fuzz
