#pragma once
// Book: what the endpoint remembers of one pod: its runs, and its artifacts under the ids that we
// gave to them. The same calls in the same order give the same ids, so that a recorder that starts
// again comes to the same book by going through its spool. One thread at a time.

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "trackers/wandb/run.h"

namespace pedigree::trackers::wandb {

struct Settings {
    std::string base_url =
        "http://127.0.0.1:5000/wandb"; // as the pod sees us, without a last slash
    std::string entity = "pedigree";   // of a script that names none
};

struct Book {
    struct Place {
        Run* run = nullptr;
        Artifact* artifact = nullptr;
    };

    Settings settings;
    Runs runs;
    std::vector<Place> artifacts; // the number of the first is 1
    std::map<std::string, std::size_t, std::less<>> artifact_numbers; // by our id
    std::map<std::string, std::size_t, std::less<>> client_numbers;   // by the SDK's id
    std::string now; // RFC 3339, of the call that is being answered

    // 0: not ours, or none that is kept.
    std::size_t number_of(std::string_view artifact_id) const;
    const Place* artifact(std::size_t number) const;
    // The newest of this name; 0: none.
    std::size_t newest(std::string_view name) const;
};

} // namespace pedigree::trackers::wandb
