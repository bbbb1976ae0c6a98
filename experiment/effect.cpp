#include "experiment/effect.h"

namespace pedigree::experiment {

// In the order of an Experiment's life; "status.write" comes in between, and "configuration." is
// the first part of the effect that follows it.
const std::vector<std::string> effect_names = {
    "finalizer.add",        "commit.accept",    "commit.pin",      "commit.resolve",
    "commit.resolved",      "commit.build",     "commit.built",    "commit.imported",
    "commit.tracker",       "commit.opened",    "commit.propose",  "commit.plan",
    "configuration.create", "job.create",       "commit.created",  "commit.started",
    "commit.doubted",       "commit.report",    "commit.ended",    "commit.collect",
    "commit.observed",      "commit.lost",      "commit.tell",     "commit.told",
    "configuration.delete", "job.release",      "commit.released", "commit.conclude",
    "job.delete",           "commit.deleted",   "pod.delete",      "commit.extend",
    "commit.finished",      "commit.close",     "commit.closed",   "commit.deleting",
    "status.write",         "finalizer.remove",
};

std::string effect_name(const Effect& effect) {
    struct Name {
        std::string operator()(const CommitChange& commit) const { return "commit." + commit.name; }
        std::string operator()(const AddFinalizer&) const { return "finalizer.add"; }
        std::string operator()(const RemoveFinalizer&) const { return "finalizer.remove"; }
        std::string operator()(const CreateJob&) const { return "job.create"; }
        std::string operator()(const ReleaseJob&) const { return "job.release"; }
        std::string operator()(const DeleteJob&) const { return "job.delete"; }
        std::string operator()(const DeletePod&) const { return "pod.delete"; }
        std::string operator()(const WriteStatus&) const { return "status.write"; }
    };
    return std::visit(Name{}, effect);
}

} // namespace pedigree::experiment
