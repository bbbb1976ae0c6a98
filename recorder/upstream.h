#pragma once
// Upstream: the real MLflow server, with the pod's credentials, which the script never sees. They
// are read again from the mounted Secret every few seconds, so that a rotated one is taken up. The
// script's own Authorization and Host, and all header fields but a few, are not passed on. Any
// thread.

#include <chrono>
#include <filesystem>
#include <stop_token>
#include <string>

#include "base/result.h"
#include "base/sync.h"
#include "net/http.h"
#include "net/http_server.h"
#include "records/work/work.h"

namespace pedigree::recorder {

// username + password, or token; none of them: no credentials.
Result<records::work::TrackerTarget> read_tracker_target(const std::string& url,
                                                         const std::string& ca_pem,
                                                         const std::filesystem::path& folder);

// No complete answer, or one that says the server behind is away: the same call may do later.
bool away(const Result<net::Response>& outcome);
bool away_status(int status);

// What the script gets of an answer: status, a few header fields, the body.
net::Response passed_on(const net::Response& response);

class Upstream {
  public:
    // `credentials` may be empty. The Http is borrowed.
    Upstream(net::Http& http, std::string url, std::filesystem::path credentials);

    // The script's request for the real server, without its body: to its own target, for what only
    // reads, or to one that was made anew.
    net::Request request(const net::ServerRequest& from) const;
    net::Request request(const net::ServerRequest& from, const std::string& target) const;
    net::Request request(const std::string& method, const std::string& target) const;

    // With credentials, once.
    Result<net::Response> send(net::Request request, std::stop_token stop);
    // Again while the server is away, within give_up_after.
    Result<net::Response> send_patiently(const net::Request& request, std::stop_token stop);

  private:
    struct Known {
        records::work::TrackerTarget target;
        std::chrono::steady_clock::time_point read_at{};
    };
    Result<records::work::TrackerTarget> target();

    net::Http& http_;
    const std::string url_;
    const std::filesystem::path credentials_;
    Sync<Known> known_;
};

// How long creates and reads are repeated before the script gets a 503.
constexpr std::chrono::seconds give_up_after{60};

} // namespace pedigree::recorder
