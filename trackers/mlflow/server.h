#pragma once
// Server: MLflow's REST API 2.0 as JSON calls, with credentials, repeated while the server is away.
// An Error's `reason` says what a status shows: MlflowUnreachable, MlflowHostRefused (the server's
// protection against DNS rebinding), MlflowUnauthorized, MlflowRefused. Error codes of MLflow come
// as ErrorCode: RESOURCE_DOES_NOT_EXIST is NotFound, RESOURCE_ALREADY_EXISTS is AlreadyExists. Its
// texts are quoted to 200 characters. Borrows the Http; one thread.

#include <functional>
#include <stop_token>
#include <string>

#include "base/json.h"
#include "net/http.h"
#include "net/retry.h"
#include "net/url.h"
#include "records/work/work.h"

namespace pedigree::trackers::mlflow {

// Basic, else Bearer, else nothing.
void add_credentials(net::Headers& headers, const records::work::TrackerTarget& target);

// What an unwelcome answer means, and what to do about it.
// The server's own words stand in it without what `target` logs in with (base/redaction.h).
Error explain(const net::Request& request, const net::Response& response,
              const records::work::TrackerTarget& target, const std::string& what);

class Server {
  public:
    Server(net::Http& http, records::work::TrackerTarget target, net::RetryOptions retry = {});

    Result<Json> get(const std::string& path, const net::QueryParameters& query,
                     std::stop_token stop);
    Result<Json> post(const std::string& path, const Json& body, std::stop_token stop);
    // A small artifact: `path` below the artifact root, which must be proxied by the server.
    Status put_artifact(const std::string& artifact_uri, const std::string& path,
                        const std::string& bytes, std::stop_token stop);
    Result<std::string> version(std::stop_token stop);

    // Follows page tokens: `each` takes every element of `list_name`.
    Status post_pages(const std::string& path, Json body, const std::string& list_name,
                      const std::function<Status(const Json&)>& each, std::stop_token stop);

  private:
    Result<std::string> send(net::Request request, const std::string& what, std::stop_token stop);

    net::Http& http_;
    records::work::TrackerTarget target_;
    net::RetryOptions retry_;
};

} // namespace pedigree::trackers::mlflow
