#include "k8s/lease.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/ids.h"
#include "base/json_text.h"
#include "base/log.h"
#include "base/pause.h"

namespace pedigree::k8s {
namespace {

constexpr double retry_jitter = 1.2;

std::chrono::milliseconds jittered(std::chrono::milliseconds period) {
    const auto count = static_cast<double>(period.count());
    return std::chrono::milliseconds(
        static_cast<std::int64_t>(count * (1.0 + (retry_jitter - 1.0) * random_unit())));
}

} // namespace

LeaseElector::LeaseElector(Api& api, const Clock& clock, LeaseOptions options)
    : api_(api), clock_(clock), options_(std::move(options)) {}

Status LeaseElector::check(const LeaseOptions& options) {
    const auto retry = std::chrono::milliseconds(static_cast<std::int64_t>(
        static_cast<double>(options.retry_period.count()) * retry_jitter));
    if (options.duration <= options.renew_deadline || options.renew_deadline <= retry) {
        return failure(ErrorCode::InvalidInput,
                       "lease times must satisfy duration > renew deadline > 1.2 * retry period");
    }
    return {};
}

bool LeaseElector::held(SteadyTime now) const {
    return holding_ && now - renewed_at_ < options_.renew_deadline;
}

bool LeaseElector::expired(SteadyTime now) const {
    return holder_.empty() || now - changed_at_ >= duration_;
}

// The clock of whoever wrote the lease may differ from ours, so only its changing counts.
void LeaseElector::observe(const Json& lease, SteadyTime now) {
    const Json& spec = at_path(lease, {"spec"});
    resource_version_ = resource_version_of(lease);
    holder_ = string_or(spec, "holderIdentity");
    acquired_ = string_or(spec, "acquireTime");
    annotations_.clear();
    for (const auto& [name, value] : at_path(lease, {"metadata", "annotations"}).items()) {
        if (value.is_string()) {
            annotations_[name] = value.get<std::string>();
        }
    }
    transitions_ = integer_or(spec, "leaseTransitions");
    duration_ = std::chrono::seconds(integer_or(spec, "leaseDurationSeconds"));
    if (std::string text = json_text(spec); text != spec_) {
        spec_ = std::move(text);
        changed_at_ = now;
    }
}

Json LeaseElector::body(const std::string& holder, std::chrono::milliseconds duration) const {
    Json lease{
        {"apiVersion", leases.api_version()},
        {"kind", leases.kind},
        {"metadata", {{"name", options_.lease.name}, {"namespace", options_.lease.name_space}}},
        {"spec",
         {{"holderIdentity", holder},
          {"leaseDurationSeconds", std::chrono::ceil<std::chrono::seconds>(duration).count()},
          {"acquireTime", acquired_},
          {"renewTime", to_text(clock_.now())},
          {"leaseTransitions", transitions_}}}};
    LeaseAnnotations annotations = annotations_;
    if (holder == options_.identity && options_.annotations) {
        for (auto& [name, value] : options_.annotations(annotations_)) {
            annotations[name] = std::move(value);
        }
    }
    std::erase_if(annotations, [](const auto& annotation) { return annotation.second.empty(); });
    if (!annotations.empty()) {
        lease["metadata"]["annotations"] = annotations;
    }
    if (!resource_version_.empty()) {
        lease["metadata"]["resourceVersion"] = resource_version_;
    }
    return lease;
}

Result<bool> LeaseElector::write(const Json& lease, SteadyTime now) {
    TRY(const auto written, api_.replace(leases, lease));
    observe(written, now);
    holding_ = true;
    renewed_at_ = now;
    return true;
}

Result<bool> LeaseElector::renew(SteadyTime now) {
    return write(body(options_.identity, options_.duration), now);
}

Result<bool> LeaseElector::create(SteadyTime now) {
    resource_version_.clear();
    annotations_.clear();
    acquired_ = to_text(clock_.now());
    TRY(const auto created, api_.create(leases, body(options_.identity, options_.duration)));
    observe(created, now);
    holding_ = true;
    renewed_at_ = now;
    return true;
}

Result<bool> LeaseElector::take(const Json& lease, SteadyTime now) {
    observe(lease, now);
    if (holder_ == options_.identity) {
        return renew(now);
    }
    holding_ = false;
    if (!expired(now)) {
        return false;
    }
    acquired_ = to_text(clock_.now());
    ++transitions_;
    return write(body(options_.identity, options_.duration), now);
}

Result<bool> LeaseElector::try_once(SteadyTime now) {
    if (holding_) {
        if (auto renewed = renew(now)) {
            return renewed;
        }
        // Somebody wrote it, or an earlier answer was lost: look before deciding.
    }
    auto lease = api_.get(leases, options_.lease);
    if (lease) {
        auto taken = take(*lease, now);
        if (!taken && taken.error().code == ErrorCode::Conflict) {
            return false; // another was faster
        }
        return taken;
    }
    if (lease.error().code != ErrorCode::NotFound) {
        return tl::unexpected<Error>(std::move(lease).error());
    }
    auto created = create(now);
    if (!created && created.error().code == ErrorCode::AlreadyExists) {
        return false;
    }
    return created;
}

Status LeaseElector::release() {
    if (!holding_) {
        return {};
    }
    holding_ = false;
    TRY(api_.replace(leases, body("", std::chrono::seconds(1))));
    return {};
}

void hold_lease(LeaseElector& elector, const LeaseOptions& options, const LeaseCallbacks& callbacks,
                std::stop_token stop) {
    bool leading = false;
    std::string known_holder;
    while (!stop.stop_requested()) {
        const auto outcome = elector.try_once(std::chrono::steady_clock::now());
        if (!outcome) {
            log_warning("the lease could not be read or written",
                        {{"lease", options.lease.text()}, {"why", outcome.error().message}});
        }
        if (callbacks.holder_changed && elector.holder() != known_holder) {
            known_holder = elector.holder();
            callbacks.holder_changed(known_holder);
        }
        const bool taken_away = outcome && !*outcome;
        if (leading && (taken_away || !elector.held(std::chrono::steady_clock::now()))) {
            if (!stop.stop_requested()) {
                callbacks.lost();
            }
            return;
        }
        if (!leading && outcome && *outcome) {
            leading = true;
            callbacks.acquired();
        }
        pause_for(leading ? options.retry_period : jittered(options.retry_period), stop);
    }
}

} // namespace pedigree::k8s
