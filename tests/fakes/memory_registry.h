#pragma once
// Stands in for registries (OCI distribution-spec 1.1) and for a package index: keeps what is
// pushed in memory, verifies digests, and lists referrers itself or, like docker-registry 2.8,
// knows nothing of them. All hosts are one server. Any thread may ask; a sink
// may ask again.

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/digest.h"
#include "base/json.h"
#include "net/http.h"

namespace pedigree {

enum class ReferrersApi { Absent, Present };

class MemoryRegistry final : public net::Http {
  public:
    explicit MemoryRegistry(ReferrersApi api = ReferrersApi::Absent) : api_(api) {}

    struct Document {
        std::string type, bytes;
    };
    std::map<std::string, std::map<std::string, std::string>> blobs;  // repository, digest
    std::map<std::string, std::map<std::string, Document>> manifests; // repository, digest or tag
    std::map<std::string, Document> files;                            // other URLs, whole
    std::vector<std::string> calls;                                   // "GET https://host/path"
    std::string collected;          // the digest of a blob that goes when the next manifest comes
    bool refuses_artifacts = false; // as registries that want an image's configuration do
    std::map<std::string, int> statuses; // of calls that begin so, instead of an answer

    std::string add_blob(const std::string& repository, const std::string& bytes) {
        const std::string digest = sha256(bytes).text();
        blobs[repository][digest] = bytes;
        return digest;
    }
    Digest add_manifest(const std::string& repository, const std::string& bytes) {
        const Digest digest = sha256(bytes);
        manifests[repository][digest.text()] = {"application/vnd.oci.image.manifest.v1+json",
                                                bytes};
        return digest;
    }

    using net::Http::send;
    Result<net::Response> send(const net::Request& request, std::stop_token) override {
        const std::lock_guard held(one_at_a_time_);
        calls.push_back(request.method + " " + request.url);
        for (const auto& [beginning, status] : statuses) {
            if (calls.back().starts_with(beginning)) {
                return net::Response{status, {}, ""};
            }
        }
        if (const auto file = files.find(request.url); file != files.end()) {
            return deliver(request, file->second);
        }
        const std::size_t path = request.url.find("/v2/");
        if (path == std::string::npos) {
            return net::Response{404, {}, ""};
        }
        const std::string target = request.url.substr(path + 4);
        for (const char* kind : {"/manifests/", "/referrers/", "/blobs/uploads/", "/blobs/"}) {
            if (const std::size_t at = target.find(kind); at != std::string::npos) {
                return answer(request, kind, target.substr(0, at),
                              target.substr(at + std::string_view(kind).size()));
            }
        }
        return net::Response{404, {}, ""};
    }

  private:
    static Result<net::Response> deliver(const net::Request& request, const Document& document) {
        net::Response response{200, {{"Content-Type", document.type}}, ""};
        if (request.sink) {
            TRY(request.sink(document.bytes));
        } else if (request.method != "HEAD") {
            response.body = document.bytes;
        }
        return response;
    }

    Result<net::Response> answer(const net::Request& request, std::string_view kind,
                                 const std::string& repository, const std::string& reference) {
        if (kind == "/blobs/uploads/") {
            return upload(request, repository, reference);
        }
        if (kind == "/referrers/") {
            return referrers(request, repository, reference);
        }
        if (kind == "/manifests/" && request.method == "PUT") {
            return put_manifest(request, repository, reference);
        }
        if (kind == "/manifests/") {
            const auto found = manifests[repository].find(reference);
            return found == manifests[repository].end() ? net::Response{404, {}, ""}
                                                        : deliver(request, found->second);
        }
        const auto found = blobs[repository].find(reference);
        return found == blobs[repository].end()
                   ? net::Response{404, {}, ""}
                   : deliver(request, {"application/octet-stream", found->second});
    }

    Result<net::Response> upload(const net::Request& request, const std::string& repository,
                                 const std::string& reference) {
        if (request.method == "POST") {
            return net::Response{202, {{"Location", fmt::format("{}?state=1", ++uploads_)}}, ""};
        }
        std::string& begun = begun_[reference.substr(0, reference.find('?'))];
        std::string bytes = request.body;
        std::string piece(64 * 1024, '\0');
        while (request.body_source) {
            TRY(const std::size_t count, request.body_source(piece));
            if (count == 0) {
                break;
            }
            bytes.append(piece, 0, count);
        }
        if (request.method == "PATCH") {
            begun += bytes;
            return net::Response{202, {{"Location", reference}}, ""};
        }
        bytes = std::exchange(begun, "") + bytes;
        const bool named = reference.ends_with("digest=sha256%3A" + sha256(bytes).hex());
        add_blob(repository, bytes);
        return net::Response{named ? 201 : 400, {}, ""};
    }

    net::Response put_manifest(const net::Request& request, const std::string& repository,
                               const std::string& reference) {
        const Json document = Json::parse(request.body);
        blobs[repository].erase(std::exchange(collected, ""));
        if (refuses_artifacts && document.contains("artifactType")) {
            return {400, {}, R"({"errors":[{"code":"MANIFEST_INVALID"}]})"};
        }
        for (const Json& layer : at_path(document, {"layers"})) {
            if (!blobs[repository].contains(string_or(layer, "digest"))) {
                return {400, {}, R"({"errors":[{"code":"MANIFEST_BLOB_UNKNOWN"}]})"};
            }
        }
        const Document stored{request.headers.value_or("Content-Type", ""), request.body};
        manifests[repository][reference] = stored;
        manifests[repository][sha256(request.body).text()] = stored;
        net::Response response{201, {}, ""};
        const std::string subject = string_or(at_path(document, {"subject"}), "digest");
        if (api_ == ReferrersApi::Present && !subject.empty()) {
            response.headers.set("OCI-Subject", subject);
        }
        return response;
    }

    Result<net::Response> referrers(const net::Request& request, const std::string& repository,
                                    const std::string& subject) {
        if (api_ == ReferrersApi::Absent) {
            return net::Response{404, {}, "404 page not found"};
        }
        Json list = Json::array();
        for (const auto& [reference, manifest] : manifests[repository]) {
            const Json document = Json::parse(manifest.bytes);
            if (reference.starts_with("sha256:") &&
                string_or(at_path(document, {"subject"}), "digest") == subject) {
                list.push_back({{"mediaType", manifest.type},
                                {"digest", reference},
                                {"size", manifest.bytes.size()},
                                {"artifactType", string_or(document, "artifactType")}});
            }
        }
        const Json index{{"schemaVersion", 2}, {"manifests", list}};
        return deliver(request, {"application/vnd.oci.image.index.v1+json", index.dump()});
    }

    const ReferrersApi api_;
    std::recursive_mutex one_at_a_time_;
    int uploads_ = 0;
    std::map<std::string, std::string> begun_; // uploads in pieces
};

} // namespace pedigree
