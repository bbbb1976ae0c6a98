#pragma once
// Remains: what of pedigree is in a cluster, and in which order it goes. The APIService is first:
// one without a backend keeps every namespace from being deleted. Then the policies, which keep
// others than the operator from taking its finalizers off; Experiments and Jobs; the CRD; the
// operator, what it was allowed, its namespace. Deciding is pure; what is done finds for itself
// what is left, so that a removal that was interrupted goes on where it was.

#include <string>
#include <vector>

#include "k8s/api.h"

namespace pedigree::cli {

struct Remaining {
    k8s::ResourceType type;
    k8s::ObjectKey key;

    std::string text() const; // "Deployment pedigree-system/pedigree-operator"
};

// What an installation has under names of its own, in the order in which it goes; a test compares
// it with manifests/. Experiments and Jobs go between the two.
std::vector<Remaining> objects_before_experiments();
std::vector<Remaining> objects_after_experiments(const std::string& system_namespace);

struct Remains {
    std::vector<Remaining> before, after;    // of those above, what is there
    std::vector<k8s::ObjectKey> experiments; // of all namespaces
    std::vector<std::string> unfinished;     // of those, by name: our finalizer is on them
    std::vector<k8s::ObjectKey> jobs;        // that carry our finalizer
    std::vector<std::string> others;         // what somebody else has in the namespace

    bool namespace_ends =
        false; // it is being deleted already, and goes once what is in it has gone

    bool empty() const;
    // The namespace goes only if nobody else's is in it.
    bool takes_namespace() const { return others.empty(); }
};

// What a person is told before: what goes, in its order, and what stays.
std::string removal_text(const Remains& remains, const std::string& system_namespace);

// The finalizers without ours.
Json finalizers_left(const Json& object);

} // namespace pedigree::cli
