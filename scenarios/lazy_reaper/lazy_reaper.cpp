// lazy_reaper [DEFECT]: starts three jobs, one after the other, each of which makes job.N.txt, and with the second one
// a helper that makes nothing; then works for 150 ms for itself. Each child is reaped when it ends. SIGHUP is counted
// and changes nothing. Exits 0; 1 when a job has failed; by the signal that stopped it.
#include <new>
#include <vector>

#include "scenarios/defect.hpp"
#include "scenarios/orderly.hpp"
#include "scenarios/whole_file.hpp"

using namespace subject;

namespace {

struct Child {
  pid_t pid;
  int ended;  ///< readable when it has
};

volatile std::sig_atomic_t reloads = 0;

// Without SA_RESTART: whatever blocks returns, and is begun again by whoever knows that.
void count_reloads() {
  struct sigaction action {};
  action.sa_handler = [](int) { reloads = reloads + 1; };
  must(sigaction(SIGHUP, &action, nullptr) == 0, "sigaction");
  sigset_t hangup;
  sigemptyset(&hangup);
  sigaddset(&hangup, SIGHUP);
  must(sigprocmask(SIG_UNBLOCK, &hangup, nullptr) == 0, "sigprocmask");
}

int job(int number) {
  char name[32];
  std::snprintf(name, sizeof name, "job.%d.txt", number);
  if (number == 3) sleep_ms(60);
  return write_whole(name, "what the job was asked for\n") ? 0 : 1;
}

int helped[2] = {-1, -1};  // a pipe: the second end of a job says that the helper may end

int helper() {
  pollfd end{helped[0], POLLIN, 0};
  wait_readable(&end, 1, 150);
  return 0;
}

class Children {
 public:
  Children() {
    // What can fail is done while there is nobody who could be lost.
    if (!defect::is("registers_after_fork")) children_.reserve(4);
    if (defect::is("one_wait_a_signal")) listen_to_sigchld();
  }

  template <typename Body>
  void start(Body body) {
    if (defect::is("lazy")) reap_ended();
    const pid_t pid = fork_tied(body);
    if (pid < 0) {
      failed_ = true;
      return;
    }
    children_.push_back({pid, -1});
    children_.back().ended = pidfd_of(pid);
    if (children_.back().ended < 0) finish(children_.size() - 1);
  }

  /// Reaps whoever ends meanwhile. Returns early when the program is asked to end.
  void watch_ms(long ms, int stop) {
    timespec start{};
    clock_gettime(CLOCK_MONOTONIC, &start);
    for (long left = ms; left > 0 && stop_asked() == 0; left = ms - since(start))
      wait_once(stop, static_cast<int>(left));
  }

  /// Waits for those who still run.
  void finish_all() {
    if (defect::is("lazy") || defect::is("never_reaped")) return see_all_ended();
    if (defect::is("wait_lost_to_eintr")) {
      while (!children_.empty()) finish(0);  // returns for a signal as well
    }
    for (int still = 2; defect::is("one_wait_a_signal") && still > 0; --still) wait_once(-1, 400);
    while (reaps_at_end() && !children_.empty()) wait_once(-1, -1);
  }

  /// Another part of the program, which thinks that all children are its own.
  static void wait_for_helper() {
    while (waitpid(-1, nullptr, 0) > 0) continue;
  }

  void fail() { failed_ = true; }
  bool failed() const { return failed_; }

 private:
  static long since(const timespec& start) {
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (now.tv_sec - start.tv_sec) * 1000 + (now.tv_nsec - start.tv_nsec) / 1'000'000;
  }

  static bool reaps_at_end() {
    return !defect::is("lazy") && !defect::is("never_reaped") && !defect::is("one_wait_a_signal");
  }

  // Nothing is left undone, but for the reaping.
  void see_all_ended() const {
    siginfo_t info{};
    for (const Child& child : children_)
      while (waitid(P_PID, static_cast<id_t>(child.pid), &info, WEXITED | WNOWAIT) != 0 && errno == EINTR) continue;
  }

  void wait_once(int stop, int timeout_ms) {
    pollfd waits[6] = {{stop, POLLIN, 0}, {sigchld_, POLLIN, 0}};
    nfds_t count = 2;
    for (const Child& child : children_) waits[count++] = {reaps_at_end() ? child.ended : -1, POLLIN, 0};
    wait_readable(waits, count, timeout_ms);
    if (waits[1].revents != 0) reap_one();
    if (reaps_at_end()) reap_ended();
  }

  void reap_ended() {
    for (std::size_t i = children_.size(); i-- > 0;) {
      pollfd ended{children_[i].ended, POLLIN, 0};
      if (poll(&ended, 1, 0) > 0) finish(i);
    }
  }

  void finish(std::size_t place) {
    const Child child = children_[place];
    children_.erase(children_.begin() + static_cast<std::ptrdiff_t>(place));
    if (child.ended >= 0) close(child.ended);
    // Where another part took the status, this one sees none, and takes that for success.
    int status = defect::is("steals_status") ? 0 : -1;
    pid_t reaped = 0;
    do reaped = waitpid(child.pid, &status, 0);
    while (reaped < 0 && errno == EINTR && !defect::is("wait_lost_to_eintr"));
    if (status != 0) failed_ = true;
    note_end();
  }

  void note_end() {
    if (++ends_ == 2 && !write_all(helped[1], "!")) failed_ = true;
  }

  // Signals are not counted: of two that come together one is left.
  void listen_to_sigchld() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGCHLD);
    sigprocmask(SIG_BLOCK, &signals, nullptr);
    sigchld_ = signalfd(-1, &signals, SFD_CLOEXEC);
  }

  void reap_one() {
    signalfd_siginfo info{};
    must(read(sigchld_, &info, sizeof info) == sizeof info, "read signalfd");
    int status = -1;
    if (waitpid(-1, &status, WNOHANG) <= 0) return;
    if (status != 0) failed_ = true;
    note_end();
  }

  std::vector<Child> children_;
  int sigchld_ = -1;
  int ends_ = 0;
  bool failed_ = false;
};

void run(Children& children, int stop) {
  for (int number = 1; number <= 3 && stop_asked() == 0; ++number) {
    try {
      children.start([number] { return job(number); });
      if (number == 2) children.start(helper);
      if (number == 2 && defect::is("steals_status")) children.wait_for_helper();
    } catch (const std::bad_alloc&) {
      children.fail();
    }
    if (number < 3) children.watch_ms(20, stop);
  }
  children.finish_all();
  children.watch_ms(150, stop);
}

}  // namespace

int main(int argc, char** argv) {
  defect::choose(
      argc, argv,
      {"lazy", "never_reaped", "wait_lost_to_eintr", "steals_status", "registers_after_fork", "one_wait_a_signal"});
  hold_stop_signals();
  count_reloads();
  must(pipe2(helped, O_CLOEXEC) == 0, "pipe");
  const int stop = stop_descriptor();
  try {
    Children children;
    run(children, stop);
    if (children.failed() && stop_asked() == 0) return 1;
  } catch (const std::bad_alloc&) {
    return 1;
  }
  if (const int asked = stop_asked()) end_by(asked);
  return 0;
}
