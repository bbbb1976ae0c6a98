#pragma once
// Screen: the door between what others wrote and a terminal. Whatever a command prints passes it
// when standard output or error is a terminal, so that no name, message, document or log line can
// move the cursor, retitle the window or hide text; into a file or a pipe go the bytes as they are.
//
//     Screen screen(*std::cout.rdbuf());
//     std::ostream out(&screen);
//     out << "\033]0;owned\007";   // shows \x1b]0;owned\x07
//
// Our own colours pass (terminal.h), and so they do for others: harmless. A carriage return begins
// a new line, as the progress bars of trainings have it, instead of writing over the old one.
// One thread at a time, like the stream behind it.

#include <optional>
#include <ostream>
#include <streambuf>
#include <string>
#include <string_view>

namespace pedigree::cli {

// What a screen shows of bytes that arrive cut anywhere. Pure.
class ScreenText {
  public:
    std::string shown(std::string_view bytes);
    std::string end(); // of what was held back at the end: a character or a sequence cut short

  private:
    std::string held_;
};

class Screen final : public std::streambuf {
  public:
    // Borrowed.
    explicit Screen(std::streambuf& behind) : behind_(behind) {}
    ~Screen() override;

  protected:
    std::streamsize xsputn(const char* bytes, std::streamsize count) override;
    int_type overflow(int_type byte) override;
    int sync() override;

  private:
    bool pass(std::string_view text);

    std::streambuf& behind_;
    ScreenText text_;
};

// Puts a Screen into a stream that writes to a terminal, as long as it lives.
class ScreenDoor {
  public:
    ScreenDoor(std::ostream& stream, int descriptor);
    ~ScreenDoor();
    ScreenDoor(const ScreenDoor&) = delete;
    ScreenDoor& operator=(const ScreenDoor&) = delete;

  private:
    std::ostream& stream_;
    std::streambuf* behind_ = nullptr; // none: it is no terminal
    std::optional<Screen> screen_;
};

} // namespace pedigree::cli
