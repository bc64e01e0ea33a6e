#include "harness/linux/remote_calls.hpp"

#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <system_error>

#include "exitproof/check.hpp"
#include "harness/linux/kernel_error.hpp"
#include "harness/linux/ptrace.hpp"

namespace exitproof::sys {

namespace {

constexpr int call_stop = SIGTRAP | 0x80;  // PTRACE_O_TRACESYSGOOD
constexpr std::uint64_t red_zone = 128;    // what a leaf function may use below its stack (x86-64 psABI)
constexpr std::uint64_t gift_alignment = 64;
constexpr int events_at_once = 16;

[[noreturn]] void fail(int error, const char* what) {
  throw std::system_error(error, std::generic_category(), what);
}

int wait_for(pid_t tid) {
  int status = 0;
  pid_t got = 0;
  while ((got = ::waitpid(tid, &status, __WALL)) < 0 && errno == EINTR) {
  }
  if (got != tid) {
    fail(ESRCH, "waiting for a task that makes a call for us");
  }
  return status;
}

}  // namespace

RemoteCalls::RemoteCalls(pid_t tid, std::uint64_t instruction) : tid_(tid), instruction_(instruction) {
  const auto registers = read_registers(tid);
  if (!registers) {
    fail(ESRCH, "reading the registers of a task that is to make calls");
  }
  registers_ = *registers;
  registers_.orig_rax = ~0ULL;  // no call of its own is to be made again
}

void RemoteCalls::await_stop(int& status) const {
  if (!resume_task(tid_, ResumeMode::to_call_end, 0)) {
    fail(ESRCH, "resuming a task that makes a call for us");
  }
  status = wait_for(tid_);
}

std::int64_t RemoteCalls::call(long number, std::initializer_list<std::uint64_t> arguments) {
  user_regs_struct registers = registers_;
  registers.rip = instruction_;
  registers.rax = static_cast<unsigned long long>(number);
  std::size_t position = 0;
  for (const std::uint64_t argument : arguments) {
    argument_register(registers, position++) = argument;
  }
  if (!write_registers(tid_, registers)) {
    fail(ESRCH, "preparing a call of a task");
  }
  newborn_.reset();
  for (int events = 0; events < events_at_once; ++events) {
    int status = 0;
    await_stop(status);
    if (!WIFSTOPPED(status)) {
      fail(ESRCH, "a task ended when it was to make a call");
    }
    const int event = status >> 16;
    if (event == PTRACE_EVENT_FORK || event == PTRACE_EVENT_CLONE) {
      newborn_ = static_cast<pid_t>(event_message(tid_).value_or(0));
    } else if (event == 0 && WSTOPSIG(status) == call_stop) {
      if (const auto result = read_call_result(tid_)) {
        return *result;
      }
    } else if (event != PTRACE_EVENT_SECCOMP) {
      fail(EBUSY, "a task that was to make a call was disturbed");
    }
  }
  fail(EBUSY, "a task does not come to the end of a call");
}

pid_t RemoteCalls::clone(std::uint64_t flags, std::uint64_t child_tid) {
  const std::int64_t result = call(SYS_clone, {flags, 0, 0, child_tid, 0, 0});
  if (result < 0) {
    fail(static_cast<int>(-result), "clone by a stopped task");
  }
  if (!newborn_) {
    fail(EBUSY, "a clone that was not reported");
  }
  const int status = wait_for(*newborn_);
  if (!WIFSTOPPED(status) || status >> 16 != PTRACE_EVENT_STOP) {
    fail(EBUSY, "the first stop of a clone");
  }
  return *newborn_;
}

std::uint64_t RemoteCalls::give(const void* bytes, std::size_t size) {
  check(size <= largest_gift, "a gift to a task fits below its stack");
  const std::uint64_t end = (registers_.rsp - red_zone) & ~(gift_alignment - 1);
  const std::uint64_t address = (end - size) & ~(gift_alignment - 1);
  if (end - address > former_.size()) {
    // Only what no gift has been written over yet is as it was.
    const std::size_t missing = end - address - former_.size();
    const std::string more = read_memory(tid_, address, missing);
    if (more.size() != missing) {
      fail(EFAULT, "reading below the stack of a task");
    }
    former_.insert(0, more);
  }
  if (!write_memory(tid_, address, bytes, size)) {
    fail(EFAULT, "writing below the stack of a task");
  }
  return address;
}

void RemoteCalls::finish(const user_regs_struct& registers) {
  const std::uint64_t end = (registers_.rsp - red_zone) & ~(gift_alignment - 1);
  if (!former_.empty() && !write_memory(tid_, end - former_.size(), former_.data(), former_.size())) {
    fail(EFAULT, "putting back what lay below the stack of a task");
  }
  former_.clear();
  if (!write_registers(tid_, registers)) {
    fail(ESRCH, "giving a task its registers back");
  }
}

void leave_out_call(pid_t tid) {
  if (!skip_call(tid, -ENOSYS) || !resume_task(tid, ResumeMode::to_call_end, 0)) {
    fail(ESRCH, "leaving out a call of a task");
  }
  const int status = wait_for(tid);
  if (!WIFSTOPPED(status) || status >> 16 != 0 || WSTOPSIG(status) != call_stop || !read_call_result(tid)) {
    fail(EBUSY, "the end of a call that was left out");
  }
}

void end_stopped_task(pid_t tid) {
  ::kill(tid, SIGKILL);
  for (;;) {
    int status = 0;
    const pid_t got = ::waitpid(tid, &status, __WALL);
    if (got == tid && WIFSTOPPED(status)) {
      resume_task(tid, ResumeMode::run, 0);
    } else if (got == tid || errno != EINTR) {
      return;
    }
  }
}

}  // namespace exitproof::sys
