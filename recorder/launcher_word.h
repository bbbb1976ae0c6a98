#pragma once
// The launcher's report as the record takes it. The file lies where the script can write too, so
// what it says is the word of user code, and whatever stands in it is made to fit: texts are valid
// UTF-8 and bounded, times are times, lists are short. Pure.

#include "records/pod/bundle.h"

namespace pedigree::recorder {

records::pod::LauncherReport cleaned(records::pod::LauncherReport report);

} // namespace pedigree::recorder
