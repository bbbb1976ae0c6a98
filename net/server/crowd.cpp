#include "net/server/crowd.h"

namespace pedigree::net {

Crowd::Verdict Crowd::arrive(Id id, const std::string& peer) {
    Verdict verdict;
    if (held_by(peer) >= limits_.connections_per_peer_max) {
        verdict.leaves = longest_waiting(peer);
    } else if (members_.size() >= limits_.connections_max) {
        verdict.leaves = longest_waiting(std::nullopt);
    } else {
        verdict.admitted = true;
    }
    if (verdict.leaves) {
        leave(*verdict.leaves);
        verdict.admitted = true;
    }
    if (verdict.admitted) {
        members_[id].peer = peer;
        ++by_peer_[peer];
        waits(id);
    }
    return verdict;
}

void Crowd::leave(Id id) {
    const auto found = members_.find(id);
    if (found == members_.end()) {
        return;
    }
    const auto count = by_peer_.find(found->second.peer);
    if (--count->second == 0) {
        by_peer_.erase(count);
    }
    members_.erase(found);
}

void Crowd::waits(Id id) {
    if (const auto found = members_.find(id); found != members_.end()) {
        found->second.waiting_since = ++now_;
    }
}

void Crowd::works(Id id) {
    if (const auto found = members_.find(id); found != members_.end()) {
        found->second.waiting_since.reset();
    }
}

std::size_t Crowd::held_by(const std::string& peer) const {
    const auto found = by_peer_.find(peer);
    return found == by_peer_.end() ? 0 : found->second;
}

bool Crowd::is_better(const Member& candidate, const Member& chosen) const {
    const std::size_t more = held_by(candidate.peer);
    const std::size_t less = held_by(chosen.peer);
    return more != less ? more > less : candidate.waiting_since < chosen.waiting_since;
}

std::optional<Crowd::Id> Crowd::longest_waiting(const std::optional<std::string>& of_peer) const {
    const Member* chosen = nullptr;
    std::optional<Id> id;
    for (const auto& [candidate_id, candidate] : members_) {
        if (!candidate.waiting_since || (of_peer && candidate.peer != *of_peer)) {
            continue;
        }
        if (chosen == nullptr || is_better(candidate, *chosen)) {
            chosen = &candidate;
            id = candidate_id;
        }
    }
    return id;
}

} // namespace pedigree::net
