#include "harness/trial/tracer/quiet_watch.hpp"

#include <gtest/gtest.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <string>
#include <thread>

#include "harness/linux/proc_files.hpp"

namespace exitproof {
namespace {

using Clock = QuietWatch::Clock;

/// A process of two threads that wait for a signal, as the tracer knows it.
class QuietWatchTest : public ::testing::Test {
 protected:
  void SetUp() override {
    pid_ = ::fork();
    ASSERT_GE(pid_, 0);
    if (pid_ == 0) {
      std::thread other(wait_for_ever);
      wait_for_ever();
    }
    tree_.add_root(pid_, Micros{0});
    main_ = tree_.find(pid_);
    other_ = &tree_.add_thread(*main_, await_other_thread());
    for (Task* task : {main_, other_}) {
      while (sys::read_task_state(pid_, task->tid) != 'S') ::sched_yield();
      task->state = Task::State::running;
    }
  }
  void TearDown() override {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }

  static void wait_for_ever() {
    while (true) ::pause();
  }

  pid_t await_other_thread() const {
    while (true) {
      for (const auto& entry : std::filesystem::directory_iterator("/proc/" + std::to_string(pid_) + "/task")) {
        if (const pid_t tid = std::stoi(entry.path().filename().string()); tid != pid_) return tid;
      }
      ::sched_yield();
    }
  }

  /// Whether two looks, the second after the dwell, find a quiet moment.
  bool is_quiet() {
    const auto now = Clock::now();
    watch_.look(tree_, now);
    watch_.look(tree_, now + QuietWatch::dwell);
    return watch_.quiet();
  }

  pid_t pid_ = 0;
  Tree tree_;
  Task* main_ = nullptr;
  Task* other_ = nullptr;
  QuietWatch watch_;
};

TEST_F(QuietWatchTest, ABlockedProcessIsQuiet) {
  EXPECT_TRUE(is_quiet());
}

TEST_F(QuietWatchTest, NothingIsQuietWhileAProcessIsOnItsWayOut) {
  const Process& child = tree_.add_child(*main_, ::getpid(), Micros{0});
  child.tasks.front()->state = Task::State::running;
  child.tasks.front()->exiting = true;
  EXPECT_FALSE(is_quiet());
}

TEST_F(QuietWatchTest, NorWhileAThreadIs) {
  other_->exiting = true;
  EXPECT_FALSE(is_quiet());
}

// It reports its end after theirs.
TEST_F(QuietWatchTest, AMainThreadThatLeavesOthersBehindIsNotWaitedFor) {
  main_->exiting = true;
  EXPECT_TRUE(is_quiet());
}

}  // namespace
}  // namespace exitproof
