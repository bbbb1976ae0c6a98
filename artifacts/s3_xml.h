#pragma once
// What pedigree reads of S3's XML answers (AWS S3 API 2006-03-01: ListObjectsV2, errors,
// CreateMultipartUpload, CompleteMultipartUpload). Elements that are not named here are passed
// over, as stores have some of their own. Pure; any thread.

#include <string>
#include <vector>

#include "artifacts/s3.h"

namespace pedigree::artifacts {

struct ListPage {
    std::vector<ObjectSize> objects;
    std::string continuation; // of the next page; empty: this was the last
};
// Keys are decoded if the store says that it encoded them (EncodingType), as a form is: "+" is a
// space, "%2B" a plus. Corrupt: no such answer, an object without a key or a size, or a page that
// is said to be cut without a way to go on.
Result<ListPage> list_page_from(const std::string& document);

// The store's own word for what went wrong ("NoSuchKey"); "" if the answer has none.
std::string error_code_in(const std::string& document);
// Corrupt: there is none.
Result<std::string> upload_id_from(const std::string& document);

} // namespace pedigree::artifacts
