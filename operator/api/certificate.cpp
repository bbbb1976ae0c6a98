#include "operator/api/certificate.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include "base/owned.h"

namespace pedigree::control {
namespace {

using Key = Owned<EVP_PKEY, EVP_PKEY_free>;
using Certificate = Owned<X509, X509_free>;
using Memory = Owned<BIO, BIO_free>;
using Extension = Owned<X509_EXTENSION, X509_EXTENSION_free>;

std::string text_of(const Memory& memory) {
    char* data = nullptr;
    const long length = BIO_get_mem_data(memory.get(), &data);
    return {data, static_cast<std::size_t>(length)};
}

std::string pem_of(const Certificate& certificate) {
    const Memory memory(BIO_new(BIO_s_mem()));
    PEM_write_bio_X509(memory.get(), certificate.get());
    return text_of(memory);
}

std::string pem_of(const Key& key) {
    const Memory memory(BIO_new(BIO_s_mem()));
    PEM_write_bio_PrivateKey(memory.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    return text_of(memory);
}

bool extend(const Certificate& certificate, X509* issuer, int nid, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate.get(), nullptr, nullptr, 0);
    const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
    return extension && X509_add_ext(certificate.get(), extension.get(), -1) == 1;
}

// An unsigned certificate with a random serial number, valid from a little before now.
Certificate blank(const std::string& name, const Key& key, Instant now) {
    Certificate certificate(X509_new());
    X509_set_version(certificate.get(), 2);
    std::uint64_t serial = 0;
    RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial);
    ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate.get()), serial >> 1);
    const auto start = std::chrono::system_clock::to_time_t(now - std::chrono::minutes(5));
    const auto end = std::chrono::system_clock::to_time_t(now + certificate_lifetime);
    ASN1_TIME_set(X509_getm_notBefore(certificate.get()), start);
    ASN1_TIME_set(X509_getm_notAfter(certificate.get()), end);
    X509_set_pubkey(certificate.get(), key.get());
    X509_NAME* subject = X509_get_subject_name(certificate.get());
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
    return certificate;
}

} // namespace

Result<ServerIdentity> make_identity(const std::vector<std::string>& dns_names, Instant now) {
    const Key ca_key(EVP_EC_gen("P-256"));
    const Key key(EVP_EC_gen("P-256"));
    if (!ca_key || !key || dns_names.empty()) {
        return failure(ErrorCode::Internal, "cannot make keys for the operator's certificate");
    }
    const Certificate ca = blank("pedigree operator CA", ca_key, now);
    X509_set_issuer_name(ca.get(), X509_get_subject_name(ca.get()));
    const Certificate leaf = blank(dns_names.front(), key, now);
    X509_set_issuer_name(leaf.get(), X509_get_subject_name(ca.get()));
    std::string names;
    for (const std::string& name : dns_names) {
        names += (names.empty() ? "DNS:" : ",DNS:") + name;
    }
    const bool made = extend(ca, ca.get(), NID_basic_constraints, "critical,CA:TRUE,pathlen:0") &&
                      extend(ca, ca.get(), NID_key_usage, "critical,keyCertSign") &&
                      X509_sign(ca.get(), ca_key.get(), EVP_sha256()) > 0 &&
                      extend(leaf, ca.get(), NID_basic_constraints, "critical,CA:FALSE") &&
                      extend(leaf, ca.get(), NID_key_usage, "critical,digitalSignature") &&
                      extend(leaf, ca.get(), NID_ext_key_usage, "serverAuth") &&
                      extend(leaf, ca.get(), NID_subject_alt_name, names) &&
                      X509_sign(leaf.get(), ca_key.get(), EVP_sha256()) > 0;
    if (!made) {
        return failure(ErrorCode::Internal, "cannot sign the operator's certificate");
    }
    // The CA's key is dropped here: nobody can ever sign another certificate with it.
    return ServerIdentity{pem_of(ca), pem_of(leaf), Secret(pem_of(key))};
}

bool identity_serves(const ServerIdentity& identity, const std::string& dns_name, Instant now) {
    const std::string& pem = identity.certificate_pem;
    const Memory memory(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    const Certificate certificate(PEM_read_bio_X509(memory.get(), nullptr, nullptr, nullptr));
    if (!certificate || identity.key_pem.empty() || identity.ca_pem.empty()) {
        return false;
    }
    const std::time_t soon = std::chrono::system_clock::to_time_t(now + certificate_renewal);
    return X509_check_host(certificate.get(), dns_name.c_str(), dns_name.size(), 0, nullptr) == 1 &&
           X509_cmp_time(X509_get0_notAfter(certificate.get()), const_cast<std::time_t*>(&soon)) >
               0;
}

} // namespace pedigree::control
