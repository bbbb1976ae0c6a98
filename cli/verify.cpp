#include "cli/verify.h"

#include <cstdlib>
#include <system_error>

#include <nlohmann/json.hpp>
#include <stdlib.h>

#include "base/file.h"
#include "cli/documents.h"
#include "net/http_client.h"

namespace pedigree::cli {

namespace {

// Removed with all that was fetched and made.
class ScratchFolder {
  public:
    static Result<ScratchFolder> make() {
        std::string pattern =
            (std::filesystem::temp_directory_path() / "pedigree-verify-XXXXXX").string();
        if (::mkdtemp(pattern.data()) == nullptr) {
            return failure(ErrorCode::Unavailable,
                           "cannot make the folder " + pattern + "; set TMPDIR to another place");
        }
        return ScratchFolder(pattern);
    }
    ~ScratchFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    ScratchFolder(ScratchFolder&& other) noexcept : path_(std::exchange(other.path_, "")) {}
    ScratchFolder& operator=(ScratchFolder&&) = delete;

    const std::filesystem::path& path() const { return path_; }

  private:
    explicit ScratchFolder(std::filesystem::path path) : path_(std::move(path)) {}
    std::filesystem::path path_;
};

std::string variable(const char* name) {
    const char* value = std::getenv(name);
    return value != nullptr ? value : "";
}

// Where `skopeo login` and `docker login` leave what they were told.
Result<std::string> registry_logins() {
    std::filesystem::path file = variable("REGISTRY_AUTH_FILE");
    if (file.empty()) {
        const std::string folder = variable("DOCKER_CONFIG");
        file = folder.empty() ? variable("HOME") + "/.docker/config.json" : folder + "/config.json";
    }
    auto text = read_file(file);
    return !text && text.error().code == ErrorCode::NotFound ? Result<std::string>("") : text;
}

} // namespace

Result<ExitCode> perform(const VerifyOptions& options, std::stop_token stop, Terminal& terminal) {
    std::string ca_pem;
    if (!options.ca_file.empty()) {
        TRY(ca_pem, read_file(options.ca_file));
    }
    TRY(const std::string logins, registry_logins());
    TRY(const ScratchFolder scratch, ScratchFolder::make());
    net::HttpClient http({.ca_pem = ca_pem});
    TRY(const Verification verification,
        verify_image(options, {http, logins, ca_pem, scratch.path(), stop}, terminal));
    if (options.format == Format::Json) {
        terminal.out << document_text(verification_json(verification), Format::Json);
    } else {
        terminal.out << verification_table(verification, terminal.out_coloured);
    }
    return verification.agrees() ? ExitCode::Ok : ExitCode::NotVerified;
}

} // namespace pedigree::cli
