#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <filesystem>
#include <iterator>

#include "harness/linux/stack.hpp"
#include "harness/model/test_paths_testing.hpp"

namespace exitproof::sys {
namespace {

using testing::subject;

/// A mount namespace of its own, as the subject's world is; nothing to do without a root.
bool change_root(const char* root) noexcept {
  if (root == nullptr) return true;
  const int namespaces = ::geteuid() == 0 ? CLONE_NEWNS : CLONE_NEWNS | CLONE_NEWUSER;
  return ::unshare(namespaces) == 0 && ::chroot(root) == 0 && ::chdir("/") == 0;
}

/// Raw calls only: it runs between fork and exec. 127 when the program cannot be run.
[[noreturn]] void become(char* const* argv, unsigned call, int may_start, const char* root) noexcept {
  sock_filter program[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog filter{static_cast<unsigned short>(std::size(program)), program};
  char go = 0;
  if (::read(may_start, &go, 1) == 1 && change_root(root) && ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
      ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0)
    ::execv(argv[0], argv);
  ::_exit(127);
}

/// A program held at its first call of one number; killed at the end of the scope.
class HeldProgram {
 public:
  HeldProgram(std::vector<std::string> command, unsigned call, const char* root = nullptr) {
    std::vector<char*> argv;
    for (std::string& word : command) argv.push_back(word.data());
    argv.push_back(nullptr);
    int start[2];
    if (::pipe2(start, O_CLOEXEC) != 0) throw std::system_error(errno, std::generic_category(), "pipe2");
    pid_ = ::fork();
    if (pid_ == 0) become(argv.data(), call, start[0], root);
    ::close(start[0]);
    constexpr unsigned long options = PTRACE_O_TRACESECCOMP | PTRACE_O_TRACECLONE | PTRACE_O_EXITKILL;
    EXPECT_EQ(::ptrace(PTRACE_SEIZE, pid_, 0, options), 0);
    EXPECT_EQ(::write(start[1], "g", 1), 1);
    ::close(start[1]);
    run_to_call();
  }
  ~HeldProgram() {
    ::kill(pid_, SIGKILL);
    // The leader's end is reported only when every other thread's end has been collected.
    int status = 0;
    while (::waitpid(-1, &status, __WALL) > 0) {
    }
  }
  HeldProgram(const HeldProgram&) = delete;
  HeldProgram& operator=(const HeldProgram&) = delete;

  pid_t process() const { return pid_; }
  pid_t task() const { return task_; }
  bool held() const { return task_ != 0; }

  /// Lets the held task go on to its next such call.
  void run_to_call() {
    if (task_ != 0) ::ptrace(PTRACE_CONT, task_, 0, 0);
    task_ = 0;
    for (;;) {
      int status = 0;
      const pid_t task = ::waitpid(-1, &status, __WALL);
      if (task < 0 || (task == pid_ && !WIFSTOPPED(status))) return;
      if (!WIFSTOPPED(status)) continue;
      if (status >> 8 == (SIGTRAP | (PTRACE_EVENT_SECCOMP << 8))) {
        task_ = task;
        return;
      }
      const bool event = status >> 16 != 0;
      ::ptrace(PTRACE_CONT, task, 0, event ? 0 : WSTOPSIG(status));
    }
  }

 private:
  pid_t pid_ = 0;
  pid_t task_ = 0;
};

std::vector<std::string> functions(const std::vector<Frame>& frames) {
  std::vector<std::string> names;
  for (const Frame& frame : frames) names.push_back(frame.function);
  return names;
}

bool has_in_order(const std::vector<std::string>& names, const std::vector<std::string>& wanted) {
  auto from = names.begin();
  for (const std::string& name : wanted) {
    from = std::find(from, names.end(), name);
    if (from == names.end()) return false;
    ++from;
  }
  return true;
}

std::vector<Frame> named_stack(const HeldProgram& program, unsigned limit = 32) {
  StackReader reader;
  auto frames = reader.read(program.process(), program.task(), limit);
  reader.symbolize(frames);
  return frames;
}

const Frame* frame_of(const std::vector<Frame>& frames, std::string_view function) {
  const auto found = std::find_if(frames.begin(), frames.end(), [&](const Frame& f) { return f.function == function; });
  return found == frames.end() ? nullptr : &*found;
}

class NamedFrames : public ::testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Builds, NamedFrames,
                         ::testing::Values("named_frames", "named_frames_static", "named_frames_noframe"));

TEST_P(NamedFrames, of_plain_calls_have_functions_files_and_lines) {
  const HeldProgram program({subject(GetParam()), "call"}, SYS_sched_yield);
  ASSERT_TRUE(program.held());
  const auto frames = named_stack(program);
  EXPECT_TRUE(has_in_order(functions(frames), {"stacks::innermost()", "stacks::Caller::call()", "main"}))
      << ::testing::PrintToString(functions(frames));
  const Frame* innermost = frame_of(frames, "stacks::innermost()");
  ASSERT_NE(innermost, nullptr);
  EXPECT_EQ(innermost->module, std::filesystem::canonical(subject(GetParam())).string());
  EXPECT_TRUE(innermost->file.ends_with("/scenarios/stacks/named_frames.cpp")) << innermost->file;
  EXPECT_EQ(innermost->line, 19);
  const Frame* call = frame_of(frames, "stacks::Caller::call()");
  ASSERT_NE(call, nullptr);
  EXPECT_EQ(call->line, 25);
}

TEST_P(NamedFrames, lead_through_a_signal_handler) {
  const HeldProgram program({subject(GetParam()), "signal"}, SYS_sched_yield);
  ASSERT_TRUE(program.held());
  const auto names = functions(named_stack(program));
  EXPECT_TRUE(has_in_order(names, {"stacks::innermost()", "on_signal", "stacks::Caller::interrupted()", "main"}))
      << ::testing::PrintToString(names);
}

TEST_P(NamedFrames, of_a_thread_end_where_it_was_started) {
  const HeldProgram program({subject(GetParam()), "thread"}, SYS_sched_yield);
  ASSERT_TRUE(program.held());
  EXPECT_NE(program.task(), program.process());
  const auto names = functions(named_stack(program));
  EXPECT_TRUE(has_in_order(names, {"stacks::innermost()", "thread_body"})) << ::testing::PrintToString(names);
  EXPECT_LE(names.size(), 6u);
}

TEST_P(NamedFrames, end_at_the_limit) {
  const HeldProgram program({subject(GetParam()), "deep"}, SYS_sched_yield);
  ASSERT_TRUE(program.held());
  EXPECT_EQ(named_stack(program, 5).size(), 5u);
  EXPECT_TRUE(has_in_order(functions(named_stack(program, 200)), {"stacks::Caller::deeper(int)", "main"}));
}

TEST(StackReader, gives_modules_and_offsets_for_a_stripped_program) {
  const HeldProgram program({subject("named_frames_stripped"), "call"}, SYS_sched_yield);
  ASSERT_TRUE(program.held());
  const auto frames = named_stack(program);
  const std::string module = std::filesystem::canonical(subject("named_frames_stripped")).string();
  const auto own = std::count_if(frames.begin(), frames.end(), [&](const Frame& f) { return f.module == module; });
  EXPECT_EQ(own, 4);  // innermost, call, main, _start
  for (const Frame& frame : frames) {
    EXPECT_NE(frame.offset, 0u);
    if (frame.module == module) {
      EXPECT_EQ(frame.file, "");
    }
  }
}

TEST(StackReader, finds_the_files_of_a_task_with_another_root) {
  std::string folder = ::testing::TempDir() + "stack-XXXXXX";
  ASSERT_NE(::mkdtemp(folder.data()), nullptr);
  std::filesystem::copy_file(subject("named_frames_static"), folder + "/program");
  {
    const HeldProgram program({"/program", "call"}, SYS_sched_yield, folder.c_str());
    // Some machines give no namespaces to users.
    if (program.held()) {
      const auto frames = named_stack(program);
      const Frame* call = frame_of(frames, "stacks::Caller::call()");
      ASSERT_NE(call, nullptr);
      EXPECT_EQ(call->module, "/program");
    } else {
      EXPECT_NE(::geteuid(), 0u);
    }
  }
  std::filesystem::remove_all(folder);
}

TEST(StackReader, finds_the_same_offsets_in_every_run) {
  StackReader reader;
  std::vector<std::uint64_t> keys;
  for (int run = 0; run < 3; ++run) {
    const HeldProgram program({subject("named_frames"), "call"}, SYS_sched_yield);
    ASSERT_TRUE(program.held());
    const auto frames = reader.read(program.process(), program.task());
    EXPECT_GE(frames.size(), 5u);
    keys.push_back(stack_key("/bin/x", frames, CallClass::poll));
    reader.forget(program.process());
  }
  EXPECT_EQ(keys[0], keys[1]);
  EXPECT_EQ(keys[1], keys[2]);
}

/// The functions below a program's first call of a number, with one failure when they are not as wanted.
void expect_functions(std::vector<std::string> command, unsigned call, const std::vector<std::string>& wanted) {
  const HeldProgram program(std::move(command), call);
  ASSERT_TRUE(program.held());
  const auto names = functions(named_stack(program));
  EXPECT_TRUE(has_in_order(names, wanted)) << ::testing::PrintToString(names);
}

TEST(StackReader, unwinds_shells_and_python) {
  expect_functions({"/bin/dash", "-c", "umask 022"}, SYS_umask, {"umask", "__libc_start_main"});
  expect_functions({"/bin/bash", "-c", "umask 022"}, SYS_umask, {"execute_command_internal", "main", "_start"});
  expect_functions({"/usr/bin/python3", "-Sc", "import os; os.sched_yield()"}, SYS_sched_yield,
                   {"PyEval_EvalCode", "Py_BytesMain", "_start"});
}

TEST(StackReader, is_quick_once_warm) {
  using Clock = std::chrono::steady_clock;
  StackReader reader;
  HeldProgram program({"/usr/bin/python3", "-Sc", "import os\nfor i in range(2000): os.sched_yield()"},
                      SYS_sched_yield);
  const auto start = Clock::now();
  ASSERT_FALSE(reader.read(program.process(), program.task()).empty());
  const auto cold = Clock::now() - start;
  Clock::duration warm{};
  for (int i = 0; i < 1000; ++i) {
    program.run_to_call();
    ASSERT_TRUE(program.held());
    const auto before = Clock::now();
    ASSERT_FALSE(reader.read(program.process(), program.task()).empty());
    warm += Clock::now() - before;
  }
  using std::chrono::microseconds;
  RecordProperty("cold_us", static_cast<int>(std::chrono::duration_cast<microseconds>(cold).count()));
  RecordProperty("warm_us", static_cast<int>(std::chrono::duration_cast<microseconds>(warm / 1000).count()));
  // It takes some 5 us; a busy machine must not fail the test.
  EXPECT_LT(warm / 1000, microseconds(500));
}

}  // namespace
}  // namespace exitproof::sys
