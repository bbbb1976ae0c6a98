#pragma once
// A client of one repository in one registry (OCI distribution-spec 1.1): reads manifests and blobs
// by digest and verifies them, pushes blobs and manifests and looks before it uploads. Redirects
// are followed for blobs only, without credentials. Repeats what may succeed later. Any thread, if
// its Http may be used from any.
//
// Errors by code: Unauthorized (AuthenticationFailed), Forbidden (RegistryDenied), NotFound
// (ImageNotFound), Corrupt and TooLarge (ImageRefused), Unavailable, Timeout and TooMany
// (RegistryUnavailable: the only ones that another try may mend), InvalidInput (RegistryRefused);
// and of push_manifest Gone (BlobsMissing): what it names was removed since it was looked for.

#include <filesystem>
#include <functional>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "base/digest.h"
#include "imagebuild/archive/zip.h"
#include "imagebuild/registry/registry_authority.h"
#include "net/http.h"

namespace pedigree::imagebuild {

constexpr std::size_t manifest_bytes_max = 4 * 1024 * 1024;
constexpr std::size_t config_bytes_max = 8 * 1024 * 1024;

struct RepositoryAddress {
    std::string host; // "registry.example.com:5000"
    std::string repository;
    bool plain_http = false;

    std::string url() const; // "https://host", of the server that is asked
};

// docker.io is a name and no server: registry-1.docker.io answers for it, logins lie under
// https://index.docker.io/v1/, and a repository of one word is one of "library/".
bool is_docker_hub(std::string_view host);
std::string full_repository(std::string_view host, const std::string& repository);

enum class Access { Pull, PullPush };

struct Manifest {
    std::string bytes;
    std::string media_type;
    Digest digest;
};

class RegistryClient {
  public:
    RegistryClient(net::Http& http, RepositoryAddress address,
                   std::optional<RegistryCredential> credential, Access access,
                   std::stop_token stop);

    // NotFound if it is not there. `reference` is a digest or a tag.
    Result<Manifest> manifest(const Digest& digest);
    Result<bool> has_manifest(const std::string& reference);
    // What the tag names now, or nothing.
    Result<std::optional<Manifest>> tagged_manifest(const std::string& tag);
    // The pages of the Referrers API, each an index; none: the registry has no such API.
    Result<std::vector<std::string>> referrer_pages(const Digest& subject);
    Result<bool> has_blob(const Digest& digest);
    // The blob's bytes, which must be as many as its descriptor says, verified at the end: throw
    // away what was sunk if this fails.
    Status blob(const Digest& digest, std::uint64_t bytes, const ByteSink& sink);
    Result<std::string> small_blob(const Digest& digest, std::size_t bytes_max);

    // Both give the bytes that were sent. A large file is only sent if it is not there; to ask that
    // for a few bytes would cost as much as sending them.
    Result<std::uint64_t> push_blob(const Digest& digest, std::string_view bytes);
    Result<std::uint64_t> push_blob_file(const Digest& digest, const std::filesystem::path& file);
    // Makes a blob of another repository of this registry known to this one, which has not got it;
    // false: copy it.
    Result<bool> mount(const Digest& digest, const std::string& from_repository);
    // From another registry or repository, streamed; it is not looked for before.
    Result<std::uint64_t> copy_blob(RegistryClient& from, const Digest& digest,
                                    std::uint64_t bytes);
    // True: it names a subject, and the registry lists it among that one's referrers (OCI-Subject).
    Result<bool> push_manifest(const std::string& reference, const Manifest& manifest);

    const RepositoryAddress& address() const { return address_; }

  private:
    struct Sending {
        std::string scope = {}; // empty: this repository's
        bool once = false;      // no answer, or a late one, is the caller's to judge
    };
    // An upload in pieces: where the next one goes, and what the registry has.
    struct Upload {
        std::string location;
        std::size_t piece_bytes = 0;
        std::uint64_t bytes = 0;
    };

    Result<net::Response> read_manifest(const std::string& reference);
    Status stream_blob(const Digest& digest, const ByteSink& sink);
    Result<net::Response> send(net::Request request) { return send(std::move(request), {}); }
    Result<net::Response> send(net::Request request, const Sending& sending);
    Result<net::Response> send_once(net::Request& request, const Sending& sending);
    Result<Upload> begin_upload();
    Status move_on(Upload& upload, const net::Response& response) const;
    Status push_piece(Upload& upload, std::string_view piece);
    Result<net::Response> patch(Upload& upload, std::string_view piece);
    Status find_end(Upload& upload);
    Status end_upload(const Upload& upload, const Digest& digest, net::Request request);
    std::string at(std::string_view kind, std::string_view reference) const;
    Error unwelcome(const net::Response& response, std::string_view doing) const;

    static constexpr std::chrono::minutes transfer_time_max{30};
    static constexpr std::chrono::seconds transfer_idle_max{60};

    net::Http& http_;
    RepositoryAddress address_;
    RegistryAuthority authority_;
    std::string scope_;
    std::stop_token stop_;
};

} // namespace pedigree::imagebuild
