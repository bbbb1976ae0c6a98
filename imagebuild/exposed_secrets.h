#pragma once
// Secrets that an image would hand to everybody who may pull it, as far as names show them. They
// are warned of and nothing is left out: the image holds the commit's tree and the base as they
// are, since a tree without a file would be another one than the record names.
//
// A value is only asked whether it is there, and never said: a warning is recorded for years. Pure.

#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"

namespace pedigree::imagebuild {

constexpr std::size_t exposed_shown_max = 5; // of one warning

// By its name a file for secrets: ".env", "config/.env.production", "id_ed25519", ".netrc",
// "credentials.json". Not the samples that a repository shows on purpose (".env.example").
bool is_secret_file(std::string_view path);

// A sentence about those of the code's files, relative to the working directory; empty: none.
std::string secret_files_warning(const std::vector<std::string>& paths);

// The same about the names of variables in an image's configuration (OCI image-spec, config.md), in
// `config.Env` and in the commands of `history`, where a Dockerfile's ARG and RUN leave theirs.
std::string secret_variables_warning(const Json& image_config);

} // namespace pedigree::imagebuild
