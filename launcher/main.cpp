#include <cstdio>

#include "launcher/options.h"
#include "launcher/supervise.h"

int main(int argc, char** argv) {
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    if (arguments.size() == 1 && arguments.front() == "--version") {
        std::puts("pedigree-launch " PEDIGREE_VERSION);
        return 0;
    }
    auto options = pedigree::launcher::parse_options(arguments);
    if (!options) {
        std::fprintf(stderr, "pedigree-launch: %s\n", options.error().message.c_str());
        return 2;
    }
    return pedigree::launcher::Supervisor(std::move(*options)).run();
}
