#pragma once
// The small grammars of an Experiment's strings. Each function decides one CEL rule of the CRD in
// the same way (tests/cases/spec holds both to it). Pure; linear in the text.

#include <string>
#include <string_view>

namespace pedigree::spec {

std::size_t code_points(std::string_view text); // what maxLength counts

bool is_dns_label(std::string_view text);   // [a-z0-9]([-a-z0-9]*[a-z0-9])?
bool is_secret_name(std::string_view text); // the same with dots
bool is_label_value(std::string_view text); // may be empty
bool is_git_ref(std::string_view text);
bool is_commit_id(std::string_view text); // 40 lower-case hex digits
bool is_parameter_name(std::string_view text);
// How a parameter becomes arguments: --batch_size, -b, --batch_size=; a switch, --augment? or
// --augment/--no-augment; a list, --layers...; an override as Hydra has it, optimizer.lr= with "+"
// or "++" before it.
bool is_option(std::string_view text);
bool is_switch(std::string_view text); // of a text that is an option
bool is_environment_name(std::string_view text);
bool is_reserved_environment_name(std::string_view text);

bool is_git_url(std::string_view text);           // https or ssh, with a path, without query
bool is_http_or_https_url(std::string_view text); // without query and fragment
bool is_input_uri(std::string_view text);
bool has_user_information(std::string_view url);
bool has_git_user_information(std::string_view url); // beyond the login name of an ssh URL
bool has_signed_query(std::string_view url);
// The host of a URL, with the port if there is one, in lower case; empty if there is none.
std::string host_of(std::string_view url);
// Whether a Secret's annotation pedigree.dev/hosts, a list of HOST[:PORT], names what host_of gave.
// A host without a port stands for each of its ports.
bool names_host(std::string_view annotation, std::string_view host);

// Empty if every segment of the relative path is plain; else the first that is not ("<empty>" for
// an empty one).
std::string bad_segment(std::string_view relative_path);
bool has_dot_segment(std::string_view uri); // after the scheme; "%2e" counts
bool is_mount_path(std::string_view text);
bool lies_inside(std::string_view path, std::string_view folder);

} // namespace pedigree::spec
