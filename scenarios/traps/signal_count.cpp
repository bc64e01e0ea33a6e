// signal_count: a child queues 200 real-time signals and sends SIGTRAP 20 times, one at a time, while the root
// makes and reaps children. A correct tracer passes on each signal once and adds none of its own. Exits 0; 1
// when the handlers counted otherwise.
#include <csignal>

#include "scenarios/subject.hpp"

using namespace subject;

namespace {

constexpr int queued = 200;
constexpr int traps = 20;
int handled[2];
volatile sig_atomic_t real_time_count = 0;
volatile sig_atomic_t trap_count = 0;
volatile sig_atomic_t out_of_order = 0;

void on_real_time(int, siginfo_t* info, void*) {
  if (info->si_value.sival_int != real_time_count) out_of_order = 1;
  real_time_count = real_time_count + 1;
}

void on_trap(int) {
  trap_count = trap_count + 1;
  // Lets the sender send the next one: two that are pending would merge.
  must(write(handled[1], "x", 1) == 1, "write");
}

void handle(int number, void (*with_info)(int, siginfo_t*, void*), void (*plain)(int)) {
  struct sigaction action {};
  if (with_info != nullptr) {
    action.sa_sigaction = with_info;
    action.sa_flags = SA_SIGINFO | SA_RESTART;
  } else {
    action.sa_handler = plain;
    action.sa_flags = SA_RESTART;
  }
  must(sigaction(number, &action, nullptr) == 0, "sigaction");
}

}  // namespace

int main() {
  must(pipe(handled) == 0, "pipe");
  handle(SIGRTMIN, on_real_time, nullptr);
  handle(SIGTRAP, nullptr, on_trap);
  const pid_t sender = make_child([] {
    for (int i = 0; i < queued; ++i) {
      union sigval value {};
      value.sival_int = i;
      must(sigqueue(getppid(), SIGRTMIN, value) == 0, "sigqueue");
      if (i % (queued / traps) == 0) {
        must(kill(getppid(), SIGTRAP) == 0, "kill");
        char byte = 0;
        must(read(handled[0], &byte, 1) == 1, "read");
      }
    }
    return 0;
  });
  bool good = true;
  for (int i = 0; i < 20; ++i) good = reap_success(make_child([] { return 0; })) && good;
  good = reap_success(sender) && good;
  std::printf("%d real-time signals, %d SIGTRAP\n", static_cast<int>(real_time_count), static_cast<int>(trap_count));
  return good && out_of_order == 0 && real_time_count == queued && trap_count == traps ? 0 : 1;
}
