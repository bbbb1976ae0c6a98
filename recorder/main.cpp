#include <cstdio>
#include <string>
#include <vector>

#include "base/log.h"
#include "recorder/healthy.h"
#include "recorder/prepare.h"
#include "recorder/record.h"
#include "recorder/settings.h"
#include "records/pod/paths.h"

namespace {

using namespace pedigree;

constexpr const char* usage =
    "pedigree-recorder prepare | record | healthy [--root DIR] [--port N]\n"
    "runs in a training pod, configured by PEDIGREE_POD\n";

int finish(const Status& outcome) {
    if (!outcome) {
        log_error(outcome.error().message,
                  {{"code", to_string(outcome.error().code)}, {"reason", outcome.error().reason}});
    }
    return outcome ? 0 : 1;
}

// The probe needs no configuration.
int probe(const std::vector<std::string>& arguments) {
    const bool given = arguments.size() == 2 && arguments.front() == "--port";
    const int port = given ? std::atoi(arguments.back().c_str()) : records::pod::mlflow_port;
    return finish(recorder::healthy(static_cast<std::uint16_t>(port)));
}

} // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    const std::string command = arguments.empty() ? "" : arguments.front();
    const std::vector<std::string> rest(arguments.begin() + (arguments.empty() ? 0 : 1),
                                        arguments.end());
    if (command == "--version") {
        std::puts("pedigree-recorder " PEDIGREE_VERSION);
        return 0;
    }
    if (command == "healthy") {
        return probe(rest);
    }
    if (command != "prepare" && command != "record") {
        std::fputs(usage, stderr);
        return 2;
    }
    const auto settings = recorder::read_settings(rest);
    if (!settings) {
        return finish(tl::unexpected<Error>(settings.error()));
    }
    return finish(command == "prepare" ? recorder::prepare(*settings)
                                       : recorder::record(*settings));
}
