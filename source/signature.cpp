#include "source/signature.h"

#include <algorithm>
#include <array>
#include <utility>

namespace pedigree::source {

std::string_view signature_kind(std::string_view signature) {
    // gpg-interface.c of git
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kinds{
        {{"-----BEGIN PGP SIGNATURE-----", "openpgp"},
         {"-----BEGIN PGP MESSAGE-----", "openpgp"},
         {"-----BEGIN SIGNED MESSAGE-----", "x509"},
         {"-----BEGIN SSH SIGNATURE-----", "ssh"}}};
    const auto found = std::find_if(kinds.begin(), kinds.end(), [&](const auto& kind) {
        return signature.starts_with(kind.first);
    });
    return found != kinds.end() ? found->second : signature.empty() ? "" : "unknown";
}

} // namespace pedigree::source
