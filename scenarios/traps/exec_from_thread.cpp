// exec_from_thread: an extra thread executes the program again while the main thread and another one wait.
// The new program has the old pid and one thread. A correct tracer sees one process with two programs, and no
// death in between. Exits 0; 1 when the pid is another or the thread is not the main one.
#include <pthread.h>

#include <cstdlib>
#include <string>

#include "scenarios/subject.hpp"

using namespace subject;

namespace {

void* wait_for_ever(void*) {
  for (;;) pause();
}

void* execute(void*) {
  const std::string pid = std::to_string(getpid());
  execl("/proc/self/exe", "exec_from_thread", pid.c_str(), nullptr);
  must(false, "execl");
  return nullptr;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 1) return std::atoi(argv[1]) == getpid() && gettid() == getpid() ? 0 : 1;
  pthread_t waiter, executor;
  must(pthread_create(&waiter, nullptr, wait_for_ever, nullptr) == 0, "pthread_create");
  must(pthread_create(&executor, nullptr, execute, nullptr) == 0, "pthread_create");
  wait_for_ever(nullptr);
}
