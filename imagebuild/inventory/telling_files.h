#pragma once
// Which files of a base image say something about its Python and what is installed, by their path
// alone, and what is kept of each. Paths are a layer's: no '/' at the front. Pure.

#include <cstddef>
#include <string>
#include <string_view>

namespace pedigree::imagebuild {

// The site folder that the path lies below ("usr/lib/python3/dist-packages"), or nothing.
std::string_view site_of(std::string_view path);

// Of an installed distribution: name, version, requirements.
bool is_metadata(std::string_view path);
bool is_libc(std::string_view path);
// A Python, or what would be one by its name.
bool is_python(std::string_view path);
// "python", "python3", "python3.11".
bool is_interpreter_name(std::string_view name);
// In a folder where programs lie, as far as its name says ("bin", "sbin").
bool is_program(std::string_view path);
bool is_program_folder(std::string_view folder);
// Of the code tree that an image of ours already carries.
bool is_code(std::string_view path);
// One of these, or of the others whose being there counts.
bool is_telling(std::string_view path);

// How much of the file has to be read; 0: nothing.
std::size_t telling_bytes_max(std::string_view path);
// What is kept of what was read: of metadata all, of a libc or a Python its releases.
std::string telling_text(std::string_view path, std::string_view content);

// The number that the text begins with; 0 without one.
int number_of(std::string_view text);

} // namespace pedigree::imagebuild
