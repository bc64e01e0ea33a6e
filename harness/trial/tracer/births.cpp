#include "harness/trial/tracer/births.hpp"

#include <linux/sched.h>
#include <sys/syscall.h>

#include <cstring>
#include <string>

namespace exitproof {

std::uint64_t birth_flags(pid_t maker) {
  const auto registers = sys::read_registers(maker);
  if (!registers) {
    return 0;
  }
  if (registers->orig_rax == SYS_clone) {
    return registers->rdi;
  }
  if (registers->orig_rax == SYS_vfork) {
    return CLONE_VFORK | CLONE_VM;
  }
  std::uint64_t flags = 0;
  if (registers->orig_rax == SYS_clone3) {
    const std::string arguments = sys::read_memory(maker, registers->rdi, sizeof flags);
    if (arguments.size() == sizeof flags) {
      std::memcpy(&flags, arguments.data(), sizeof flags);
    }
  }
  return flags;
}

void strip_untraced_flag(pid_t maker, const sys::CallEntry& entry) {
  if (entry.number == SYS_clone && (entry.args[0] & CLONE_UNTRACED) != 0) {
    if (auto registers = sys::read_registers(maker)) {
      registers->rdi &= ~std::uint64_t{CLONE_UNTRACED};
      sys::write_registers(maker, *registers);
    }
  }
  if (entry.number == SYS_clone3) {
    std::uint64_t flags = 0;
    const std::string arguments = sys::read_memory(maker, entry.args[0], sizeof flags);
    if (arguments.size() == sizeof flags) {
      std::memcpy(&flags, arguments.data(), sizeof flags);
      if ((flags & CLONE_UNTRACED) != 0) {
        flags &= ~std::uint64_t{CLONE_UNTRACED};
        sys::write_memory(maker, entry.args[0], &flags, sizeof flags);
      }
    }
  }
}

}  // namespace exitproof
