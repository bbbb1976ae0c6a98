#pragma once
// The few elements of S3's XML answers that pedigree reads: flat, without attributes that matter.
// Not a validating parser: what is not found is empty. Pure.

#include <string>
#include <string_view>
#include <vector>

namespace pedigree::artifacts {

// The texts between <name ...> and </name>, entities still encoded. Elements of the same name do
// not nest in S3's answers.
std::vector<std::string_view> xml_elements(std::string_view document, std::string_view name);
// The first one's text, entities decoded; "" without one.
std::string xml_text(std::string_view document, std::string_view name);
std::string xml_unescape(std::string_view text);
std::string xml_escape(std::string_view text);

} // namespace pedigree::artifacts
