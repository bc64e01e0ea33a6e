#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace exitproof {

/// How a process ended, as wait(2) tells its parent: an exit code, or a signal.
class WaitStatus {
 public:
  WaitStatus() = default;
  /// From the status word of waitpid(2). The word must be of an end, not of a stop.
  static WaitStatus from_raw(int raw);
  static WaitStatus exited(int code);
  static WaitStatus killed(int signal, bool core_dumped = false);

  bool is_exit() const noexcept;
  bool is_signal() const noexcept { return !is_exit(); }
  /// 0 to 255; only after an exit.
  int exit_code() const;
  /// Only after a death by a signal.
  int signal() const;
  bool core_dumped() const noexcept;
  bool success() const noexcept { return raw_ == 0; }
  int raw() const noexcept { return raw_; }

  /// "exit 3", "SIGKILL", "SIGSEGV core". Throws ParseError.
  static WaitStatus parse(std::string_view text);
  std::string print() const;

  bool operator==(const WaitStatus&) const = default;

 private:
  int raw_ = 0;
};

}  // namespace exitproof
