#pragma once
// The Pythons of a base image: which one a command would start, which release it is, and where pip
// of it would install to. As the kernel and execvp(3) follow paths, for a pod's user, who is not
// root. Pure; borrows the files.
//
//     const Interpreters interpreters(files, search_path(config));
//     if (const auto python = interpreters.first(closed)) scheme = interpreters.scheme_of(*python);

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/json.h"
#include "imagebuild/inventory/base_files.h"
#include "imagebuild/inventory/inventory.h"

namespace pedigree::imagebuild {

// The folders of PATH in an image's configuration, or of the one that a runtime sets without.
std::vector<std::string> search_path(const Json& config);

class Interpreters {
  public:
    struct Interpreter {
        std::string path;         // "/usr/bin/python3"
        int minor = 0;            // of 3.x
        std::optional<int> patch; // nothing: the program does not say it clearly
    };

    // `files` outlives this.
    Interpreters(const BaseFiles& files, std::vector<std::string> folders)
        : files_(files), folders_(std::move(folders)) {}

    // What "python3", else "python", would start. `closed`: the folder for which one was passed
    // over, if none was found behind it.
    std::optional<Interpreter> first(std::string& closed) const;
    // The site folder of every Python that a command may name, by name and by path. The first on
    // PATH has the name.
    std::map<std::string, std::string> sites() const;
    // The names that a command may begin with: of the programs in PATH's folders that a pod's user
    // may start. Nothing where PATH has a folder whose programs are not known.
    std::optional<std::set<std::string>> programs() const;
    // Where pip of that Python would install to (sysconfig; Debian's own is patched).
    InstallScheme scheme_of(const Interpreter& interpreter) const;

  private:
    std::string closed_on_the_way_to(const std::string& path) const;
    std::optional<Interpreter> at(const std::string& path) const;
    std::optional<int> minor_of(const std::string& real) const;
    std::optional<int> patch_of(const std::string& real, int minor) const;

    const BaseFiles& files_;
    std::vector<std::string> folders_;
};

} // namespace pedigree::imagebuild
