#pragma once

#include <sys/types.h>
#include <sys/user.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace exitproof::sys {

/// What the kernel has put on the stack of a program that is about to start: its arguments, its environment and the
/// auxiliary vector (execve(2), getauxval(3)). The environment can be changed there, before anybody has read it; what
/// proc(5) shows of it stays as it was.
class ProgramStart {
 public:
  /// Only at PTRACE_EVENT_EXEC. Nothing when the task is gone, or no 64-bit one.
  static std::optional<ProgramStart> read(pid_t pid);

  /// The first of that name; nothing when there is none.
  std::optional<std::string> variable(std::string_view name) const;
  /// Replaces the first of that name, or adds one at the end.
  void set_variable(std::string_view name, std::string_view value);
  /// The dynamic linker is to trust nothing of the environment: the program has more rights than its caller (AT_SECURE).
  bool is_secure() const;
  /// The value of the first entry of this type (AT_*) in the auxiliary vector.
  std::optional<std::uint64_t> auxiliary_value(std::uint64_t type) const;
  /// Nobody is to find the entries of this type.
  void ignore_auxiliary(std::uint64_t type);
  /// Puts it back, a little lower. False when the stack has no room, or the task is gone: nothing has changed then.
  bool write(pid_t pid) const;

 private:
  struct Variable {
    std::uint64_t address = 0;  ///< 0: new
    std::string text;
  };

  bool parse(const std::vector<std::uint64_t>& words);
  bool read_texts(pid_t pid);
  const std::uint64_t* auxiliary(std::uint64_t type) const;

  user_regs_struct registers_{};
  std::vector<std::uint64_t> arguments_;  ///< their number, the pointers, the zero after them
  std::vector<Variable> environment_;
  std::vector<std::uint64_t> auxiliary_;  ///< pairs, the last of them AT_NULL
  std::uint64_t end_ = 0;                 ///< the address after all that
};

}  // namespace exitproof::sys
