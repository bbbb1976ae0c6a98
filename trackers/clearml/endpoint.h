#pragma once
// Endpoint: the pod's ClearML API and file server, without a socket. Whoever has one hands in each
// call and sends what comes back; the book says what was seen. With the three hosts of pod.h at it,
// an unchanged script runs as against ClearML's own server, whether one stands behind us or not.
//
//     Endpoint endpoint({.base_url = "http://127.0.0.1:5000/clearml", .seed = pod_uid}, on_scalar);
//     switch (endpoint.kind(method, path)) {                  // path: behind /clearml
//     case Kind::Call:                                        // the body whole, GET or POST
//         reply = endpoint.answer({method, path, body, now});
//     case Kind::Upload:                                      // in pieces, see multipart.h
//         path = uploaded_path(name);  ..  endpoint.uploaded(path, bytes, sha256);
//     case Kind::Download:                                    // GET or HEAD
//         file = endpoint.stored(path);                       // its path, or nothing: 404
//     }
//
// No answer is a redirect: the SDK would repeat a POST as a GET, and its file would be lost while
// the script ends with code 0. A call that is larger than call_bytes_max is handed in as
// `Cut`, without its body.
//
// The same calls in the same order (with the same `now`) make the same book: what was spooled for a
// real server is also the journal of a recorder that starts again. Not thread-safe: one call at a
// time (base/sync.h); none of them blocks.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/digest.h"
#include "trackers/call.h"
#include "trackers/clearml/answers.h"
#include "trackers/clearml/book.h"
#include "trackers/clearml/events.h"
#include "trackers/clearml/files.h"

namespace pedigree::trackers::clearml {

enum class Kind { Call, Upload, Download, None };

struct Reply {
    int status = 200;
    std::string body; // JSON
    std::string name; // "tasks.create"; "" for what is no call
    // Whether a real server behind us is to be asked instead (then `body` is what to say if there
    // is none).
    Standing standing = Standing::Answered;
};

// A task that is there before the script runs, for CLEARML_TASK_ID: the script takes its parameters
// from it.
struct PreparedTask {
    std::string id; // 32 hexadecimal digits
    std::string project;
    std::string name;
    // "Args/lr" or "lr" (of the section "General") -> value
    std::vector<std::pair<std::string, std::string>> parameters;
};

class Endpoint {
  public:
    explicit Endpoint(Settings settings, ScalarSink on_scalar = {});

    // InvalidInput: no id of ClearML's; AlreadyExists: there is one.
    Status prepare(const PreparedTask& prepared);

    static Kind kind(std::string_view method, std::string_view path);
    Reply answer(const Call& call);

    // A file came whole; it replaces one of the same path. Its place in a store is its path.
    void uploaded(std::string_view path, std::uint64_t bytes, const Digest& sha256);
    // The path of the file that a download asks for; nothing: none came.
    std::optional<std::string> stored(std::string_view path) const;

    // Each task that runs hears it when its SDK next polls (each 2 s): it then ends its process by
    // SIGKILL, as for the "abort" of ClearML's page.
    void stop_tasks();

    Book& book() { return book_; }
    const Book& book() const { return book_; }

  private:
    Book book_;
    ScalarSink on_scalar_;
};

// What is said of an upload: its path, or why it was refused (with status 400).
std::string upload_text(std::string_view path);
std::string upload_error_text(const Error& error);

} // namespace pedigree::trackers::clearml
