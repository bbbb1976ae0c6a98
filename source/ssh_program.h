#pragma once
// Stands between git and ssh. git starts the program that GIT_SSH names without a shell, but
// without options as well; with options, it would ask a shell. So a program that downloads over ssh
// names itself there, and becomes ssh with our configuration when git starts it.

namespace pedigree::source {

constexpr const char* ssh_configuration_variable = "PEDIGREE_SSH_CONFIGURATION";

// To be called first in main. Returns if git did not start this process; else it becomes ssh.
void become_ssh_if_asked(int argc, char** argv);

} // namespace pedigree::source
