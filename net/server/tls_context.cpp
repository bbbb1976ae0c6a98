#include "net/server/tls_context.h"

#include <boost/asio/ssl/context.hpp>
#include <fmt/format.h>

namespace pedigree::net {

namespace asio = boost::asio;

Result<std::shared_ptr<asio::ssl::context>> tls_context(const ServerTls& tls) {
    auto context = std::make_shared<asio::ssl::context>(asio::ssl::context::tls_server);
    boost::system::error_code outcome;
    SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
    context->use_certificate_chain(asio::buffer(tls.certificate_pem), outcome);
    if (!outcome) {
        context->use_private_key(asio::buffer(tls.key_pem.reveal()), asio::ssl::context::pem,
                                 outcome);
    }
    if (!outcome && !tls.client_ca_pem.empty()) {
        context->add_certificate_authority(asio::buffer(tls.client_ca_pem), outcome);
        context->set_verify_mode(asio::ssl::verify_peer); // checked when given, not demanded
    }
    if (outcome) {
        return failure(ErrorCode::InvalidInput, fmt::format("the server's certificate, key or "
                                                            "client CA is not usable: {}",
                                                            outcome.message()));
    }
    return context;
}

} // namespace pedigree::net
