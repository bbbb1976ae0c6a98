#pragma once
// pip as a resolver: asked what it would install for a Python that is not its own, it installs
// nothing. It runs as a child with its own configuration of indexes, and none of the user's other
// settings, which could make it install elsewhere or leave out dependencies. One thread.

#include <filesystem>
#include <functional>
#include <map>
#include <stop_token>
#include <string>
#include <variant>
#include <vector>

#include "cli/image/pip_answer.h"
#include "imagebuild/wheel/wheel_name.h"

namespace pedigree::cli {

// What pip sees of an environment: where things are, how to reach an index, whom to trust.
std::map<std::string, std::string>
pip_environment(const std::map<std::string, std::string>& environment);

struct PipPlaces {
    std::filesystem::path python;  // absolute; pip is a module of it
    std::filesystem::path scratch; // exists
    std::map<std::string, std::string> environment;
    std::function<void(std::string_view line)> progress;
    std::stop_token stop;
};

class Pip {
  public:
    // Borrows `places` for its life.
    explicit Pip(const PipPlaces& places) : places_(places) {}

    using Answer = std::variant<std::vector<ResolvedFile>, PipRefusal>;

    struct Wanted {
        std::filesystem::path requirements, constraints;
        std::filesystem::path wheels; // a folder that is looked at besides the indexes
        imagebuild::TargetPython python;
    };
    // Wheels alone, as they fit the target, with the markers that hold there. What is not known of
    // the target (its patch release) no marker may ask for: LockInvalid.
    Result<Answer> resolve(const Wanted& wanted);
    // The newest source distribution that meets the requirement ("pathtools>=0.1"), and what it
    // says it needs. Its build runs here, as with every installation by pip.
    Result<Answer> find_source(const std::string& requirement);

  private:
    // `program`: what Python is told to run before the arguments of pip.
    Result<Answer> run(std::vector<std::string> program, std::vector<std::string> arguments);

    const PipPlaces& places_;
};

} // namespace pedigree::cli
