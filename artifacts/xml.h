#pragma once
// read_xml: the elements of an XML document (XML 1.0, RFC 7303) as they end, with their place and
// their text, entities decoded. What a store answers came from somebody who may be hostile, so
// nothing in it can make us more than it is: a document type is refused (with it go all entities
// but the five that XML knows by itself), depth, number and text of elements are bounded, and a
// document is read to its end or not at all. Pure; any thread.
//
//     TRY(read_xml(body, [&](std::string_view place, std::string_view text) -> Status {
//         if (place == "ListBucketResult/Contents/Key") { ... }
//         return {};
//     }));

#include <functional>
#include <string_view>

#include "base/result.h"

namespace pedigree::artifacts {

constexpr std::size_t xml_bytes_max = 8 * 1024 * 1024;
constexpr int xml_depth_max = 16;
constexpr std::size_t xml_elements_max = 100'000;
constexpr std::size_t xml_text_bytes_max = 64 * 1024; // of one element; a key has at most 1,024

// `place` is the names from the root on, without prefixes of namespaces ("Error/Code"); `text` is
// what stands directly in the element. An error of the handler's ends the reading with it.
using XmlHandler = std::function<Status(std::string_view place, std::string_view text)>;

// TooLarge: above a limit, which is named. Corrupt: not well-formed, or with a document type.
Status read_xml(std::string_view document, const XmlHandler& handler);

std::string xml_escape(std::string_view text);

} // namespace pedigree::artifacts
