#pragma once
// The fields of the launcher's report, which stands alone and in the bundle.

#include "records/fields.h"
#include "records/pod/bundle.h"

namespace pedigree::records::pod {

template <typename Visit, Is<LauncherReport> Self>
void describe(Visit& visit, Self& report) {
    visit.required("exitCode", report.exit_code);
    visit("signal", report.signal);
    visit("started", report.started);
    visit("error", report.error);
    visit("startedAt", report.started_at);
    visit("finishedAt", report.finished_at);
    visit("userCpuMs", report.user_cpu_ms);
    visit("systemCpuMs", report.system_cpu_ms);
    visit("memoryBytesMax", report.memory_bytes_max);
    visit("outputBytes", report.output_bytes);
    visit("droppedBytes", report.dropped_bytes);
    visit("oomKills", report.oom_kills);
    visit("processesLeft", report.processes_left);
    visit("stderrTail", report.stderr_tail);
    visit("failureHint", report.failure_hint);
    visit("hardware", report.hardware);
}

} // namespace pedigree::records::pod
