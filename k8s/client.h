#pragma once
// Client: Api over HTTPS. Any thread may call; each call borrows a connection of its own from a
// pool, watches and a second Client for leases never wait for another's. The token file is read
// again at most every minute, and at once after a 401, which is repeated a single time. Requests
// above the API server's limits are refused before they are sent. Nothing of a token is logged.

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "k8s/api.h"
#include "k8s/config.h"
#include "net/http.h"

namespace pedigree::k8s {

constexpr std::size_t request_bytes_max = 3 * 1024 * 1024;
constexpr std::size_t list_bytes_max = 256 * 1024 * 1024;

struct ClientOptions {
    std::chrono::milliseconds call_timeout{32000};
    std::stop_token stop; // cancels every call that takes no stop token of its own
    std::string user_agent = "pedigree";
    // Told of each answer by the method and its status, 0 if there was none; any thread.
    std::function<void(const std::string& method, int status)> answered = {};
};

class Client final : public Api {
  public:
    static Result<std::unique_ptr<Client>> connect(Config config, ClientOptions options = {});
    ~Client() override;

    Result<Json> get(const ResourceType& type, const ObjectKey& key) override;
    Result<ObjectList> list(const ResourceType& type, const ListOptions& options) override;
    Result<Json> create(const ResourceType& type, const Json& object) override;
    Result<Json> replace(const ResourceType& type, const Json& object) override;
    Result<Json> patch(const ResourceType& type, const ObjectKey& key, PatchKind kind,
                       const Json& body, const PatchOptions& options) override;
    Status remove(const ResourceType& type, const ObjectKey& key,
                  const DeleteOptions& options) override;
    Status watch(const ResourceType& type, const WatchOptions& options, const ByteSink& sink,
                 std::stop_token stop) override;

    // Any path of the server, such as an aggregated API; method GET unless given. The answer's
    // status is checked; the body is returned as text.
    Result<std::string> raw(const std::string& path, const std::string& method = "GET",
                            const std::string& body = "");
    // GET of any path, streamed as it arrives until the server ends it.
    Status stream(const std::string& path, const ByteSink& sink, std::stop_token stop);
    Status pod_log(const ObjectKey& pod, const LogOptions& options, const ByteSink& sink,
                   std::stop_token stop) override;

    const Config& config() const;

  private:
    struct Session;
    explicit Client(std::unique_ptr<Session> session);
    std::unique_ptr<Session> session_;
};

// The error in an answer of the API server, from its Status object if it has one.
Error error_from_status(int http_status, std::string_view body, std::string_view what);

} // namespace pedigree::k8s
