#include "base/failure_class.h"

namespace pedigree {

Words<FailureClass> words_of(FailureClass) {
    static constexpr Word<FailureClass> table[] = {
        {FailureClass::None, ""},
        {FailureClass::Infrastructure, "Infrastructure"},
        {FailureClass::OutOfMemory, "OutOfMemory"},
        {FailureClass::Configuration, "Configuration"},
        {FailureClass::UserCode, "UserCode"},
        {FailureClass::Deadline, "Deadline"},
        {FailureClass::Cancelled, "Cancelled"},
    };
    return table;
}

} // namespace pedigree
