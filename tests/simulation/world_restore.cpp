// The database is put back in the middle of a run.
#include "tests/simulation/world.h"

#include <nlohmann/json.hpp>

#include "tests/fakes/sample.h"

namespace pedigree::simulation {
namespace {

const k8s::ObjectKey put_back_key{sample::name_space, sample::name};

} // namespace

void World::take_backups() {
    backups_.push_back(state_.moment()); // there is nothing yet
    state_.committed = [this] { backups_.push_back(state_.moment()); };
}

void World::run_through_restore(std::size_t at_commit, std::size_t backup) {
    take_backups();
    restore_ = Restore{at_commit, backup, ""};
    if (come_to_rest()) {
        check_rest();
        check_left_behind();
        check_commit();
    }
}

void World::restore() {
    if (!restore_ || put_back_ || backups_.size() < restore_->at_commit) {
        return;
    }
    put_back_ = true;
    state_.committed = {};
    state_.put_back(backups_.at(restore_->backup));
    worker_.move_branch();
    if (const k8s::Object object = api_.seen(control::experiments, put_back_key)) {
        restore_->told_commit = string_or(at_path(*object, {"status", "resolved"}), "commit");
    }
    throw Crash{"restore"};
}

// Whoever looked at the Experiment before the restore sees the same one after it.
void World::check_commit() {
    const auto found = state_.histories().find(sample::experiment_uid);
    const std::string commit =
        found == state_.histories().end() ? "" : found->second.experiment->commit;
    const std::string& told = restore_->told_commit;
    if (!put_back_) {
        violated("nothing was put back");
    } else if (!told.empty() && !commit.empty() && commit != told) {
        violated("it had commit " + told + ", and goes on with " + commit);
    }
    const k8s::Object object = api_.seen(control::experiments, put_back_key);
    if (object && !told.empty() &&
        string_or(at_path(*object, {"status", "resolved"}), "commit") != told) {
        violated("the status has lost commit " + told);
    }
}

} // namespace pedigree::simulation
