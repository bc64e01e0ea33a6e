#include "harness/linux/remote_calls.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <system_error>

#include "harness/linux/proc_files.hpp"
#include "harness/linux/ptrace.hpp"

namespace exitproof::sys {
namespace {

/// A process that stands before its call of sched_yield(2), and exits with 7 if the call says 0 and its stack is whole.
class YieldingProcess {
 public:
  YieldingProcess() {
    int go[2];
    EXPECT_EQ(::pipe2(go, O_CLOEXEC), 0);
    pid_ = ::fork();
    if (pid_ == 0) {
      char byte = 0;
      [[maybe_unused]] const ssize_t got = ::read(go[0], &byte, 1);
      volatile char kept[256] = {1, 2, 3};
      const long yielded = ::syscall(SYS_sched_yield);
      ::_exit(yielded == 0 && kept[0] + kept[1] + kept[2] == 6 ? 7 : 1);
    }
    seize_with_its_tree(pid_);
    interrupt_task(pid_);  // before it may go on: it can be resumed only from a stop
    EXPECT_EQ(::write(go[1], "g", 1), 1);
    ::close(go[0]);
    ::close(go[1]);
    std::optional<CallEntry> entry;
    do {
      wait();
      entry = read_call_to_come(pid_);
    } while ((!entry || entry->number != SYS_sched_yield) && resume_task(pid_, ResumeMode::each_call, 0));
    entry_ = *entry;
    registers_ = *read_registers(pid_);
    registers_.rip -= 2;
    registers_.rax = SYS_sched_yield;
    registers_.orig_rax = ~0ULL;
    leave_out_call(pid_);
  }
  ~YieldingProcess() { end_stopped_task(pid_); }
  YieldingProcess(const YieldingProcess&) = delete;
  YieldingProcess& operator=(const YieldingProcess&) = delete;

  pid_t pid() const { return pid_; }
  std::uint64_t instruction() const { return entry_.instruction - 2; }
  const user_regs_struct& before() const { return registers_; }

  static int end_of(pid_t pid) {
    resume_task(pid, ResumeMode::run, 0);
    int status = 0;
    while (::waitpid(pid, &status, __WALL) == pid && WIFSTOPPED(status)) {
      resume_task(pid, ResumeMode::run, 0);
    }
    return status;
  }

 private:
  void wait() const {
    int status = 0;
    EXPECT_EQ(::waitpid(pid_, &status, __WALL), pid_);
    EXPECT_TRUE(WIFSTOPPED(status));
  }

  pid_t pid_ = -1;
  CallEntry entry_;
  user_regs_struct registers_{};
};

TEST(RemoteCallsTest, are_made_by_the_task_itself) {
  const YieldingProcess process;
  RemoteCalls calls(process.pid(), process.instruction());
  EXPECT_EQ(calls.call(SYS_getpid, {}), process.pid());
  EXPECT_EQ(calls.call(SYS_getppid, {}), ::getpid());
  EXPECT_EQ(calls.call(SYS_close, {4711}), -EBADF);
  calls.finish(process.before());
  EXPECT_EQ(WEXITSTATUS(YieldingProcess::end_of(process.pid())), 7);
}

TEST(RemoteCallsTest, leave_the_memory_as_it_was) {
  const YieldingProcess process;
  const std::uint64_t below = process.before().rsp - 1024;
  const std::string former = read_memory(process.pid(), below, 1024 + 256);
  RemoteCalls calls(process.pid(), process.instruction());
  const std::uint64_t small = calls.give("/dev/null");
  EXPECT_EQ(read_string(process.pid(), small), "/dev/null");
  const std::int64_t fd = calls.call(SYS_open, {small, O_RDONLY});
  EXPECT_EQ(read_descriptor(process.pid(), static_cast<int>(fd)), "/dev/null");
  const std::string large(700, 'x');
  EXPECT_EQ(read_string(process.pid(), calls.give(large)), large);
  EXPECT_EQ(read_string(process.pid(), calls.give("again")), "again");
  calls.finish(process.before());
  EXPECT_EQ(read_memory(process.pid(), below, 1024 + 256), former);
  EXPECT_EQ(WEXITSTATUS(YieldingProcess::end_of(process.pid())), 7);
}

TEST(RemoteCallsTest, make_a_process_that_goes_on_by_itself) {
  const YieldingProcess process;
  RemoteCalls calls(process.pid(), process.instruction());
  const pid_t child = calls.clone(CLONE_PARENT | SIGCHLD, 0);
  calls.finish(process.before());
  RemoteCalls of_child(child, process.instruction());
  EXPECT_EQ(of_child.call(SYS_getpid, {}), child);
  EXPECT_EQ(of_child.call(SYS_getppid, {}), ::getpid());
  of_child.finish(process.before());
  EXPECT_EQ(WEXITSTATUS(YieldingProcess::end_of(child)), 7);
  EXPECT_EQ(WEXITSTATUS(YieldingProcess::end_of(process.pid())), 7);
}

TEST(RemoteCallsTest, say_that_a_signal_came_between) {
  const YieldingProcess process;
  RemoteCalls calls(process.pid(), process.instruction());
  ::kill(process.pid(), SIGUSR1);
  try {
    calls.call(SYS_getpid, {});
    FAIL() << "the signal was passed over";
  } catch (const std::system_error& error) {
    EXPECT_EQ(error.code().value(), EBUSY);
  }
}

TEST(RemoteCallsTest, say_that_the_task_is_gone) {
  const YieldingProcess process;
  RemoteCalls calls(process.pid(), process.instruction());
  end_stopped_task(process.pid());
  EXPECT_THROW(calls.call(SYS_getpid, {}), std::system_error);
}

}  // namespace
}  // namespace exitproof::sys
