#pragma once

#include <cerrno>
#include <string>
#include <system_error>

namespace exitproof::sys {

/// Throws std::system_error for the present errno; `attempt` says what was tried: "open /proc/self/mountinfo".
[[noreturn]] inline void throw_errno(const std::string& attempt) {
  throw std::system_error(errno, std::generic_category(), attempt);
}

/// Passes a system call's result on, or throws when it is negative.
template <typename Result>
Result checked(Result result, const std::string& attempt) {
  if (result < 0) {
    throw_errno(attempt);
  }
  return result;
}

}  // namespace exitproof::sys
