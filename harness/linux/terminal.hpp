#pragma once

#include <sys/ioctl.h>
#include <sys/types.h>
#include <termios.h>

#include <string>

#include "harness/linux/unique_fd.hpp"

namespace exitproof::sys {

/// The harness's side of the subject's controlling terminal (pty(7)).
class Terminal {
 public:
  Terminal() = default;
  /// Takes the master side and remembers the terminal's modes as they are now.
  explicit Terminal(UniqueFd master);

  bool is_open() const { return master_.is_open(); }
  int master() const { return master_.get(); }

  /// The process group that the interrupt key reaches; -1 when there is none.
  pid_t foreground_group() const;
  /// Whether the interrupt key makes SIGINT, and is not input.
  bool makes_signals() const;
  /// Types a byte: 3 for the interrupt key, 4 for the end of input. Non-blocking.
  bool type(char byte) const;
  /// Closes the master side: the terminal hangs up.
  void hang_up() { master_.reset(); }

  /// How its modes and its size differ from those at the start, in words: "echo is off, line editing is off".
  /// Empty when they are the same, or the terminal is gone. `shared_flags` are those of the open file description
  /// of the terminal that the subject was given, and that others have too (F_GETFL of fcntl(2)); 0: it was given none.
  std::string changes(int shared_flags) const;

 private:
  UniqueFd master_;
  termios start_{};
  winsize start_size_{};
};

/// Opens a new terminal in the caller's /dev/pts and makes it the controlling terminal of the caller, which
/// becomes a session leader. Returns the master; `slave` is given the other side. Throws std::system_error.
UniqueFd open_controlling_terminal(UniqueFd& slave);

}  // namespace exitproof::sys
