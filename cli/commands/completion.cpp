// The scripts ask `pedigree __complete WORD...`, which prints one candidate a line and at the end
// ":4" (only these) or ":0" (names of files as well): the convention of cobra, so that kubectl can
// ask for its plugin in the same way.

#include <fmt/format.h>

#include "cli/app/complete.h"
#include "cli/commands/commands.h"

namespace pedigree::cli {

namespace {

constexpr const char* bash_script =
    R"(# Completion of pedigree for bash: source <(pedigree completion bash)
_pedigree() {
    local lines last
    mapfile -t lines < <(pedigree __complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
    [ "${#lines[@]}" -gt 0 ] || return 0
    last="${lines[-1]}"
    unset 'lines[-1]'
    local typed="${COMP_WORDS[COMP_CWORD]}"
    COMPREPLY=("${lines[@]}")
    if [ "$last" = ":0" ]; then
        compopt -o filenames
        mapfile -O "${#COMPREPLY[@]}" -t COMPREPLY < <(compgen -f -- "$typed")
    fi
}
complete -F _pedigree pedigree
)";

constexpr const char* zsh_script = R"(#compdef pedigree
# Completion of pedigree for zsh: source <(pedigree completion zsh)
_pedigree() {
    local -a lines
    lines=("${(@f)$(pedigree __complete "${(@)words[2,CURRENT]}" 2>/dev/null)}")
    (( ${#lines} )) || return 0
    local last="${lines[-1]}"
    lines=("${(@)lines[1,-2]}")
    compadd -- "${lines[@]}"
    [[ "$last" == ":0" ]] && _files
}
compdef _pedigree pedigree
)";

constexpr const char* fish_script =
    R"(# Completion of pedigree for fish: pedigree completion fish | source
function __pedigree_complete
    set -l words (commandline -opc) (commandline -ct)
    set -l lines (pedigree __complete $words[2..-1] 2>/dev/null)
    test (count $lines) -gt 0; or return
    for line in $lines[1..-2]
        echo $line
    end
    if test "$lines[-1]" = ":0"
        __fish_complete_path (commandline -ct)
    end
end
complete -c pedigree -f -a '(__pedigree_complete)'
)";

constexpr const char* kubectl_script = R"(#!/bin/sh
# Completion of `kubectl pedigree`: save as kubectl_complete-pedigree, executable, on the PATH.
exec kubectl-pedigree __complete "$@"
)";

} // namespace

std::string completion_script(const std::string& shell) {
    return shell == "bash"      ? bash_script
           : shell == "zsh"     ? zsh_script
           : shell == "fish"    ? fish_script
           : shell == "kubectl" ? kubectl_script
                                : "";
}

Result<ExitCode> perform(const CompletionOptions& options, Terminal& terminal) {
    terminal.out << completion_script(options.shell);
    return ExitCode::Ok;
}

} // namespace pedigree::cli
