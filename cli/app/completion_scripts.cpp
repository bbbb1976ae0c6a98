// The scripts ask `pedigree __complete WORD...`, which prints one candidate a line and at the end
// ":4" (only these) or ":0" (names of files as well): the convention of cobra, so that kubectl can
// ask for its plugin in the same way.

#include <array>
#include <utility>

#include "cli/app/complete.h"

namespace pedigree::cli {

namespace {

// bash cuts words at the characters of COMP_WORDBREAKS, "=" and ":" among them, and replaces only
// what stands behind the last one. So the words are read from the line itself, and of a candidate
// what stands before the last of these characters in the word being typed is taken away again.
constexpr const char* bash_script =
    R"(# Completion of pedigree for bash: source <(pedigree completion bash)
_pedigree() {
    local line="${COMP_LINE:0:COMP_POINT}" words lines last typed="" cut
    read -ra words <<< "$line"
    [[ "$line" == *[[:space:]] ]] && words+=("")
    typed="${words[-1]}"
    mapfile -t lines < <(pedigree __complete "${words[@]:1}" 2>/dev/null)
    [ "${#lines[@]}" -gt 0 ] || return 0
    last="${lines[-1]}"
    unset 'lines[-1]'
    if [ "$last" = ":0" ]; then
        compopt -o filenames 2>/dev/null
        mapfile -O "${#lines[@]}" -t lines < <(compgen -f -- "$typed")
    fi
    cut="${typed%"${typed##*[=:]}"}"
    COMPREPLY=("${lines[@]#"$cut"}")
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

constexpr std::array<std::pair<std::string_view, const char*>, 4> scripts{
    {{"bash", bash_script},
     {"zsh", zsh_script},
     {"fish", fish_script},
     {"kubectl", kubectl_script}}};

} // namespace

std::string completion_script(std::string_view shell) {
    for (const auto& [name, script] : scripts) {
        if (name == shell) {
            return script;
        }
    }
    return "";
}

std::vector<std::string> completed_shells() {
    std::vector<std::string> names;
    for (const auto& [name, script] : scripts) {
        names.emplace_back(name);
    }
    return names;
}

} // namespace pedigree::cli
