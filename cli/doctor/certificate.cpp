#include "cli/doctor/certificate.h"

#include <ctime>

#include <openssl/pem.h>
#include <openssl/x509.h>

#include "base/owned.h"

namespace pedigree::cli {

namespace {

using ReadCertificate = Owned<X509, X509_free>;
using PemText = Owned<BIO, BIO_free>;

Result<Instant> instant_of(const ASN1_TIME* time) {
    std::tm parts{};
    if (ASN1_TIME_to_tm(time, &parts) != 1) {
        return failure(ErrorCode::Corrupt, "the certificate's time cannot be read");
    }
    return std::chrono::time_point_cast<std::chrono::microseconds>(
        std::chrono::system_clock::from_time_t(timegm(&parts)));
}

} // namespace

Result<Validity> validity_of(const std::string& pem) {
    const PemText memory(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    const ReadCertificate certificate(PEM_read_bio_X509(memory.get(), nullptr, nullptr, nullptr));
    if (!certificate) {
        return failure(ErrorCode::Corrupt, "there is no certificate that can be read");
    }
    TRY(const Instant begin, instant_of(X509_get0_notBefore(certificate.get())));
    TRY(const Instant end, instant_of(X509_get0_notAfter(certificate.get())));
    return Validity{begin, end};
}

} // namespace pedigree::cli
