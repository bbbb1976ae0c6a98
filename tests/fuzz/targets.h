#pragma once
// What reads bytes from outside, each as a function that takes any bytes and must come back:
// without a crash, a sanitizer's report, a leak, or a broken property. libFuzzer feeds them (preset
// "fuzz", tests/fuzz/run); the default tests replay the inputs kept in tests/cases/fuzz/<name>.

#include <cstdlib>
#include <string_view>

namespace pedigree::fuzz {

void challenge(std::string_view input); // Www-Authenticate
void clearml(std::string_view input);   // a call of ClearML's SDK, or an upload
void events(std::string_view input);    // an event file of TensorBoard
void lock(std::string_view input);      // requirements.txt
void manifest(std::string_view input);  // a manifest; behind a line "=" a configuration
void marker(std::string_view input);    // PEP 508
void metadata(std::string_view input);  // METADATA, entry_points.txt, a wheel's file name
void object(std::string_view input);    // git's commits and trees
void page(std::string_view input);      // a package index, HTML or JSON
void pylock(std::string_view input);    // PEP 751
void record(std::string_view input);    // RECORD
void tar(std::string_view input);       // a layer of a base image
void wandb(std::string_view input);     // a .wandb file, or a call of W&B's SDK
void words(std::string_view input);     // refs, URLs and paths of a source, git's error output
void zip(std::string_view input);       // a whole archive

// A property that holds for every input.
inline void require(bool holds) {
    if (!holds) {
        std::abort();
    }
}

} // namespace pedigree::fuzz
