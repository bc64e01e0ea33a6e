#include "harness/linux/terminal.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string_view>
#include <system_error>

namespace exitproof::sys {

namespace {

struct ModeBit {
  tcflag_t termios::*flags;
  tcflag_t bit;
  std::string_view words;
};

constexpr ModeBit mode_bits[] = {
    {&termios::c_lflag, ECHO, "echo"},
    {&termios::c_lflag, ICANON, "line editing (ICANON)"},
    {&termios::c_lflag, ISIG, "signal keys (ISIG)"},
    {&termios::c_lflag, IEXTEN, "extended input (IEXTEN)"},
    {&termios::c_iflag, ICRNL, "carriage return to newline on input (ICRNL)"},
    {&termios::c_iflag, IXON, "flow control (IXON)"},
    {&termios::c_oflag, OPOST, "output processing (OPOST)"},
    {&termios::c_oflag, ONLCR, "newline to carriage return on output (ONLCR)"},
};

[[noreturn]] void fail(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

void append(std::string& text, const std::string& part) {
  text += text.empty() ? part : ", " + part;
}

}  // namespace

Terminal::Terminal(UniqueFd master) : master_(std::move(master)) {
  if (::tcgetattr(master_.get(), &start_) != 0 || ::ioctl(master_.get(), TIOCGWINSZ, &start_size_) != 0) {
    fail("reading the terminal's modes");
  }
  ::fcntl(master_.get(), F_SETFL, O_NONBLOCK);
}

pid_t Terminal::foreground_group() const {
  return is_open() ? ::tcgetpgrp(master_.get()) : -1;
}

bool Terminal::makes_signals() const {
  termios now{};
  return is_open() && ::tcgetattr(master_.get(), &now) == 0 && (now.c_lflag & ISIG) != 0 && now.c_cc[VINTR] == '\x03';
}

bool Terminal::type(char byte) const {
  return is_open() && ::write(master_.get(), &byte, 1) == 1;
}

std::string Terminal::changes(int shared_flags) const {
  termios now{};
  winsize size{};
  std::string text;
  if (!is_open() || ::tcgetattr(master_.get(), &now) != 0 || ::ioctl(master_.get(), TIOCGWINSZ, &size) != 0) {
    return text;
  }
  for (const ModeBit& mode : mode_bits) {
    if (((now.*mode.flags ^ start_.*mode.flags) & mode.bit) != 0) {
      append(text, std::string(mode.words) + ((now.*mode.flags & mode.bit) != 0 ? " is on" : " is off"));
    }
  }
  const bool other = now.c_lflag != start_.c_lflag || now.c_iflag != start_.c_iflag || now.c_oflag != start_.c_oflag ||
                     now.c_cflag != start_.c_cflag || std::memcmp(now.c_cc, start_.c_cc, sizeof now.c_cc) != 0;
  if (text.empty() && other) {
    text = "its other modes differ";
  }
  if (size.ws_row != start_size_.ws_row || size.ws_col != start_size_.ws_col) {
    append(text, fmt::format("its size is {} rows of {} columns, not {} of {}", size.ws_row, size.ws_col,
                             start_size_.ws_row, start_size_.ws_col));
  }
  if ((shared_flags & O_NONBLOCK) != 0) {
    append(text, "non-blocking mode (O_NONBLOCK) is on");
  }
  return text;
}

UniqueFd open_controlling_terminal(UniqueFd& slave) {
  if (::setsid() < 0) {
    fail("setsid");
  }
  UniqueFd master(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
  if (!master.is_open() || ::grantpt(master.get()) != 0 || ::unlockpt(master.get()) != 0) {
    fail("opening a new terminal (/dev/ptmx)");
  }
  char name[128];
  if (::ptsname_r(master.get(), name, sizeof name) != 0) {
    fail("ptsname");
  }
  slave.reset(::open(name, O_RDWR | O_NOCTTY | O_CLOEXEC));
  if (!slave.is_open()) {
    fail("opening the terminal's subject side");
  }
  const winsize size{24, 80, 0, 0};
  ::ioctl(slave.get(), TIOCSWINSZ, &size);
  if (::ioctl(slave.get(), TIOCSCTTY, 0) != 0) {
    fail("making the terminal the controlling one");
  }
  return master;
}

}  // namespace exitproof::sys
