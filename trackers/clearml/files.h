#pragma once
// The file server: the SDK POSTs files to {base}/files itself, as multipart/form-data, each under
// the path that it shall have, and stores {base}/files/<path, percent-encoded> as its address in
// the task, in artifacts, models and debug images. That address is gone with the pod: the record
// has the file's path below its store instead. Pure.

#include <optional>
#include <string>
#include <string_view>

#include "trackers/clearml/book.h"

namespace pedigree::trackers::clearml {

// Relative, with no empty part, "." or "..", no control character, at most clearml_name_bytes_max.
bool is_file_path(std::string_view path);

// The name of a part of an upload as the path of its file, or nothing. A slash before it is the
// SDK's way to write it.
std::optional<std::string> uploaded_path(std::string_view name);

// The path of a file of ours that such an address names: the whole address as the pod sees it.
std::optional<std::string> file_of(const Settings& settings, std::string_view address);

} // namespace pedigree::trackers::clearml
