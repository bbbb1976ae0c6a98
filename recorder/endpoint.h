#pragma once
// Endpoint: the MLflow server that a training script sees on 127.0.0.1. Each call is matched
// against the allow-list (recorder/routes.h); one that changes something is read strictly, judged,
// and sent on made anew from what was read (recorder/call_body.h), with credentials; what it says
// about runs, models and artifacts is noted as it passes. While the real server is away, appends to
// known runs are kept and answered with 200, creates and reads are repeated for a bounded time and
// then answered with 503, and the record says so. handle() is called by the HTTP server's threads.

#include <atomic>
#include <map>
#include <string>

#include "base/json.h"
#include "net/http_server.h"
#include "recorder/notebook.h"
#include "recorder/ownership.h"
#include "recorder/pending.h"
#include "recorder/routes.h"
#include "recorder/upstream.h"

namespace pedigree::recorder {

constexpr std::size_t call_body_bytes_max = 8 * 1024 * 1024; // MLflow takes 1 MB in a batch

class Endpoint {
  public:
    struct Parts {
        Upstream& upstream;
        Notebook& notebook;
        Ownership& ownership;
        PendingAppends& pending;
        std::map<std::string, std::string> tags; // for runs that lack them
        std::string objective_metric = {};       // of a search
    };
    explicit Endpoint(Parts parts);

    void handle(net::Exchange& exchange);
    // From now on every call is refused and counted: the record is being closed, and nothing shall
    // pass that it does not hold.
    void close() { closed_ = true; }

  private:
    Status dispatch(net::Exchange& exchange, const Match& match);
    Status read(net::Exchange& exchange);
    Status create_experiment(net::Exchange& exchange, const Match& match);
    Status tag_experiment(net::Exchange& exchange, const Match& match);
    Status create_run(net::Exchange& exchange, const Match& match);
    Status append(net::Exchange& exchange, const Match& match);
    Status keep(net::Exchange& exchange, const Match& match, const Json& body);
    Status create_model(net::Exchange& exchange, const Match& match);
    Status change_model(net::Exchange& exchange, const Match& match);
    Status upload(net::Exchange& exchange, const Match& match);
    Status upload_in_parts(net::Exchange& exchange, const Match& match);
    Status register_model(net::Exchange& exchange, const Match& match);

    // The call's body as it is sent on. Nothing: the script was told what is wrong with it.
    Result<std::optional<Json>> body_of(net::Exchange& exchange, const Match& match);
    void note_left_out(const Match& match, const std::vector<std::string>& fields);
    // Why the script may not do this to its runs and models; "" if it may.
    Result<std::string> objection(const std::string& call, const Json& body, std::stop_token stop);
    Status refuse_and_count(net::Exchange& exchange, const std::string& message);
    net::Request outgoing(const net::Exchange& exchange, const Match& match,
                          const Json& body) const;
    // Sends a small call until the server takes it; answers the script. The answer, if it is a 2xx.
    Result<std::optional<Json>> forward(net::Exchange& exchange, const Match& match,
                                        const Json& body);
    Json kept_answer(const std::string& call, const Json& body);

    Parts parts_;
    std::atomic<bool> closed_ = false;
};

// Answers in the form of MLflow's own errors, so that its SDK shows the message.
Status refuse(net::Exchange& exchange, const std::string& message);
Status answer_error(net::Exchange& exchange, int status, const std::string& code,
                    const std::string& message);

// Sends what was kept, oldest first, until stopped: waits while the server is away.
void deliver_pending(PendingAppends& pending, Upstream& upstream, Notebook& notebook,
                     std::stop_token stop);

} // namespace pedigree::recorder
