#pragma once
// The init container: brings and checks the inputs, installs the launcher and the parameters for
// the training container, and asks MLflow as the pod will. All within prepareSeconds. A failure is
// written as a termination message whose class says whether the user must mend something
// (Configuration) or it may be tried again (Infrastructure).

#include "recorder/settings.h"
#include "records/pod/bundle.h"

namespace pedigree::recorder {

Status prepare(const Settings& settings);

// How a failed preparation is shown. Pure.
records::pod::Termination preparation_failure(const Error& error);

} // namespace pedigree::recorder
