#include "harness/trial/tracer/refused_calls.hpp"

#include <linux/sched.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <cstring>
#include <string>

#include "harness/linux/call_filter.hpp"
#include "harness/linux/namespaces.hpp"
#include "harness/linux/proc_files.hpp"
#include "harness/linux/ptrace.hpp"

namespace exitproof {

namespace {

bool makes_device(std::uint64_t mode) {
  return S_ISCHR(static_cast<mode_t>(mode)) || S_ISBLK(static_cast<mode_t>(mode));
}

std::uint64_t read_number(pid_t tid, std::uint64_t address) {
  std::uint64_t number = 0;
  const std::string bytes = sys::read_memory(tid, address, sizeof number);
  if (bytes.size() == sizeof number) {
    std::memcpy(&number, bytes.data(), sizeof number);
  }
  return number;
}

}  // namespace

bool takes_lost_right(pid_t tid, std::uint64_t number, std::span<const std::uint64_t, 6> args) {
  switch (number) {
    case SYS_mknod:
      return makes_device(args[1]);
    case SYS_mknodat:
      return makes_device(args[2]);
    case SYS_clone:
      return (args[0] & sys::namespace_flags) != 0;
    case SYS_clone3:
      return (read_number(tid, args[0]) & sys::namespace_flags) != 0;
    default:
      return sys::takes_admin_right(static_cast<long>(number));
  }
}

bool would_have_right(pid_t tid) {
  return sys::read_effective_user(tid) == uid_t{0} && sys::shares_user_namespace(tid);
}

}  // namespace exitproof
