#pragma once
// The door for text that somebody else wrote: a script's last line, a server's error, a name out
// of an archive. Such bytes may be cut inside a character, hold a NUL, or move a terminal's cursor;
// PostgreSQL refuses the first two (SQLSTATE 22021), a JSON library throws on the first, a person
// is deceived by the third. What is kept, shown, logged or sent on passes here once:
//
//     status.message = clean_text(last_line, 200);       // for people: one line, controls shown
//     parameter.value = text_front(valid_utf8(v), 6000); // for a machine: a prefix, nothing added
//
// All pure; bytes are counted, never characters. Unicode 15, table 3-7 (well-formed UTF-8).

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace pedigree {

// The character at the front of a text that is not empty. Where there is none (a stray
// continuation, an overlong form, a surrogate, a character cut short), `valid` is false and `bytes`
// says how much one U+FFFD stands for: the longest beginning of a character, at least 1.
struct Character {
    std::uint32_t code = 0;
    std::size_t bytes = 1;
    bool valid = false;
};
Character first_character(std::string_view text);

bool is_utf8(std::string_view bytes);
// What is no UTF-8 becomes U+FFFD; all else stays, NUL and controls too.
std::string valid_utf8(std::string_view bytes);

// C0, DEL and C1 controls, line separators, and the marks that reorder or hide what stands beside
// them (Unicode's bidirectional controls, zero-width space, byte order mark).
bool is_control(std::uint32_t code);

enum class Lines { Show, Keep }; // Keep: line feeds and tabs stay what they are

// Valid UTF-8 without NUL, of at most `bytes_max` bytes. Controls are shown ("\n", "\x1b",
// "\u202e"; a backslash stays one, so this is for reading, not for undoing). What was cut ends in
// "..." at the end of a character. Cleaning what is clean changes nothing.
std::string clean_text(std::string_view bytes, std::size_t bytes_max, Lines lines = Lines::Show);

// The longest beginning, or end, of at most `bytes_max` bytes that cuts no character. Borrows.
std::string_view text_front(std::string_view text, std::size_t bytes_max);
std::string_view text_back(std::string_view text, std::size_t bytes_max);

} // namespace pedigree
