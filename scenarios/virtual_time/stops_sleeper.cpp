// Stops a sleeping child by job control for longer than it would have slept, and lets it go on; interrupts another by a
// signal that it ignores; inherits no timer to a third, but lets a fourth program keep one. Exit status 0: each slept as
// long as it should have.
#include <csignal>
#include <ctime>

#include "scenarios/subject.hpp"

using namespace subject;

namespace {

long now_ms() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000 + now.tv_nsec / 1'000'000;
}

bool lasted(long since, long ms) {
  const long took = now_ms() - since;
  return took >= ms && took < ms + 400;
}

int sleep_once() {
  const timespec two_seconds{2, 0};
  return nanosleep(&two_seconds, nullptr) == 0 ? 0 : 1;
}

}  // namespace

int main() {
  long begun = now_ms();
  pid_t child = make_child(sleep_once);
  sleep_ms(500);
  kill(child, SIGSTOP);
  sleep_ms(5000);
  kill(child, SIGCONT);
  if (!reap_success(child) || !lasted(begun, 5500)) return 1;

  begun = now_ms();
  child = make_child(sleep_once);
  sleep_ms(500);
  kill(child, SIGSTOP);
  sleep_ms(300);
  kill(child, SIGCONT);
  sleep_ms(300);
  kill(child, SIGWINCH);
  if (!reap_success(child) || !lasted(begun, 2000)) return 2;

  alarm(30);
  begun = now_ms();
  child = make_child([] {
    sleep_ms(40'000);
    return static_cast<int>(alarm(0));
  });
  alarm(0);
  if (!reap_success(child) || !lasted(begun, 40'000)) return 3;

  begun = now_ms();
  child = make_child([] {
    alarm(3);
    execlp("sleep", "sleep", "60", nullptr);
    return 99;
  });
  const int status = reap(child);
  return WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM && lasted(begun, 3000) ? 0 : 4;
}
