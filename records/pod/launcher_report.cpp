#include "records/pod/bundle.h"
#include "records/pod/fields.h"

namespace pedigree::records::pod {

Json to_json(const LauncherReport& report) {
    return {{"exitCode", report.exit_code},
            {"signal", report.signal},
            {"started", report.started},
            {"error", report.error},
            {"startedAt", report.started_at},
            {"finishedAt", report.finished_at},
            {"userCpuMs", report.user_cpu_ms},
            {"systemCpuMs", report.system_cpu_ms},
            {"memoryBytesMax", report.memory_bytes_max},
            {"outputBytes", report.output_bytes},
            {"droppedBytes", report.dropped_bytes},
            {"stderrTail", report.stderr_tail},
            {"failureHint", report.failure_hint},
            {"hardware", report.hardware}};
}

Result<LauncherReport> launcher_report_from(const Json& document) {
    LauncherReport report;
    TRY(report.exit_code, integer_field(document, "exitCode"));
    TRY(read(document, "signal", report.signal));
    TRY(read(document, "started", report.started));
    TRY(read(document, "error", report.error));
    TRY(read(document, "startedAt", report.started_at));
    TRY(read(document, "finishedAt", report.finished_at));
    TRY(read(document, "userCpuMs", report.user_cpu_ms));
    TRY(read(document, "systemCpuMs", report.system_cpu_ms));
    TRY(read(document, "memoryBytesMax", report.memory_bytes_max));
    TRY(read(document, "outputBytes", report.output_bytes));
    TRY(read(document, "droppedBytes", report.dropped_bytes));
    TRY(read(document, "stderrTail", report.stderr_tail));
    TRY(read(document, "failureHint", report.failure_hint));
    TRY(read(document, "hardware", report.hardware));
    return report;
}

} // namespace pedigree::records::pod
