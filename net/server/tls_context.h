#pragma once
// What TLS of a server needs, made of PEM texts: TLS 1.2 and newer; a client's certificate is asked
// for when a client CA is given, checked when it comes, and not demanded (who may do what without
// one is the handler's to say). Immutable once made; any thread.

#include <memory>

#include "net/http_server.h"

namespace boost::asio::ssl {
class context;
}

namespace pedigree::net {

// InvalidInput: a text is no certificate or key, or they do not belong together.
Result<std::shared_ptr<boost::asio::ssl::context>> tls_context(const ServerTls& tls);

} // namespace pedigree::net
