#pragma once
// A complete Experiment for tests: its resource, the platform's configuration, its Secrets, and
// what the worker, the recorder and the kubelet say when all goes well. Everything is a function of
// its arguments, so two runs of a test see the same bytes.

#include <string>

#include "base/json.h"
#include "pipeline/spec/configuration.h"
#include "records/pod/bundle.h"
#include "records/work/work.h"

namespace pedigree::sample {

inline const std::string experiment_uid = "11111111-2222-4333-8444-555555555555";
inline const std::string name_space = "vision";
inline const std::string name = "mnist-1";
inline const std::string commit = "4f2a000000000000000000000000000000000001";
inline const std::string tree = "4f2a000000000000000000000000000000000002";

std::string digest_of(const std::string& text); // sha256:...

Json experiment(); // the resource as a user applied it, with the uid above
Json configuration_document();
spec::Configuration configuration();
// manifests/policies/objects.yaml, as far as the operator looks at it, and its binding.
Json objects_policy();
Json objects_policy_binding();
// Each Secret that experiment() and the platform name, with the annotation it needs.
std::vector<Json> secrets();

// What the worker answers.
records::work::ResolveSourceOutcome resolved();
records::work::BuildImageOutcome built();
// The lock has a source distribution: no image yet.
records::work::BuildImageOutcome wants_wheel();
records::work::OpenTrackerOutcome opened();
records::work::CloseTrackerOutcome told(const std::string& pod_uid);
// As its recorder signed it.
records::work::FetchObjectOutcome fetched(const records::pod::Bundle& bundle);
// What the operator gave to the recorder of that pod.
Secret record_key(const std::string& pod_uid);

// What the recorder of a pod wrote that trained one model.
records::pod::Bundle bundle(const std::string& pod_uid);
// Its termination message.
std::string termination_message(const records::pod::Bundle& bundle);

} // namespace pedigree::sample
