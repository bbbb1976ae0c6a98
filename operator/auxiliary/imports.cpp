#include "operator/auxiliary/imports.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "base/digest.h"
#include "base/json.h"
#include "operator/auxiliary/wheel_build.h"

namespace pedigree::control {
namespace {

constexpr const char* rules_version = "imports-1"; // another script may come to another result

// Not judged: what needs the driver of a GPU (the pod has none), a module that wants a file or ends
// the process (it looks for a login, say), folders of tests and examples that wheels leave behind
// by mistake, and the file system that TensorFlow requires as a package but has built in as well,
// which refuses to be there twice. What hangs is ended with a traceback of where it hung.
constexpr const char* imports_script = R"py(
import faulthandler, importlib, sys, traceback
from importlib import metadata

faulthandler.dump_traceback_later(int(sys.argv[1]), exit=True)
BYSTANDERS = {"test", "tests", "doc", "docs", "example", "examples", "benchmarks", "scripts",
              "tensorflow_io_gcs_filesystem"}

def modules(name):
    found = metadata.distribution(name)
    names = set((found.read_text("top_level.txt") or "").split())
    if not names:
        for path in found.files or []:
            if path.suffix in (".py", ".so"):
                names.add(path.parts[0] if len(path.parts) > 1 else path.name.split(".")[0])
    return sorted(each for each in names - BYSTANDERS if each.isidentifier() and each[0] != "_")

count = 0
for name in sys.argv[2:]:
    for module in modules(name):
        count += 1
        try:
            importlib.import_module(module)
        except (OSError, SystemExit) as problem:
            print(module, "of", name, "is not judged:", repr(problem), flush=True)
        except BaseException as problem:
            if isinstance(problem, ImportError) and ("libcuda" in str(problem) or "libnvidia" in str(problem)):
                print(module, "of", name, "is not judged:", problem, flush=True)
                continue
            traceback.print_exc()
            sys.exit("import %s, of %s, failed" % (module, name))
print("imported", count, "modules")
)py";

} // namespace

std::string imports_key(const records::work::BuildImageOutcome& built) {
    std::vector<std::string> wheels;
    for (const auto& wheel : built.wheels) {
        wheels.push_back(wheel.digest);
    }
    std::sort(wheels.begin(), wheels.end());
    return sha256(canonical_json(Json{
                      {"rules", rules_version}, {"base", built.base_digest}, {"wheels", wheels}}))
        .text();
}

std::vector<std::string> imports_command(const records::work::BuildImageOutcome& built) {
    std::vector<std::string> command{interpreter_of(built.base_inventory), "-c", imports_script,
                                     std::to_string(import_seconds_max)};
    for (const auto& wheel : built.wheels) {
        command.push_back(wheel.name);
    }
    return command;
}

} // namespace pedigree::control
