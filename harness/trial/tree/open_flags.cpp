#include "harness/trial/tree/open_flags.hpp"

#include <fcntl.h>
#include <sys/syscall.h>

#include <cstring>
#include <string>

#include "harness/linux/ptrace.hpp"
#include "harness/linux/system_calls.hpp"

namespace exitproof {

std::uint64_t open_flags(pid_t tid, std::uint64_t number, std::span<const std::uint64_t, 6> args) {
  if (number == SYS_creat) {
    return O_CREAT | O_WRONLY | O_TRUNC;
  }
  const sys::SystemCall* known = sys::find_system_call(number);
  if (known == nullptr) {
    return 0;
  }
  const std::uint64_t argument = args[known->flags_position];
  if (known->filter == sys::CallFilter::opens_for_change) {
    return argument;
  }
  std::uint64_t flags = 0;
  if (known->filter == sys::CallFilter::opens_how) {
    const std::string how = sys::read_memory(tid, argument, sizeof flags);  // the first member of its struct
    if (how.size() == sizeof flags) {
      std::memcpy(&flags, how.data(), sizeof flags);
    }
  }
  return flags;
}

bool opens_for_change(std::uint64_t flags) {
  return (flags & (unsigned{O_WRONLY} | unsigned{O_RDWR} | unsigned{O_CREAT})) != 0;
}

}  // namespace exitproof
