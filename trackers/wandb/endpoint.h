#pragma once
// Endpoint: the pod's W&B server, without a socket. Whoever has one hands in each call and sends
// what comes back; the book says what was seen. With WANDB_BASE_URL at it, an unchanged script runs
// as against W&B's own server, whether one stands behind us or not.
//
//     Endpoint endpoint({.base_url = "http://127.0.0.1:5000/wandb"}, on_row);
//     if (auto upload = endpoint.upload("PUT", path)) {        // path: behind /wandb
//         // hash and store the body while it is read, then
//         endpoint.uploaded(*upload, bytes, sha256);           // and answer 200, {}
//     } else {
//         const Reply reply = endpoint.answer({"POST", path, body, now});
//     }
//
// No SDK of W&B ever hears a 4xx from it but for a path that none of them asks for: wandb-core
// sends nothing more for the whole run after one, and its script still ends with code 0. A call
// that is larger than call_bytes_max is handed in as `cut`, without its body, and is answered
// too.
//
// The same calls in the same order (with the same `now`) make the same book: what was spooled for a
// real server is also the journal of a recorder that starts again. Not thread-safe: one call at a
// time (base/sync.h); none of them blocks.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/digest.h"
#include "trackers/call.h"
#include "trackers/wandb/answers.h"
#include "trackers/wandb/book.h"
#include "trackers/wandb/file_stream.h"
#include "trackers/wandb/uploads.h"

namespace pedigree::trackers::wandb {

struct Reply {
    int status = 200;
    std::string body; // JSON
    // Of a call to /graphql: what it asked for, and whether a real server behind us is to be asked
    // instead (then `body` is what to say if there is none).
    std::string operation;
    Standing standing = Standing::Answered;
};

class Endpoint {
  public:
    explicit Endpoint(Settings settings, RowSink on_row = {});

    Reply answer(const Call& call);

    // A call whose body is a file; its place in a store is Upload::place().
    std::optional<Upload> upload(std::string_view method, std::string_view path) const;
    void uploaded(const Upload& upload, std::uint64_t bytes, const Digest& sha256);

    // Each run hears it when it next asks or pushes: 0.31 by file_stream, 0.15.12 by
    // RunStoppedStatus.
    void stop_runs();

    Runs& runs() { return book_.runs; }
    const Book& book() const { return book_; }

  private:
    Reply graphql(const Call& call);
    Reply file_stream(const Call& call);
    Reply manifest(std::string_view number);

    Book book_;
    RowSink on_row_;
};

} // namespace pedigree::trackers::wandb
