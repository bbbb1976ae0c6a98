#include "source/ssh_program.h"

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include <unistd.h>

namespace pedigree::source {

void become_ssh_if_asked(int argc, char** argv) {
    const char* configuration = std::getenv(ssh_configuration_variable);
    if (configuration == nullptr) {
        return;
    }
    std::string program = "/usr/bin/ssh", option = "-F", file = configuration;
    std::vector<char*> arguments{program.data(), option.data(), file.data()};
    arguments.insert(arguments.end(), argv + 1, argv + argc);
    arguments.push_back(nullptr);
    ::execv(program.c_str(), arguments.data());
    std::perror(program.c_str());
    std::_Exit(127);
}

} // namespace pedigree::source
