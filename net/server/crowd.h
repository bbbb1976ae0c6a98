#pragma once
// Crowd: which connections a server keeps when more come than it has room for. Decides, closes
// nothing; pure, io thread only.
//
// Everybody who connects is let in as long as somebody can leave for it: a connection that waits
// for its client (for TLS, for a request, for the rest of one) and that nobody works for. Who has
// his full share makes room himself; when the house is full, the client that holds most connections
// does. Of a client's waiting connections the one leaves that has waited longest. So a client that
// opens connections and says nothing costs others nothing, however many it opens.

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace pedigree::net {

struct CrowdLimits {
    std::size_t connections_max = 0;
    std::size_t connections_per_peer_max = 0;
};

class Crowd {
  public:
    using Id = std::uint64_t;

    explicit Crowd(CrowdLimits limits) : limits_(limits) {}

    struct Verdict {
        bool admitted = false;
        std::optional<Id> leaves; // the one that has to be closed for it
    };
    // An admitted connection waits for its client; the one that leaves is forgotten.
    Verdict arrive(Id id, const std::string& peer);
    void leave(Id id);

    void waits(Id id); // for its client, from now on
    void works(Id id); // a whole request is there: it may not be closed any more

    std::size_t size() const { return members_.size(); }

  private:
    struct Member {
        std::string peer;
        std::optional<std::uint64_t> waiting_since; // a count, not a time
    };
    std::size_t held_by(const std::string& peer) const;
    bool is_better(const Member& candidate, const Member& chosen) const;
    std::optional<Id> longest_waiting(const std::optional<std::string>& of_peer) const;

    const CrowdLimits limits_;
    std::map<Id, Member> members_;
    std::map<std::string, std::size_t> by_peer_;
    std::uint64_t now_ = 0;
};

} // namespace pedigree::net
