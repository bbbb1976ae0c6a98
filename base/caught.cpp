#include "base/caught.h"

#include <exception>
#include <new>
#include <string>

namespace pedigree {

Error error_of_exception() {
    try {
        throw;
    } catch (const std::bad_alloc&) {
        Error error(ErrorCode::TooLarge, "there is not enough memory for it");
        error.reason = memory_exceeded;
        return error;
    } catch (const std::exception& exception) {
        return Error(ErrorCode::Internal, std::string("unexpected: ") + exception.what());
    } catch (...) {
        return Error(ErrorCode::Internal, "unexpected: an exception without words");
    }
}

} // namespace pedigree
