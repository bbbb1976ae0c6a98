#include "launcher/report.h"

#include <fstream>
#include <system_error>

#include <nlohmann/json.hpp>

#include "base/json_text.h"
#include "records/pod/paths.h"

namespace pedigree::launcher {

Status write_report(const std::filesystem::path& exchange,
                    const records::pod::LauncherReport& report) {
    const auto path = exchange / records::pod::report_file_name;
    const auto beside = exchange / (std::string(records::pod::report_file_name) + ".new");
    std::ofstream out(beside, std::ios::binary | std::ios::trunc);
    // A tail of stderr may be cut inside a character.
    out << json_text(records::pod::to_json(report)) << '\n';
    out.close();
    std::error_code problem;
    if (out) {
        std::filesystem::rename(beside, path, problem);
    }
    if (!out || problem) {
        return failure(ErrorCode::Unavailable, "cannot write " + path.string() +
                                                   ": is the workspace full? Raise "
                                                   "resources.scratch");
    }
    return {};
}

} // namespace pedigree::launcher
