#pragma once
// Followers: the recorder's side of trackers (trackers/tracker.h). Calls below a tracker's path go
// to its endpoint, on any thread. A thread of its own looks every second at what scripts wrote
// below the working directory and told, and tells the notebook, so that the operator hears of it
// like of any run; at the end all is read once more, and the files themselves are uploaded as they
// are, below records::pod::followed_key(), with config.json beside them. What was uploaded to an
// endpoint goes by the shelf. Nothing stands in the notebook's journal: a recorder that was
// restarted reads the files again, and an endpoint keeps a journal of its own. look(), finish() and
// what follows are called by one thread at a time.

#include <atomic>
#include <functional>
#include <memory>
#include <stop_token>
#include <vector>

#include "artifacts/s3.h"
#include "recorder/notebook.h"
#include "recorder/outputs.h"
#include "recorder/settings.h"
#include "recorder/shelf.h"
#include "trackers/tracker.h"

namespace pedigree::recorder {

class Followers {
  public:
    Followers(const Settings& settings, Notebook& notebook);
    // Comes back to what an earlier life was told; before the first call. From `store`, which
    // outlives this, scripts get back what they uploaded.
    Status open(artifacts::S3Client& store);

    // Answers a call below a tracker's path; false: it is below none.
    bool answer(net::Exchange& exchange);
    // From now on such a call is refused and counted: the record is being closed.
    void close() { closed_ = true; }
    // Puts what scripts uploaded into the store as long as it answers.
    Status ship(artifacts::S3Client& store, std::stop_token stop);

    // True: there is more to read at once.
    bool look(std::stop_token stop);
    // Reads all that is there; the command has ended. `moved` is called as long as it goes on.
    void finish(std::stop_token stop, const std::function<void()>& moved = [] {});

    std::vector<records::pod::ObservedRun> runs() const;
    // How the command ended, as the launcher says it (-1: nobody knows); before upload().
    void command_ended(std::int64_t exit_code);
    UploadedOutputs upload(artifacts::S3Client& store, const std::string& started_at,
                           std::stop_token stop);

  private:
    struct Followed {
        const char* word;
        std::string path; // "/wandb/"; "" without an endpoint
        std::unique_ptr<trackers::Follower> follower;
    };

    artifacts::S3Object shelf_target() const;
    void add_shelved(UploadedOutputs& out);

    const Settings& settings_;
    Notebook& notebook_;
    StoreShelf shelf_;
    std::atomic<bool> closed_ = false;
    std::vector<Followed> all_;
};

// look() until stopped: the work of the thread "follow".
void keep_following(Followers& followers, std::stop_token stop);
// ship() until stopped: the work of the thread "shelf".
void keep_shipping(Followers& followers, artifacts::S3Client& store, std::stop_token stop);

} // namespace pedigree::recorder
