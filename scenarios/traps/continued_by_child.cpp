// continued_by_child: the root stops itself by SIGSTOP; its child continues it after 300 ms. A correct tracer
// sees the stop, a quiet moment in it, the resume and the end. Exits 0; 1 when the root did not stop.
#include <sys/mman.h>

#include <atomic>
#include <csignal>

#include "scenarios/subject.hpp"

using namespace subject;

int main() {
  void* memory = mmap(nullptr, sizeof(std::atomic<bool>), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  must(memory != MAP_FAILED, "mmap");
  auto* went_on = new (memory) std::atomic<bool>(false);
  const pid_t child = make_child([went_on] {
    sleep_ms(300);
    const bool stopped = !*went_on;
    must(kill(getppid(), SIGCONT) == 0, "kill");
    return stopped ? 0 : 1;
  });
  must(raise(SIGSTOP) == 0, "raise");
  *went_on = true;
  return reap_success(child) ? 0 : 1;
}
