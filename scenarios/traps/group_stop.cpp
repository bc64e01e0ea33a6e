// group_stop SIGSTOP|SIGTSTP: a child with two threads stops itself by that signal; its parent sees the stop,
// sees that neither thread goes on for 200 ms, continues it, sees that too and the child's end. A correct
// tracer lets the stop last and reports stop and resume. Exits 0; 1 when something was not seen so.
#include <pthread.h>
#include <sys/mman.h>

#include <atomic>
#include <csignal>
#include <string_view>

#include "scenarios/subject.hpp"

using namespace subject;

namespace {

struct Shared {
  std::atomic<unsigned> ticks = 0;
  std::atomic<bool> continued = false;
  std::atomic<bool> resume_seen = false;  ///< by the parent: an end that comes first would hide the resume
};

Shared* shared = nullptr;

void* tick(void*) {
  while (!shared->continued) {
    ++shared->ticks;
    sleep_ms(5);
  }
  return nullptr;
}

int stop_here(int signal) {
  // A group of its own, so that it is not an orphaned one, in which SIGTSTP does nothing.
  must(setpgid(0, 0) == 0, "setpgid");
  pthread_t ticker;
  must(pthread_create(&ticker, nullptr, tick, nullptr) == 0, "pthread_create");
  while (shared->ticks == 0) sleep_ms(1);
  must(raise(signal) == 0, "raise");
  shared->continued = true;
  must(pthread_join(ticker, nullptr) == 0, "pthread_join");
  while (!shared->resume_seen) sleep_ms(1);
  return 0;
}

bool saw(bool yes, const char* what) {
  if (!yes) std::printf("not seen: %s\n", what);
  return yes;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view name = argc == 2 ? argv[1] : "";
  if (name != "SIGSTOP" && name != "SIGTSTP") return 2;
  const int signal = name == "SIGSTOP" ? SIGSTOP : SIGTSTP;
  void* memory = mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  must(memory != MAP_FAILED, "mmap");
  shared = new (memory) Shared;

  const pid_t child = make_child([signal] { return stop_here(signal); });
  int status = 0;
  must(waitpid(child, &status, WUNTRACED) == child, "waitpid");
  bool good = saw(WIFSTOPPED(status) && WSTOPSIG(status) == signal, "the stop");
  const unsigned before = shared->ticks;
  sleep_ms(200);
  good = saw(shared->ticks == before && !shared->continued, "that it stays stopped") && good;
  must(kill(child, SIGCONT) == 0, "kill");
  must(waitpid(child, &status, WCONTINUED) == child, "waitpid");
  good = saw(WIFCONTINUED(status), "the resume") && good;
  shared->resume_seen = true;
  good = saw(reap_success(child), "the end") && good;
  return good ? 0 : 1;
}
