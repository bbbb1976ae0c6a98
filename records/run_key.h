#pragma once
// What a tracker's run is called in the ledger. Its id is its server's: another server may use the
// same one, or be made to, so the key says whose it is:
//
//     "0f3a...@9c56cc51b374c3ba"   id, '@', the first 16 digits of the SHA-256 of the server's
//                                  address (without scheme, login and a '/' at its end)
//
// A run that no server knows, since the recorder read it from files of a pod, has the pod's uid and
// its place among those: "files-1-6f1c...". Its folder's name is a text of the user, which must not
// stand in a key. Records of before have the id alone. Pure.

#include <cstddef>
#include <string>
#include <string_view>

namespace pedigree::records {

// `server`: the tracker's URL, "https://mlflow.example.com/team/".
std::string run_key(std::string_view server, std::string_view run_id);
// `place` counts from 1.
std::string run_key_in_pod(std::size_t place, std::string_view pod_uid);
// The id in a key, of any form.
std::string_view run_id_of(std::string_view key);

// The same of column `key` in SQL; an index of lineage/migrations stands on this very text.
constexpr const char* run_id_sql = "regexp_replace(key, '@[0-9a-f]{16}$', '')";

} // namespace pedigree::records
