#include "tests/unit/net/certificates.h"

#include <memory>

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

namespace pedigree::net {
namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using X509Pointer = std::unique_ptr<X509, decltype(&X509_free)>;

template <typename Write>
std::string pem_of(Write write) {
    const std::unique_ptr<BIO, decltype(&BIO_free)> out(BIO_new(BIO_s_mem()), BIO_free);
    write(out.get());
    char* text = nullptr;
    const long length = BIO_get_mem_data(out.get(), &text);
    return {text, static_cast<std::size_t>(length)};
}

template <typename Read>
auto read_pem(const std::string& pem, Read read) {
    const std::unique_ptr<BIO, decltype(&BIO_free)> in(
        BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free);
    return read(in.get());
}

void extend(X509* certificate, X509* issuer, int kind, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
}

X509Pointer blank(const std::string& common_name, EVP_PKEY* key) {
    X509Pointer certificate(X509_new(), X509_free);
    X509_set_version(certificate.get(), 2);
    unsigned serial = 0;
    RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial);
    ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate.get()), serial);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -60);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
    X509_set_pubkey(certificate.get(), key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(common_name.c_str()), -1, -1,
                               0);
    return certificate;
}

Certificate print(X509* certificate, EVP_PKEY* key) {
    return {pem_of([&](BIO* out) { PEM_write_bio_X509(out, certificate); }), pem_of([&](BIO* out) {
                PEM_write_bio_PrivateKey(out, key, nullptr, nullptr, 0, nullptr, nullptr);
            })};
}

} // namespace

Certificate make_authority(const std::string& common_name) {
    const Key key(EVP_EC_gen("P-256"), EVP_PKEY_free);
    const auto certificate = blank(common_name, key.get());
    X509_set_issuer_name(certificate.get(), X509_get_subject_name(certificate.get()));
    extend(certificate.get(), certificate.get(), NID_basic_constraints, "critical,CA:TRUE");
    extend(certificate.get(), certificate.get(), NID_key_usage, "critical,keyCertSign,cRLSign");
    X509_sign(certificate.get(), key.get(), EVP_sha256());
    return print(certificate.get(), key.get());
}

Certificate make_leaf(const Certificate& authority, const std::string& common_name,
                      const std::string& address) {
    const X509Pointer issuer(
        read_pem(authority.certificate_pem,
                 [](BIO* in) { return PEM_read_bio_X509(in, nullptr, nullptr, nullptr); }),
        X509_free);
    const Key issuer_key(
        read_pem(authority.key_pem,
                 [](BIO* in) { return PEM_read_bio_PrivateKey(in, nullptr, nullptr, nullptr); }),
        EVP_PKEY_free);
    const Key key(EVP_EC_gen("P-256"), EVP_PKEY_free);
    const auto certificate = blank(common_name, key.get());
    X509_set_issuer_name(certificate.get(), X509_get_subject_name(issuer.get()));
    if (!address.empty()) {
        extend(certificate.get(), issuer.get(), NID_subject_alt_name, "IP:" + address);
    }
    X509_sign(certificate.get(), issuer_key.get(), EVP_sha256());
    return print(certificate.get(), key.get());
}

} // namespace pedigree::net
