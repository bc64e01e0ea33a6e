// continued_by_child: the root stops itself by SIGSTOP; its child continues it 300 ms after it has seen that. A
// correct tracer sees the stop, a quiet moment in it, the resume and the end. Exits 0; 1 when the root did not stop.
#include <sys/mman.h>

#include <atomic>
#include <csignal>
#include <string>

#include "scenarios/subject.hpp"

using namespace subject;

namespace {

/// By the kernel's word, in /proc: a tracer's short stops of the root end, a job-control stop lasts.
bool stays_stopped(pid_t pid) {
  const std::string path = "/proc/" + std::to_string(pid) + "/stat";
  for (int looks = 0; looks < 5; ++looks) {
    std::FILE* file = std::fopen(path.c_str(), "r");
    must(file != nullptr, "fopen");
    char state = 0;
    must(std::fscanf(file, "%*d (%*[^)]) %c", &state) == 1, "fscanf");
    std::fclose(file);
    if (state != 'T' && state != 't') return false;
    sleep_ms(1);
  }
  return true;
}

}  // namespace

int main() {
  void* memory = mmap(nullptr, sizeof(std::atomic<bool>), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  must(memory != MAP_FAILED, "mmap");
  auto* went_on = new (memory) std::atomic<bool>(false);
  const pid_t child = make_child([went_on] {
    while (!stays_stopped(getppid())) sleep_ms(1);
    sleep_ms(300);
    const bool stopped = !*went_on;
    must(kill(getppid(), SIGCONT) == 0, "kill");
    return stopped ? 0 : 1;
  });
  must(raise(SIGSTOP) == 0, "raise");
  *went_on = true;
  return reap_success(child) ? 0 : 1;
}
