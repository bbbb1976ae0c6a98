#pragma once
// The end of an HParams session, told truly. TensorBoard takes the first end that stands in a
// folder: Keras' callback writes SUCCESS when fit() is over, and what fails behind it can never say
// so; a script that is killed writes none, and shows as STATUS_UNKNOWN for ever. So the copy that
// TensorBoard reads is the script's files without its own end, and one file more, which says how
// the attempt ended. The protocol is in event.h. Pure.

#include <cstdint>
#include <string>
#include <string_view>

namespace pedigree::trackers::tensorboard {

// The bytes of an event file without the records that are the end of a session and nothing else.
// What cannot be read stays where it is.
std::string without_session_end(std::string_view file);

enum class SessionStatus { Success = 1, Failure = 2 };
// A whole event file. `seconds` since 1970: when it ended.
std::string session_end_file(SessionStatus status, double seconds);

// Its name sorts behind those of writers, which begin with their time: what TensorBoard reads last.
constexpr const char* session_end_name = "events.out.tfevents.9999999999.pedigree.hparams";

} // namespace pedigree::trackers::tensorboard
