#include "harness/trial/snapshot/frozen_process.hpp"

#include <linux/sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <system_error>

#include "harness/linux/kernel_error.hpp"
#include "harness/linux/remote_calls.hpp"

namespace exitproof {

namespace {

constexpr std::uint64_t call_instruction_size = 2;
constexpr std::uint64_t as_of_fork = CLONE_PARENT | SIGCHLD;

[[noreturn]] void fail(int error, const char* what) {
  throw std::system_error(error, std::generic_category(), what);
}

void must_work(std::int64_t result, const char* attempt) {
  if (result < 0) {
    fail(static_cast<int>(-result), attempt);
  }
}

user_regs_struct registers_before(pid_t pid, const sys::CallEntry& entry) {
  auto registers = sys::read_registers(pid);
  if (!registers || sys::read_memory(pid, entry.instruction - call_instruction_size, 2) != "\x0f\x05") {
    fail(ESRCH, "reading where a process is to be frozen");
  }
  registers->rip = entry.instruction - call_instruction_size;
  registers->rax = entry.number;
  registers->orig_rax = ~0ULL;
  return *registers;
}

std::uint64_t read_tid_address(sys::RemoteCalls& calls, pid_t pid) {
  const std::uint64_t place = calls.give(std::string(sizeof(std::uint64_t), '\0'));
  must_work(calls.call(SYS_prctl, {PR_GET_TID_ADDRESS, place, 0, 0, 0}), "prctl(PR_GET_TID_ADDRESS) of a process");
  const std::string bytes = sys::read_memory(pid, place, sizeof(std::uint64_t));
  std::uint64_t address = 0;
  if (bytes.size() != sizeof address) {
    fail(EFAULT, "reading what a process was told");
  }
  std::memcpy(&address, bytes.data(), sizeof address);
  return address;
}

}  // namespace

FrozenProcess::FrozenProcess(pid_t original, const sys::CallEntry& entry, std::vector<CopiedFile> files, pid_t pid,
                             const sys::NextPid& next_pid)
    : original_(original),
      instruction_(entry.instruction - call_instruction_size),
      registers_(registers_before(original, entry)),
      files_(std::move(files)) {
  sys::leave_out_call(original);
  sys::RemoteCalls calls(original, instruction_);
  tid_address_ = read_tid_address(calls, original);
  void* head = nullptr;
  std::size_t size = 0;
  sys::checked(::syscall(SYS_get_robust_list, original, &head, &size), "get_robust_list of a process");
  robust_list_ = reinterpret_cast<std::uint64_t>(head);
  robust_size_ = size;
  calls.finish(registers_);
  next_pid.set(pid);
  sys::RemoteCalls fork(original, instruction_);
  pid_ = fork.clone(as_of_fork, 0);
  // As long as it is in the group of the original, that number is taken.
  sys::RemoteCalls frozen(pid_, instruction_);
  must_work(frozen.call(SYS_setpgid, {0, 0}), "setpgid of a frozen process");
  frozen.finish(registers_);
  sys::end_stopped_task(original);
}

pid_t FrozenProcess::copy(const sys::FilterProgram& filter, const sys::NextPid& next_pid) const {
  next_pid.set(original_);
  sys::RemoteCalls fork(pid_, instruction_);
  const std::uint64_t thread = tid_address_ == 0 ? 0 : CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID;
  const pid_t pid = fork.clone(as_of_fork | thread, tid_address_);
  fork.finish(registers_);
  sys::RemoteCalls calls(pid, instruction_);
  if (pid != original_) {
    fail(EBUSY, "a copy's pid is taken");
  }
  if (robust_list_ != 0) {
    must_work(calls.call(SYS_set_robust_list, {robust_list_, robust_size_}), "set_robust_list of a snapshot's copy");
  }
  must_work(calls.call(SYS_setpgid, {0, 0}), "setpgid of a snapshot's copy");
  separate_files(calls, pid, files_);
  if (!filter.empty()) {
    sys::install_call_filter(calls, filter);
  }
  calls.finish(registers_);
  return pid;
}

}  // namespace exitproof
