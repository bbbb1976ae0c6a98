#include "cli/app/exit_code.h"

namespace pedigree::cli {

ExitCode exit_code_of(const Error& error) {
    switch (error.code) {
    case ErrorCode::InvalidInput:
    case ErrorCode::TooLarge:
        return ExitCode::InvalidInput;
    case ErrorCode::NotFound:
    case ErrorCode::Gone:
        return ExitCode::NotFound;
    case ErrorCode::Unauthorized:
    case ErrorCode::Forbidden:
        return ExitCode::NotAllowed;
    case ErrorCode::AlreadyExists:
    case ErrorCode::Conflict:
        return ExitCode::Conflict;
    case ErrorCode::TooMany:
    case ErrorCode::Timeout: // of one call; --timeout is judged by the command that has it
    case ErrorCode::Unavailable:
        return ExitCode::Unreachable;
    case ErrorCode::Corrupt:
        return ExitCode::NotVerified;
    case ErrorCode::Cancelled:
        return ExitCode::Interrupted;
    case ErrorCode::Internal:
        break;
    }
    return ExitCode::Failed;
}

} // namespace pedigree::cli
