#include "records/pod/launcher_fields.h"

namespace pedigree::records::pod {

Json to_json(const LauncherReport& report) {
    return encoded(report);
}

Result<LauncherReport> launcher_report_from(const Json& document) {
    return decoded<LauncherReport>(document);
}

} // namespace pedigree::records::pod
