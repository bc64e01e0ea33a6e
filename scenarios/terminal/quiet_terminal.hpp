#pragma once

#include <fcntl.h>
#include <termios.h>

#include "scenarios/subject.hpp"

// The terminal as a password prompt has it: no echo, no lines, but Ctrl+C is still a signal.
namespace subject {

inline int terminal = -1;
inline termios saved_mode;

/// False where there is no terminal.
inline bool open_terminal() {
  terminal = open("/dev/tty", O_RDWR | O_CLOEXEC);
  if (terminal < 0) return false;
  must(tcgetattr(terminal, &saved_mode) == 0, "tcgetattr");
  return true;
}

inline void make_quiet() {
  termios quiet = saved_mode;
  quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO | ICANON);
  must(tcsetattr(terminal, TCSANOW, &quiet) == 0, "tcsetattr");
}

inline void restore_terminal() {
  must(tcsetattr(terminal, TCSANOW, &saved_mode) == 0, "tcsetattr");
}

}  // namespace subject
