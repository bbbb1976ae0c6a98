#include "k8s/events.h"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/caught.h"
#include "base/log.h"
#include "k8s/event_series.h"
#include "net/thread_name.h"

namespace pedigree::k8s {
namespace {

constexpr std::chrono::milliseconds poll{500}; // how soon the thread notices that it shall end

Json reference_json(const ObjectReference& about) {
    return {{"apiVersion", about.api_version},
            {"kind", about.kind},
            {"namespace", about.key.name_space},
            {"name", about.key.name},
            {"uid", about.uid},
            {"resourceVersion", about.resource_version}};
}

} // namespace

ObjectReference reference_to(const Json& object) {
    return {string_or(object, "apiVersion"), string_or(object, "kind"), key_of(object),
            uid_of(object), resource_version_of(object)};
}

EventRecorder::EventRecorder(Api& api, const Clock& clock, std::string component)
    : api_(api), clock_(clock), component_(std::move(component)),
      thread_([this](std::stop_token stop) { run(stop); }) {}

EventRecorder::~EventRecorder() {
    thread_.request_stop();
    queue_.close();
}

void EventRecorder::emit(EventNote note) {
    if (!queue_.try_push(std::move(note))) {
        ++dropped_;
    }
}

void EventRecorder::run(std::stop_token stop) {
    net::name_this_thread("events");
    while (!stop.stop_requested()) {
        const auto note = queue_.pop_for(poll);
        if (!note) {
            continue;
        }
        if (const Status sent = caught([&] { return deliver(*note); }); !sent) {
            ++dropped_;
            log_warning("an event could not be written", {{"reason", note->reason},
                                                          {"about", note->about.key.text()},
                                                          {"why", sent.error().message}});
        }
    }
}

Status EventRecorder::deliver(const EventNote& note) {
    const Instant now = clock_.now();
    const auto plan = series_.next(note, now);
    if (!plan) {
        ++dropped_;
        return {};
    }
    const std::string time = to_kubernetes_time(now);
    const ObjectKey key{note.about.key.name_space.empty() ? "default" : note.about.key.name_space,
                        plan->name};
    if (plan->count > 1) {
        const Json change{
            {"count", plan->count}, {"lastTimestamp", time}, {"message", plan->message}};
        const auto patched = api_.patch(events, key, PatchKind::Merge, change, {});
        if (patched || patched.error().code != ErrorCode::NotFound) {
            return patched.map([](const Json&) {});
        }
    }
    const Json event{{"apiVersion", "v1"},
                     {"kind", "Event"},
                     {"metadata", {{"name", key.name}, {"namespace", key.name_space}}},
                     {"involvedObject", reference_json(note.about)},
                     {"type", note.type == EventType::Warning ? "Warning" : "Normal"},
                     {"reason", note.reason},
                     {"message", plan->message},
                     {"source", {{"component", component_}}},
                     {"reportingComponent", component_},
                     {"reportingInstance", component_},
                     {"firstTimestamp", time},
                     {"lastTimestamp", time},
                     {"count", plan->count}};
    TRY(api_.create(events, event));
    return {};
}

} // namespace pedigree::k8s
