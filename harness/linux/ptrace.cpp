#include "harness/linux/ptrace.hpp"

#include <elf.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstring>
#include <system_error>

#include "harness/linux/kernel_error.hpp"

namespace exitproof::sys {

namespace {

// glibc's ptrace() is variadic; the kernel's takes two words.
long request(int code, pid_t tid, std::uintptr_t address, std::uintptr_t data) {
  return ::ptrace(static_cast<enum __ptrace_request>(code), tid, reinterpret_cast<void*>(address),
                  reinterpret_cast<void*>(data));
}

constexpr std::uint64_t call_instruction_size = 2;
constexpr std::size_t page_size = 4096;

void place_call(const __ptrace_syscall_info& info, CallEntry& entry) {
  entry.instruction = info.instruction_pointer;
  entry.stack = info.stack_pointer;
  entry.native = info.arch == 0xC000003EU;  // AUDIT_ARCH_X86_64
}

}  // namespace

void seize_with_its_tree(pid_t tid) {
  constexpr std::uintptr_t options = PTRACE_O_EXITKILL | PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACESECCOMP |
                                     PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACEVFORKDONE |
                                     PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | PTRACE_O_TRACEEXIT;
  if (request(PTRACE_SEIZE, tid, 0, options) != 0) {
    throw std::system_error(errno, std::generic_category(), "ptrace(SEIZE) of the subject's first process");
  }
}

void try_ptrace() {
  const pid_t tracee = checked(::fork(), "fork");
  if (tracee == 0) {
    ::pause();
    ::_exit(0);
  }
  const long seized = request(PTRACE_SEIZE, tracee, 0, 0);
  const int error = errno;
  ::kill(tracee, SIGKILL);
  ::waitpid(tracee, nullptr, __WALL);
  if (seized != 0) {
    throw std::system_error(error, std::generic_category(), "ptrace(SEIZE)");
  }
}

bool resume_task(pid_t tid, ResumeMode mode, int signal) {
  switch (mode) {
    case ResumeMode::run:
      return request(PTRACE_CONT, tid, 0, static_cast<std::uintptr_t>(signal)) == 0;
    case ResumeMode::to_call_end:
    case ResumeMode::each_call:  // it is the place where the task stands that makes the difference
      return request(PTRACE_SYSCALL, tid, 0, static_cast<std::uintptr_t>(signal)) == 0;
    case ResumeMode::listen:
      return request(PTRACE_LISTEN, tid, 0, 0) == 0;
  }
  return false;
}

bool interrupt_task(pid_t tid) {
  return request(PTRACE_INTERRUPT, tid, 0, 0) == 0;
}

bool is_at_stop(pid_t tid) {
  return event_message(tid).has_value();
}

std::optional<unsigned long> event_message(pid_t tid) {
  unsigned long message = 0;
  if (request(PTRACE_GETEVENTMSG, tid, 0, reinterpret_cast<std::uintptr_t>(&message)) != 0) {
    return std::nullopt;
  }
  return message;
}

std::optional<user_regs_struct> read_registers(pid_t tid) {
  user_regs_struct registers{};
  iovec space{&registers, sizeof registers};
  if (request(PTRACE_GETREGSET, tid, NT_PRSTATUS, reinterpret_cast<std::uintptr_t>(&space)) != 0 ||
      space.iov_len != sizeof registers) {
    return std::nullopt;  // gone, or an i386 task with its own shorter set
  }
  return registers;
}

bool write_registers(pid_t tid, const user_regs_struct& registers) {
  user_regs_struct copy = registers;
  iovec space{&copy, sizeof copy};
  return request(PTRACE_SETREGSET, tid, NT_PRSTATUS, reinterpret_cast<std::uintptr_t>(&space)) == 0;
}

unsigned long long& argument_register(user_regs_struct& registers, std::size_t argument) {
  switch (argument) {
    case 0:
      return registers.rdi;
    case 1:
      return registers.rsi;
    case 2:
      return registers.rdx;
    case 3:
      return registers.r10;
    case 4:
      return registers.r8;
    default:
      return registers.r9;
  }
}

std::optional<CallEntry> read_call_entry(pid_t tid) {
  __ptrace_syscall_info info{};
  if (request(PTRACE_GET_SYSCALL_INFO, tid, sizeof info, reinterpret_cast<std::uintptr_t>(&info)) <= 0 ||
      info.op != PTRACE_SYSCALL_INFO_SECCOMP) {
    return std::nullopt;
  }
  CallEntry entry;
  entry.number = info.seccomp.nr;
  std::copy(std::begin(info.seccomp.args), std::end(info.seccomp.args), std::begin(entry.args));
  entry.filter_data = info.seccomp.ret_data;
  place_call(info, entry);
  return entry;
}

std::optional<CallEntry> read_call_to_come(pid_t tid) {
  __ptrace_syscall_info info{};
  if (request(PTRACE_GET_SYSCALL_INFO, tid, sizeof info, reinterpret_cast<std::uintptr_t>(&info)) <= 0 ||
      info.op != PTRACE_SYSCALL_INFO_ENTRY) {
    return std::nullopt;
  }
  CallEntry entry;
  entry.number = info.entry.nr;
  std::copy(std::begin(info.entry.args), std::end(info.entry.args), std::begin(entry.args));
  place_call(info, entry);
  return entry;
}

std::optional<std::int64_t> read_call_result(pid_t tid) {
  __ptrace_syscall_info info{};
  if (request(PTRACE_GET_SYSCALL_INFO, tid, sizeof info, reinterpret_cast<std::uintptr_t>(&info)) <= 0 ||
      info.op != PTRACE_SYSCALL_INFO_EXIT) {
    return std::nullopt;
  }
  return info.exit.rval;
}

bool change_result(pid_t tid, std::int64_t result) {
  auto registers = read_registers(tid);
  if (!registers) {
    return false;
  }
  registers->rax = static_cast<unsigned long long>(result);
  return write_registers(tid, *registers);
}

bool skip_call(pid_t tid, std::int64_t result) {
  auto registers = read_registers(tid);
  if (!registers) {
    return false;
  }
  registers->orig_rax = ~0ULL;
  registers->rax = static_cast<unsigned long long>(result);
  return write_registers(tid, *registers);
}

bool rewind_call(pid_t tid) {
  auto registers = read_registers(tid);
  if (!registers) {
    return false;
  }
  registers->rax = registers->orig_rax;
  registers->orig_rax = ~0ULL;
  registers->rip -= call_instruction_size;
  return write_registers(tid, *registers);
}

std::optional<user_regs_struct> rewind_interrupted_call(pid_t tid) {
  const auto before = read_registers(tid);
  if (!before || static_cast<std::int64_t>(before->orig_rax) < 0 || static_cast<std::int64_t>(before->rax) != -EINTR) {
    return std::nullopt;
  }
  user_regs_struct again = *before;
  again.rax = before->orig_rax;
  again.orig_rax = ~0ULL;
  again.rip -= call_instruction_size;
  if (!write_registers(tid, again)) {
    return std::nullopt;
  }
  return before;
}

std::string read_memory(pid_t tid, std::uint64_t address, std::size_t size) {
  std::string bytes(size, '\0');
  std::size_t done = 0;
  while (done < size) {
    // Page by page: one call that runs into an unmapped page returns nothing of the page before.
    const std::size_t here = std::min(size - done, page_size - (address + done) % page_size);
    iovec local{bytes.data() + done, here};
    iovec remote{reinterpret_cast<void*>(address + done), here};
    const ssize_t got = ::process_vm_readv(tid, &local, 1, &remote, 1, 0);
    if (got <= 0) {
      break;
    }
    done += static_cast<std::size_t>(got);
  }
  bytes.resize(done);
  return bytes;
}

bool write_memory(pid_t tid, std::uint64_t address, const void* data, std::size_t size) {
  iovec local{const_cast<void*>(data), size};
  iovec remote{reinterpret_cast<void*>(address), size};
  return ::process_vm_writev(tid, &local, 1, &remote, 1, 0) == static_cast<ssize_t>(size);
}

bool write_word(pid_t tid, std::uint64_t address, std::uint64_t word) {
  return request(PTRACE_POKEDATA, tid, address, word) == 0;
}

std::string read_string(pid_t tid, std::uint64_t address) {
  std::string text;
  while (address != 0 && text.size() < page_size) {
    const std::size_t step = std::min<std::size_t>(256, page_size - (address + text.size()) % page_size);
    const std::string part = read_memory(tid, address + text.size(), step);
    const auto end = part.find('\0');
    if (end != std::string::npos) {
      return text.append(part, 0, end);
    }
    if (part.empty()) {
      break;
    }
    text += part;
  }
  return text;
}

}  // namespace exitproof::sys
