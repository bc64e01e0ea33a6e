// lost_worker: the root gives twelve jobs of 30 ms to two workers by one pipe and reads as many results from
// another, as Python's Pool.map does. It never looks at its workers' ends: when one is killed in a job, the
// root waits for ever. A correct harness gives the verdict `no-hang` at once. Exits 0 when no fault strikes.
#include "scenarios/subject.hpp"

using namespace subject;

namespace {

int work(int jobs, int results) {
  char job = 0;
  while (read(jobs, &job, 1) == 1) {
    sleep_ms(30);
    must(write(results, &job, 1) == 1, "write");
  }
  return 0;
}

}  // namespace

int main() {
  int jobs[2], results[2];
  must(pipe(jobs) == 0 && pipe(results) == 0, "pipe");
  pid_t workers[2];
  for (pid_t& worker : workers) {
    worker = make_child([&jobs, &results] {
      close(jobs[1]);
      close(results[0]);
      return work(jobs[0], results[1]);
    });
  }
  must(write(jobs[1], "abcdefghijkl", 12) == 12, "write");
  for (int i = 0; i < 12; ++i) {
    char result = 0;
    must(read(results[0], &result, 1) == 1, "read");
  }
  close(jobs[1]);
  bool good = true;
  for (const pid_t worker : workers) good = reap_success(worker) && good;
  return good ? 0 : 1;
}
