#include "worker/failure.h"

namespace pedigree::worker {
namespace {

bool mends_itself(ErrorCode code) {
    switch (code) {
    case ErrorCode::Timeout:
    case ErrorCode::Unavailable:
    case ErrorCode::TooMany:
    case ErrorCode::Cancelled:
    case ErrorCode::Gone:
    case ErrorCode::Internal:
        return true;
    default:
        return false;
    }
}

} // namespace

records::work::WorkFailure work_failure(const Error& error) {
    records::work::WorkFailure failure;
    failure.failure_class =
        mends_itself(error.code) ? FailureClass::Infrastructure : FailureClass::Configuration;
    failure.reason = error.reason.empty() ? std::string(to_string(error.code)) : error.reason;
    failure.message = error.message;
    failure.doubtful = prospect_of(error.code) == Prospect::Unknown;
    return failure;
}

} // namespace pedigree::worker
