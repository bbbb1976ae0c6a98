#include "records/run_key.h"

#include <fmt/format.h>

#include "base/digest.h"
#include "pipeline/spec/syntax.h"

namespace pedigree::records {
namespace {

constexpr std::size_t server_digits = 16;

// "https://MLflow.example.com/team/" -> "mlflow.example.com/team"
std::string address_of(std::string_view url) {
    const std::size_t scheme = url.find("://");
    const std::size_t path = scheme == url.npos ? url.npos : url.find('/', scheme + 3);
    std::string address = spec::host_of(url);
    address += path == url.npos ? std::string_view() : url.substr(path);
    address.erase(address.find_last_not_of('/') + 1);
    return address;
}

} // namespace

std::string run_key(std::string_view server, std::string_view run_id) {
    return std::string(run_id) + "@" + sha256(address_of(server)).hex().substr(0, server_digits);
}

std::string run_key_in_pod(std::size_t place, std::string_view pod_uid) {
    return fmt::format("files-{}-{}", place, pod_uid);
}

std::string_view run_id_of(std::string_view key) {
    const std::size_t at = key.rfind('@');
    const bool has_server = at != key.npos && key.size() - at - 1 == server_digits &&
                            key.find_first_not_of("0123456789abcdef", at + 1) == key.npos;
    return has_server ? key.substr(0, at) : key;
}

} // namespace pedigree::records
