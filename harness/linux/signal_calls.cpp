#include "harness/linux/signal_calls.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/sockios.h>
#include <signal.h>
#include <sys/syscall.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <iterator>
#include <string>

#include "harness/linux/proc_files.hpp"
#include "harness/linux/ptrace.hpp"

namespace exitproof::sys {

namespace {

constexpr std::uint64_t x32_bit = 0x40000000;

struct Foreign {
  std::uint64_t number;
  std::uint64_t native;
};

// arch/x86/entry/syscalls of the kernel.
constexpr Foreign i386_calls[] = {{37, SYS_kill},
                                  {238, SYS_tkill},
                                  {270, SYS_tgkill},
                                  {178, SYS_rt_sigqueueinfo},
                                  {335, SYS_rt_tgsigqueueinfo},
                                  {424, SYS_pidfd_send_signal},
                                  {55, SYS_fcntl},
                                  {221, SYS_fcntl},
                                  {54, SYS_ioctl}};
constexpr Foreign x32_calls[] = {{524, SYS_rt_sigqueueinfo}, {536, SYS_rt_tgsigqueueinfo}, {514, SYS_ioctl}};

std::uint64_t find_native(std::span<const Foreign> table, std::uint64_t number, std::uint64_t otherwise) {
  const auto found = std::find_if(table.begin(), table.end(), [&](const Foreign& row) { return row.number == number; });
  return found == table.end() ? otherwise : found->native;
}

std::uint64_t native_number(std::uint64_t number, bool native) {
  if (!native) {
    return find_native(i386_calls, number, ~std::uint64_t{0});
  }
  return (number & x32_bit) == 0 ? number : find_native(x32_calls, number & ~x32_bit, number & ~x32_bit);
}

// The kernel takes ints, whatever the upper half of a register holds.
int int_of(std::uint64_t argument) {
  return static_cast<int>(static_cast<std::uint32_t>(argument));
}

std::optional<int> read_int(pid_t tid, std::uint64_t address) {
  int number = 0;
  const std::string bytes = read_memory(tid, address, sizeof number);
  if (bytes.size() != sizeof number) {
    return std::nullopt;
  }
  std::memcpy(&number, bytes.data(), sizeof number);
  return number;
}

std::optional<pid_t> pid_of_pidfd(pid_t pid, int fd) {
  constexpr std::string_view name = "\nPid:\t";
  const std::string info = read_small_file(fmt::format("/proc/{}/fdinfo/{}", pid, fd)).value_or("");
  const std::size_t at = info.find(name);
  pid_t found = 0;
  if (at == std::string::npos ||
      std::from_chars(info.data() + at + name.size(), info.data() + info.size(), found).ec != std::errc() ||
      found <= 0) {
    return std::nullopt;
  }
  return found;
}

SignalTarget one_or_group(int id) {
  return {.kind = id >= 0 ? SignalTarget::Kind::process : SignalTarget::Kind::group, .id = id >= 0 ? id : -id};
}

SignalTarget of_kill(int id) {
  if (id == 0 || id < -1) {
    return {.kind = SignalTarget::Kind::group, .id = -id};
  }
  return {.kind = id == -1 ? SignalTarget::Kind::everybody : SignalTarget::Kind::process, .id = id};
}

std::optional<SignalTarget> of_owner(pid_t tid, std::uint64_t number, std::span<const std::uint64_t, 6> args) {
  const int command = int_of(args[1]);
  SignalTarget target;
  if (number == SYS_fcntl && command == F_SETOWN) {
    target = one_or_group(int_of(args[2]));
  } else if (number == SYS_fcntl && command == F_SETOWN_EX) {
    const auto type = read_int(tid, args[2]);
    const auto id = read_int(tid, args[2] + sizeof(int));
    if (!type || !id) {
      return std::nullopt;
    }
    target = one_or_group(*type == F_OWNER_PGRP ? -*id : *id);
  } else if (number == SYS_ioctl && (command == FIOSETOWN || command == SIOCSPGRP)) {
    const auto id = read_int(tid, args[2]);
    if (!id) {
      return std::nullopt;
    }
    target = one_or_group(*id);
  } else {
    return std::nullopt;
  }
  target.sets_owner = true;
  return target;
}

// The position of the signal.
std::size_t signal_argument(std::uint64_t number) {
  return number == SYS_tgkill || number == SYS_rt_tgsigqueueinfo ? 2 : 1;
}

}  // namespace

std::optional<SignalTarget> signal_target(pid_t pid, pid_t tid, std::uint64_t number,
                                          std::span<const std::uint64_t, 6> args, bool native) {
  number = native_number(number, native);
  std::optional<SignalTarget> target;
  switch (number) {
    case SYS_kill:
      target = of_kill(int_of(args[0]));
      break;
    case SYS_tkill:
    case SYS_rt_sigqueueinfo:
      target = SignalTarget{.id = int_of(args[0])};
      break;
    case SYS_tgkill:
    case SYS_rt_tgsigqueueinfo:
      target = SignalTarget{.id = int_of(args[1])};
      break;
    case SYS_pidfd_send_signal:
      if (const auto found = pid_of_pidfd(pid, int_of(args[0]))) {
        target = SignalTarget{.id = *found, .by_pidfd = true};
      }
      break;
    case SYS_fcntl:
    case SYS_ioctl:
      return of_owner(tid, number, args);
    default:
      return std::nullopt;
  }
  const int signal = int_of(args[signal_argument(number)]);
  if (!target || signal < 0 || signal > SIGRTMAX) {
    return std::nullopt;
  }
  target->only_asks = signal == 0;
  return target;
}

}  // namespace exitproof::sys
